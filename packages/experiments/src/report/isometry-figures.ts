import { csv, embeddings, lineCurves, pairScatter } from '@hebblab/report';
import { attackTitle, lossTitle } from '../attack-title.js';
import type { ModelResult, SeveralSeeds } from '../results.js';
import type { NamedFigure } from './named-figure.js';

type Models = readonly [string, ModelResult & Partial<SeveralSeeds>][];

/** A figure for each loss and attack: accuracy at each epsilon, over several seeds with the interval of the mean. */
export function budgetFigures(models: Models): NamedFigure[] {
  const measured = models.flatMap(([name, { measurements, interval }]) => {
    const budget = measurements?.['fixed-budget'];
    return budget === undefined ? [] : [{ name, budget, interval }];
  });
  const losses = [...new Set(measured.flatMap(({ budget }) => Object.keys(budget.curves)))];
  return losses.flatMap((loss) => {
    const attacks = new Set(measured.flatMap(({ budget }) => Object.keys(budget.curves[loss] ?? {})));
    return [...attacks].map((attack) => {
      const series = measured.flatMap(({ name, budget, interval }) => {
        // The own loss of a model without the penalty is the cross-entropy.
        const own = budget.curves[loss] === undefined ? 'cross-entropy' : loss;
        const curve = budget.curves[own]?.[attack];
        if (curve === undefined) return [];
        const band = bandOf(interval, own, attack);
        const each = { name, x: curve.epsilon, y: curve.accuracy };
        return [band === undefined ? each : { ...each, interval: band }];
      });
      const title = `${attackTitle(attack)} on the ${lossTitle(loss)}`;
      const epsilons = series[0]?.x ?? [];
      return {
        file: `fixed-budget-${attack}-${loss}`,
        svg: lineCurves({
          series,
          x: { label: 'perturbation ε', scale: 'logarithmic' },
          y: { label: 'accuracy', range: [0, 1] },
          title: `Accuracy under ${title}`,
        }),
        caption: `Share of all images that is right under ${title}; bands are 95 % intervals of the mean over seeds.`,
        csv: {
          fileName: `fixed-budget-${attack}-${loss}.csv`,
          text: csv({
            columns: ['epsilon', ...series.map(({ name }) => name)],
            rows: epsilons.map((epsilon, index) => [epsilon, ...series.map(({ y }) => y[index] ?? null)]),
          }),
        },
      };
    });
  });
}

/** Within [0, 1], where an accuracy is. */
function bandOf(
  interval: Readonly<Record<string, unknown>> | undefined,
  loss: string,
  attack: string,
): [number, number][] | undefined {
  // What over-seeds.ts puts at the place of each number.
  const measurements = interval?.measurements as ModelResult['measurements'];
  const bounds = measurements?.['fixed-budget']?.curves[loss]?.[attack]?.accuracy as
    | readonly (readonly [number, number])[]
    | undefined;
  return bounds?.map(([low, high]) => [Math.max(0, low), Math.min(1, high)]);
}

/** A figure a model: distances in each hidden layer against those of the inputs. */
export function isometryFigures(models: Models): NamedFigure[] {
  return models.flatMap(([name, model]) => {
    const isometry = firstSeed(model).measurements?.isometry;
    if (isometry === undefined || isometry.shown.input.length === 0) return [];
    const { layers, shown } = isometry;
    const panels = layers.map(({ layer = '', slope, intercept, correlation }, index) => ({
      name: layer,
      x: shown.input,
      y: shown.layers[index] ?? [],
      value: shown.boundary,
      line: { slope, intercept },
      ...(correlation === undefined ? {} : { correlation }),
    }));
    return [
      {
        file: `isometry-${name}`,
        svg: pairScatter({
          panels,
          x: 'distance of the inputs',
          y: 'distance in the layer',
          value: 'L2 distance to the decision boundary',
          title: `Distances within classes in ${name}`,
        }),
        caption: `Distances within classes in the hidden layers of ${name}, the nearer image of a pair to the boundary as colour.`,
        csv: {
          fileName: `isometry-${name}.csv`,
          text: csv({
            columns: ['input', 'boundary', ...layers.map(({ layer = '' }) => layer)],
            rows: shown.input.map((input, pair) => [
              input,
              shown.boundary[pair] ?? null,
              ...shown.layers.map((distances) => distances[pair] ?? null),
            ]),
          }),
        },
      },
    ];
  });
}

/** A figure a model: inputs and states after each level along their first two principal components. */
export function embeddingFigures(models: Models): NamedFigure[] {
  return models.flatMap(([name, model]) => {
    const hierarchy = firstSeed(model).measurements?.hierarchy;
    if (hierarchy === undefined) return [];
    const { labels } = hierarchy;
    const panels = hierarchy.embeddings.map(({ name: panel, points, explained }) => ({
      name: panel,
      points,
      labels,
      detail: `${(100 * explained).toFixed(0)} %`,
    }));
    const classNames = Array.from({ length: Math.max(...labels) + 1 }, (_, label) => `class ${label}`);
    return [
      {
        file: `embedding-${name}`,
        svg: embeddings({
          panels,
          classNames,
          x: 'first component',
          y: 'second component',
          title: `Embeddings of ${name}`,
        }),
        caption: `Test images before and after the levels of ${name} along their first two principal components, with the share of the variance that these have.`,
        csv: {
          fileName: `embedding-${name}.csv`,
          text: csv({
            columns: [
              'class',
              ...panels.flatMap((panel) => [`${panel.name}, first`, `${panel.name}, second`]),
            ],
            rows: labels.map((label, point) => [
              label,
              ...panels.flatMap(({ points }) => [points[2 * point] ?? null, points[2 * point + 1] ?? null]),
            ]),
          }),
        },
      },
    ];
  });
}

/** Points and pairs are of one seed: their mean over seeds would be of none. */
function firstSeed(model: Models[number][1]): ModelResult {
  return model.perSeed?.[0] ?? model;
}

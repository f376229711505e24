import {
  accuracyBars,
  csv,
  type DistanceBox,
  distanceBoxes,
  perturbationCurves,
  robustnessScatter,
} from '@hebblab/report';
import { attackTitle } from '../attack-title.js';
import type { Reference } from '../claims/references-paper-a.js';
import type { Manifest } from '../manifest.js';
import { intervalAt, intervalsAt, type NamedFigure, type NamedModels, withinShares } from './named-figure.js';

/** The accuracy of each model, with the published ones. */
export function accuracyFigure(
  models: NamedModels,
  { dataset }: Manifest,
  published: Reference | undefined,
): NamedFigure {
  return {
    file: 'accuracy',
    svg: accuracyBars({
      models: models.map(([name, model]) => {
        const interval = intervalAt(model, ['accuracy']);
        const other = published?.models[name]?.accuracy;
        return {
          name,
          accuracy: model.accuracy,
          ...(interval === undefined ? {} : { interval: withinShares(interval) }),
          ...(other === undefined ? {} : { published: other }),
        };
      }),
      title: `Accuracy on ${dataset.test} test images`,
    }),
    caption: 'Share of the test images that each model classifies correctly.',
    csv: {
      fileName: 'accuracy.csv',
      text: csv({
        columns: ['model', 'accuracy'],
        rows: models.map(([name, { accuracy }]) => [name, accuracy]),
      }),
    },
  };
}

/** A figure an attack: the relative accuracy of each model (arXiv 2405.00679, figure 2). */
export function attackFigures(models: NamedModels): NamedFigure[] {
  const attacks = [...new Set(models.flatMap(([, { relativeAccuracy }]) => Object.keys(relativeAccuracy)))];
  return attacks.map((attack) => {
    const title = attackTitle(attack);
    const series = models.flatMap(([name, model]) => {
      const curve = model.relativeAccuracy[attack];
      if (curve === undefined) return [];
      const interval = intervalsAt(model, ['relativeAccuracy', attack, 'accuracy'])?.map(withinShares);
      return [{ name, ...curve, ...(interval === undefined ? {} : { interval }) }];
    });
    const epsilons = series[0]?.epsilon ?? [];
    const bands = series.some(({ interval }) => interval !== undefined)
      ? ' Bands: 95 % intervals of the mean over seeds.'
      : '';
    return {
      file: `relative-accuracy-${attack}`,
      svg: perturbationCurves({ series, attack: title, title: `Relative accuracy under ${title}` }),
      caption: `Share of the initially correct images that stay correct under ${title}.${bands}`,
      csv: {
        fileName: `relative-accuracy-${attack}.csv`,
        text: csv({
          columns: ['epsilon', ...series.map(({ name }) => name)],
          rows: epsilons.map((epsilon, index) => [
            epsilon,
            ...series.map(({ accuracy }) => accuracy[index] ?? null),
          ]),
        }),
      },
    };
  });
}

/** A figure an attack: critical distances as boxes with the counts of images (arXiv 2405.00679, figure 2). */
export function distanceFigures(models: NamedModels, references: readonly Reference[]): NamedFigure[] {
  return attacksOf(models).flatMap((attack) => {
    const boxes = models.flatMap(([name, model]) => distanceBox(name, model, attack, references));
    if (!boxes.some(({ quartiles }) => quartiles !== undefined)) return [];
    const name = attackTitle(attack);
    const others = references.filter((each) => boxes.some((box) => each.name in (box.references ?? {})));
    const what =
      attack === 'minimal'
        ? ' The shortest perturbation found in any direction: what distances along signs exceed it by, they overstate robustness by.'
        : '';
    return [
      {
        file: `critical-distances-${attack}`,
        svg: distanceBoxes({
          groups: [{ name, boxes }],
          label: 'critical distance, L2 norm',
          whiskers: '5 % to 95 %',
          references: others.map((each) => each.name),
          title: `Critical distances under ${name}`,
        }),
        caption: `L2 length of the smallest perturbation that changes the class: quartiles over the images that were changed, of those classified correctly.${what}`,
        csv: {
          fileName: `critical-distances-${attack}.csv`,
          text: csv({
            columns: ['model', 'found', 'total', 'p5', 'q25', 'median', 'q75', 'p95'],
            rows: boxes.map(({ name: model, found, total, quartiles, whiskers }) => {
              const [q25 = null, median = null, q75 = null] = quartiles ?? [];
              const [p5 = null, p95 = null] = whiskers ?? [];
              return [model, found, total, p5, q25, median, q75, p95];
            }),
          }),
        },
      },
    ];
  });
}

/** A figure an attack: accuracy against the median critical distance (arXiv 2405.00679, figure 3). */
export function scatterFigures(models: NamedModels, published: Reference | undefined): NamedFigure[] {
  return attacksOf(models).flatMap((attack) => {
    const points = models.flatMap(([name, model]) => {
      const { median } = model.criticalDistance[attack] ?? {};
      if (median === undefined) return [];
      const distances = intervalAt(model, ['criticalDistance', attack, 'median']);
      const accuracies = intervalAt(model, ['accuracy']);
      const { accuracy, criticalDistance } = published?.models[name] ?? {};
      const distance = criticalDistance?.[attack];
      return [
        {
          name,
          distance: median,
          accuracy: model.accuracy,
          // Student's interval of a distance may reach below 0.
          ...(distances === undefined || distances[0] <= 0 ? {} : { distanceInterval: distances }),
          ...(accuracies === undefined ? {} : { accuracyInterval: withinShares(accuracies) }),
          ...(distance === undefined || accuracy === undefined ? {} : { published: { distance, accuracy } }),
        },
      ];
    });
    if (points.length === 0) return [];
    const title = attackTitle(attack);
    return [
      {
        file: `robustness-${attack}`,
        svg: robustnessScatter({
          models: points,
          attack: `${title}, L2 norm`,
          title: `Accuracy against robustness to ${title}`,
        }),
        caption: `Test accuracy against the median critical distance under ${title}.`,
        csv: {
          fileName: `robustness-${attack}.csv`,
          text: csv({
            columns: ['model', 'distance', 'accuracy', 'publishedDistance', 'publishedAccuracy'],
            rows: points.map(({ name, distance, accuracy, published: other }) => [
              name,
              distance,
              accuracy,
              other?.distance ?? null,
              other?.accuracy ?? null,
            ]),
          }),
        },
      },
    ];
  });
}

function attacksOf(models: NamedModels): string[] {
  return [...new Set(models.flatMap(([, { criticalDistance }]) => Object.keys(criticalDistance)))];
}

function distanceBox(
  name: string,
  { criticalDistance }: NamedModels[number][1],
  attack: string,
  references: readonly Reference[],
): DistanceBox[] {
  const distance = criticalDistance[attack];
  if (distance === undefined) return [];
  const { median, q25, q75, p5, p95 } = distance;
  const medians = references.flatMap((reference) => {
    const value = reference.models[name]?.criticalDistance?.[attack];
    return value === undefined ? [] : [[reference.name, value] as const];
  });
  const total = Math.round(distance.total);
  const others = { references: Object.fromEntries(medians) };
  if (median === undefined || q25 === undefined || q75 === undefined)
    return [{ name, found: 0, total, ...others }];
  return [
    {
      name,
      // Counts are means where there are several seeds.
      found: Math.max(1, Math.round(distance.found)),
      total,
      quartiles: [q25, median, q75],
      ...(p5 === undefined || p95 === undefined ? {} : { whiskers: [p5, p95] as const }),
      ...others,
    },
  ];
}

import { readFileWhole } from '@hebblab/data/files';
import { decodeModel } from '@hebblab/models';
import {
  accuracyBars,
  csv,
  perturbationCurves,
  type ReportFigure,
  type Spectrum,
  spectraFigure,
  synapseMosaic,
  trainingCurves,
  varianceHistogram,
} from '@hebblab/report';
import { attackTitle } from './attack-title.js';
import type { Manifest } from './manifest.js';
import { readMetrics } from './metrics.js';
import type { ModelResult, SpectrumResult } from './results.js';
import type { RunFolder } from './run-folder.js';
import { nameWithSeed } from './seeds.js';

/** A figure with the name of its file. */
export interface NamedFigure extends ReportFigure {
  readonly file: string;
}

/** Units in a mosaic: more would make the report heavy. */
const shownUnits = 100;

/** A mosaic of the weights into the first units of each model. */
export async function synapseFigures(
  folder: RunFolder,
  { settings, imageShape: [height, width, channels] }: Manifest,
): Promise<NamedFigure[]> {
  if (channels !== 1 && channels !== 3) return [];
  const figures: NamedFigure[] = [];
  for (const [name, config] of Object.entries(settings.models)) {
    if (config.kind === 'custom' || config.kind === 'network') continue;
    const file = folder.model(nameWithSeed(settings, name, settings.seed));
    const model = decodeModel(await readFileWhole(file), name);
    const { hidden, inputs, hiddenLayer } = model;
    const weights =
      hiddenLayer.kind === 'dense' ? transpose(hiddenLayer.weights, inputs, hidden) : hiddenLayer.weights;
    const units = Array.from({ length: Math.min(shownUnits, hidden) }, (_, unit) => unit);
    const title = `Synapses of ${name}`;
    figures.push({
      file: `synapses-${name}`,
      svg: synapseMosaic({ weights, hidden, shape: [height, width, channels], units, columns: 10, title }),
      caption: `Weights into ${units.length} of the ${hidden} hidden units of ${name}.`,
    });
  }
  return figures;
}

/** The variances of the units of each locally trained layer, with the cut. */
export function varianceFigures(models: readonly [string, ModelResult][]): NamedFigure[] {
  return models.flatMap(([name, { layer }]) => {
    if (layer === undefined) return [];
    const { variances, pruningThreshold, prunedUnits } = layer;
    const threshold =
      pruningThreshold === undefined
        ? { kind: 'none' as const }
        : { kind: 'cut' as const, value: pruningThreshold };
    return [
      {
        file: `variances-${name}`,
        svg: varianceHistogram({
          variances,
          threshold,
          scale: 'logarithmic',
          title: `Variances of the units of ${name}`,
        }),
        caption: `Variance of each unit's weights; ${prunedUnits} of ${variances.length} units at or above the cut are pruned.`,
        csv: {
          fileName: `variances-${name}.csv`,
          text: csv({
            columns: ['unit', 'variance'],
            rows: variances.map((variance, unit) => [unit, variance]),
          }),
        },
      },
    ];
  });
}

/** How the units of locally trained layers converged. */
export async function convergenceFigures(folder: RunFolder): Promise<NamedFigure[]> {
  const rows = (await readMetrics(folder)).filter(({ stage }) => stage === 'layer');
  const names = [...new Set(rows.map(({ model }) => String(model)))];
  if (names.length === 0) return [];
  const series = names.map((name) => {
    const own = rows.filter(({ model }) => model === name);
    return {
      name,
      epoch: own.map(({ epoch }) => Number(epoch)),
      value: own.map((row) => Number(row.convergedShare)),
    };
  });
  return [
    {
      file: 'convergence',
      svg: trainingCurves({
        series,
        label: 'share of converged units',
        range: [0, 1],
        title: 'Convergence of the layer',
      }),
      caption: 'Share of the units whose weights have a norm within 0.01 of the radius.',
      csv: {
        fileName: 'convergence.csv',
        text: csv({
          columns: ['model', 'epoch', 'convergedShare', 'medianNorm'],
          rows: rows.map(({ model = '', epoch = '', convergedShare = '', medianNorm = '' }) => [
            model,
            epoch,
            convergedShare,
            medianNorm,
          ]),
        }),
      },
    },
  ];
}

/** The spectra of all models on one probe; none where none can be drawn. */
export function spectraFigures(
  models: readonly [string, ModelResult][],
  probe: 'images' | 'noise',
  on: string,
): NamedFigure[] {
  const drawable = models.filter(([, { spectrum }]) => (spectrum[probe].eigenvalues[0] ?? 0) > 0);
  if (drawable.length === 0) return [];
  const longest = Math.max(...drawable.map(([, { spectrum }]) => spectrum[probe].eigenvalues.length));
  return [
    {
      file: `spectra-${probe}`,
      svg: spectraFigure({
        series: drawable.map(([name, { spectrum }]) => toSeries(name, spectrum[probe])),
        guide: true,
        title: `Covariance spectra on ${on}`,
      }),
      caption: `Spectra on ${on}, with power-law fits and the guide 1/n.`,
      csv: {
        fileName: `spectra-${probe}.csv`,
        text: csv({
          columns: ['rank', ...drawable.map(([name]) => name)],
          rows: Array.from({ length: longest }, (_, index) => [
            index + 1,
            ...drawable.map(([, { spectrum }]) => spectrum[probe].eigenvalues[index] ?? null),
          ]),
        }),
      },
    },
  ];
}

function toSeries(name: string, { eigenvalues, alpha, stdErr, intercept, fit }: SpectrumResult): Spectrum {
  if (alpha === undefined || stdErr === undefined || intercept === undefined) return { name, eigenvalues };
  return { name, eigenvalues, fit: { alpha, standardError: stdErr, intercept, from: fit[0], to: fit[1] } };
}

/** The accuracy of each model. */
export function accuracyFigure(models: readonly [string, ModelResult][], { dataset }: Manifest): NamedFigure {
  return {
    file: 'accuracy',
    svg: accuracyBars({
      models: models.map(([name, { accuracy }]) => ({ name, accuracy })),
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

/** A figure an attack: the relative accuracy of each model. */
export function attackFigures(models: readonly [string, ModelResult][]): NamedFigure[] {
  const attacks = [...new Set(models.flatMap(([, { relativeAccuracy }]) => Object.keys(relativeAccuracy)))];
  return attacks.map((attack) => {
    const title = attackTitle(attack);
    const series = models.flatMap(([name, { relativeAccuracy }]) => {
      const curve = relativeAccuracy[attack];
      return curve === undefined ? [] : [{ name, ...curve }];
    });
    const epsilons = series[0]?.epsilon ?? [];
    return {
      file: `relative-accuracy-${attack}`,
      svg: perturbationCurves({ series, attack: title, title: `Relative accuracy under ${title}` }),
      caption: `Share of the initially correct images that stay correct under ${title}.`,
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

/** Rows of the transposed matrix [columns, rows]. */
function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column] as number;
  }
  return out;
}

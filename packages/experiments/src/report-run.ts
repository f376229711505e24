import { existsSync } from 'node:fs';
import { DataError } from '@hebblab/data';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { decodeModel } from '@hebblab/models';
import {
  accuracyBars,
  csv,
  htmlReport,
  perturbationCurves,
  type ReportFigure,
  type ReportSection,
  type ReportTable,
  type Spectrum,
  spectraFigure,
  synapseMosaic,
  trainingCurves,
  varianceHistogram,
} from '@hebblab/report';
import { type Manifest, readManifest } from './manifest.js';
import type { ModelResult, RunResults, SpectrumResult } from './results.js';
import { type RunFolder, readMetrics } from './run-folder.js';

/** A figure with the name of its file. */
interface NamedFigure extends ReportFigure {
  readonly file: string;
}

/**
 * Draws figures/ and report.html of a finished run from its files.
 *
 * @throws DataError where the folder holds no finished run
 * @example
 * await drawReport(runFolder('runs/quick'));
 */
export async function drawReport(folder: RunFolder): Promise<void> {
  const manifest = await readManifest(folder);
  const results = await readResults(folder);
  const sections = await makeSections(folder, manifest, results);
  for (const { file, svg, csv: table } of sections.flatMap(({ figures }) => figures)) {
    await writeFileAtomically(folder.figure(`${file}.svg`), svg);
    if (table !== undefined) await writeFileAtomically(folder.figure(table.fileName), table.text);
  }
  const { settings, environment, dataset, variant, threads } = manifest;
  const html = htmlReport({
    language: 'en',
    title: `hebblab: ${settings.name}`,
    subtitle: `${dataset.name}, ${dataset.train} training and ${dataset.test} test images (${dataset.origin}), seed ${settings.seed}`,
    summary: [summaryTable(results)],
    sections,
    settings: flatten(settings),
    provenance: flatten({ variant, threads, ...environment }),
  });
  await writeFileAtomically(folder.report, html);
}

/**
 * The results of a finished run.
 *
 * @throws DataError where it is not finished
 * @example
 * const { models } = await readResults(runFolder('runs/quick'));
 */
export async function readResults(folder: RunFolder): Promise<RunResults> {
  if (!existsSync(folder.results)) {
    throw new DataError(`readResults: expected a finished run, got no results.json in ${folder.root}`);
  }
  return JSON.parse(new TextDecoder().decode(await readFileWhole(folder.results)));
}

/** The table that ends a run: a row a model. */
export function summaryTable({ models }: RunResults): ReportTable {
  const attacks = [
    ...new Set(Object.values(models).flatMap(({ criticalDistance }) => Object.keys(criticalDistance))),
  ];
  return {
    caption: 'Models',
    columns: [
      'model',
      'test accuracy',
      'alpha images',
      'alpha noise',
      ...attacks.map((attack) => `median critical L2, ${attack}`),
      'converged units',
      'pruned units',
    ],
    rows: Object.entries(models).map(([name, { accuracy, spectrum, criticalDistance, layer }]) => [
      name,
      accuracy.toFixed(4),
      alphaText(spectrum.images),
      alphaText(spectrum.noise),
      ...attacks.map((attack) => distanceText(criticalDistance[attack])),
      layer === undefined ? null : `${(100 * layer.convergedShare).toFixed(1)} %`,
      layer === undefined ? null : layer.prunedUnits,
    ]),
  };
}

function alphaText({ alpha, stdErr }: SpectrumResult): string | null {
  return alpha === undefined || stdErr === undefined ? null : `${alpha.toFixed(2)} ± ${stdErr.toFixed(2)}`;
}

function distanceText(distance: ModelResult['criticalDistance'][string] | undefined): string | null {
  if (distance?.median === undefined) return null;
  return `${distance.median.toPrecision(3)} (${distance.found} of ${distance.total})`;
}

async function makeSections(
  folder: RunFolder,
  manifest: Manifest,
  results: RunResults,
): Promise<(ReportSection & { readonly figures: readonly NamedFigure[] })[]> {
  const models = Object.entries(results.models);
  return [
    {
      heading: 'What the layer learned',
      text: ['Weights as images of the inputs on one scale, units as they come, and how the training went.'],
      figures: [...(await mosaics(folder, manifest)), ...layerFigures(models), ...(await courses(folder))],
      tables: [],
    },
    {
      heading: 'Spectra of the representation',
      text: [
        'Eigenvalues of the covariance of the hidden pre-activations, divided by the first. The fit is ordinary least squares of their logarithm on that of the rank.',
      ],
      figures: [
        spectraOf(models, 'images', 'test images'),
        spectraOf(models, 'noise', 'Gaussian noise'),
      ].flat(),
      tables: [],
    },
    {
      heading: 'Accuracy and robustness',
      text: [
        'Relative accuracy counts only images that the model classifies correctly without a perturbation. A critical distance is the L2 length of the smallest perturbation on the grid that changes the class.',
      ],
      figures: [accuracyFigure(models, manifest), ...attackFigures(models)],
      tables: [],
    },
  ];
}

/** Units in a mosaic: more would make the report heavy. */
const shownUnits = 100;

async function mosaics(
  folder: RunFolder,
  { settings, imageShape: [height, width, channels] }: Manifest,
): Promise<NamedFigure[]> {
  if (channels !== 1 && channels !== 3) return [];
  const figures: NamedFigure[] = [];
  for (const [name, config] of Object.entries(settings.models)) {
    if (config.kind === 'custom') continue;
    const model = decodeModel(await readFileWhole(folder.model(name)), name);
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

function layerFigures(models: readonly [string, ModelResult][]): NamedFigure[] {
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

async function courses(folder: RunFolder): Promise<NamedFigure[]> {
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

function spectraOf(
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

function accuracyFigure(models: readonly [string, ModelResult][], { dataset }: Manifest): NamedFigure {
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

const attackTitles: Readonly<Record<string, string>> = { random: 'random noise', fgsm: 'FGSM' };

function attackFigures(models: readonly [string, ModelResult][]): NamedFigure[] {
  const attacks = Object.keys(models[0]?.[1].relativeAccuracy ?? {});
  return attacks.map((attack) => {
    const title = attackTitles[attack] ?? attack;
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

/** Nested settings as paths and values. */
function flatten(value: object, path = ''): { name: string; value: string | number }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = path === '' ? key : `${path}.${key}`;
    if (Array.isArray(inner) && inner.every((each) => typeof each !== 'object'))
      return [{ name, value: inner.join(' – ') }];
    if (typeof inner === 'object' && inner !== null) return flatten(inner, name);
    return [{ name, value: typeof inner === 'number' ? inner : String(inner) }];
  });
}

import { existsSync } from 'node:fs';
import { quantiles } from '@hebblab/analysis';
import { readFileWhole } from '@hebblab/data/files';
import { decodeModel } from '@hebblab/models';
import { csv, synapseMosaic, trainingCurves, varianceHistogram } from '@hebblab/report';
import type { ModelConfig } from '../config.js';
import type { Manifest } from '../manifest.js';
import { readMetrics } from '../metrics.js';
import type { RunFolder } from '../run-folder.js';
import { nameWithSeed } from '../seeds.js';
import { firstSeed, type NamedFigure, type NamedModels } from './named-figure.js';

/** Units in a mosaic: more would make the report heavy. */
const shownUnits = 100;

/**
 * A mosaic of the weights into the first units of each model, of a pruned layer also one from before on the same scale
 * (arXiv 2405.00679, figure 1); of several seeds the first. Not of models of which only the results are here.
 */
export async function synapseFigures(
  folder: RunFolder,
  { settings, imageShape: [height, width, channels] }: Manifest,
): Promise<NamedFigure[]> {
  if (channels !== 1 && channels !== 3) return [];
  const figures: NamedFigure[] = [];
  for (const [name, config] of Object.entries(settings.models)) {
    if (!isShown(config)) continue;
    const file = folder.model(nameWithSeed(settings, name, settings.seed));
    if (!existsSync(file)) continue;
    const { hidden, inputs, hiddenLayer, unprunedWeights } = decodeModel(await readFileWhole(file), name);
    const weights =
      hiddenLayer.kind === 'dense' ? transpose(hiddenLayer.weights, inputs, hidden) : hiddenLayer.weights;
    const units = Array.from({ length: Math.min(shownUnits, hidden) }, (_, unit) => unit);
    const mosaic = { hidden, shape: [height, width, channels], units, columns: 10 } as const;
    const shown = `Weights into ${units.length} of the ${hidden} hidden units of ${name}`;
    if (unprunedWeights === undefined) {
      const svg = synapseMosaic({ ...mosaic, weights, title: `Synapses of ${name}` });
      figures.push({ file: `synapses-${name}`, svg, caption: `${shown}.` });
      continue;
    }
    const pruned = changedRows(unprunedWeights, weights, hidden);
    const limit = scaleOf(unprunedWeights, units, inputs);
    const title = `Synapses of ${name}`;
    figures.push(
      {
        file: `synapses-${name}-raw`,
        svg: synapseMosaic({ ...mosaic, weights: unprunedWeights, pruned, limit, title: `${title}, raw` }),
        caption: `${shown} as they were learned; those crossed out were pruned. The scale ends at the largest weight of nine in ten units.`,
      },
      {
        file: `synapses-${name}`,
        svg: synapseMosaic({ ...mosaic, weights, limit, title: `${title}, pruned` }),
        caption: `${shown} after the noisy units were set to 0, on the same scale.`,
      },
    );
  }
  return figures;
}

/** Models whose weights would be shown, if not only their results were here. */
export function modelsWithoutWeights(folder: RunFolder, { settings }: Manifest): string[] {
  const { seed, models } = settings;
  const names = Object.keys(models).filter((name) => isShown(models[name]));
  return names.filter((name) => !existsSync(folder.model(nameWithSeed(settings, name, seed))));
}

function isShown(config: ModelConfig | undefined): boolean {
  return config?.kind !== 'custom' && config?.kind !== 'network';
}

/** The variances of the units of each locally trained layer, with the cut (arXiv 2405.00679, figure 1). */
export function varianceFigures(models: NamedModels): NamedFigure[] {
  return models.flatMap(([name, model]) => {
    const { layer } = firstSeed(model);
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
          columns: convergenceColumns,
          rows: rows.map((row) => convergenceColumns.map((column) => row[column] ?? '')),
        }),
      },
    },
  ];
}

/** Rules of the user's own have no units that won. */
const convergenceColumns = ['model', 'epoch', 'convergedShare', 'medianNorm', 'winningUnits', 'changedUnits'];

/** 1 for each row in which two matrices [rows, ...] differ. */
function changedRows(before: Float32Array, after: Float32Array, rows: number): Uint8Array {
  const each = before.length / rows;
  return Uint8Array.from({ length: rows }, (_, row) => {
    const first = row * each;
    return before.subarray(first, first + each).some((value, index) => value !== after[first + index])
      ? 1
      : 0;
  });
}

/** The largest weight of nine in ten units: one unit that never won, at its initial weights, would leave all others grey. */
function scaleOf(weights: Float32Array, units: readonly number[], inputs: number): number {
  const largest = units.map((unit) =>
    weights
      .subarray(unit * inputs, (unit + 1) * inputs)
      .reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  const [limit = 0] = quantiles(largest, [0.9]);
  return limit;
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

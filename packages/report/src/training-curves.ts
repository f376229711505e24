import {
  fail,
  requireAscending,
  requireDistinctNames,
  requireFinite,
  requireNotEmpty,
  requireSameLength,
} from './check.js';
import { curveFigure } from './curves.js';
import { extent } from './extent.js';
import { formatNumber } from './number-format.js';
import { axisUnit } from './scale.js';
import { escapeText, shortenText } from './text.js';

/** A quantity of one training by epoch; both arrays of one length, epochs ascending. */
export type TrainingCurve = {
  readonly name: string;
  readonly epoch: ArrayLike<number>;
  readonly value: ArrayLike<number>;
};

/** What {@link trainingCurves} draws. */
export type TrainingCurves = {
  readonly series: readonly TrainingCurve[];
  /** What `value` is, for the axis: 'share of converged units'. */
  readonly label: string;
  /** [low, high] of the axis; that of the values, widened to 0 where they are near it, when absent. */
  readonly range?: readonly [number, number];
  readonly title: string;
};

/**
 * Draws a quantity over the epochs of training: a loss, an accuracy, the share of converged units.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no series, names repeat, lengths differ, a number is not finite, or epochs
 * do not ascend
 * @example
 * const svg = trainingCurves({
 *   series: [{ name: 'KH', epoch: [1, 2, 3], value: [0.1, 0.5, 0.9] }],
 *   label: 'share of converged units',
 *   range: [0, 1],
 *   title: 'Convergence',
 * });
 */
export function trainingCurves({ series, label, range, title }: TrainingCurves): string {
  validate(series, range);
  const [firstEpoch, lastEpoch] = extent(series.map(({ epoch }) => epoch));
  const values = range ?? axisRange(extent(series.map(({ value }) => value)));
  return curveFigure({
    kind: 'training',
    title,
    description: `${label} over epochs ${formatNumber(firstEpoch)} to ${formatNumber(lastEpoch)}. ${series.map(describe).join(' ')}`,
    curves: series.map(({ name, epoch, value }) => ({ name, x: epoch, y: value, interval: [] })),
    x: {
      kind: 'counting',
      domain: firstEpoch < lastEpoch ? [firstEpoch, lastEpoch] : [firstEpoch - 1, firstEpoch + 1],
      label: 'epoch',
      unit: 1,
    },
    y: {
      kind: 'linear',
      domain: values,
      label: escapeText(shortenText(label, 200, 13)),
      unit: axisUnit(Math.max(Math.abs(values[0]), Math.abs(values[1]))),
    },
  });
}

function validate(series: readonly TrainingCurve[], range: TrainingCurves['range']): void {
  const operation = 'trainingCurves';
  requireDistinctNames(operation, 'series', series);
  for (const { name, epoch, value } of series) {
    requireNotEmpty(operation, `epoch of ${name}`, epoch);
    requireSameLength(operation, `epoch of ${name}`, epoch.length, 'value', value.length);
    requireFinite(operation, `epoch of ${name}`, epoch);
    requireAscending(operation, `epoch in ${name}`, epoch);
    requireFinite(operation, `value of ${name}`, value);
  }
  if (range !== undefined && !(range[0] < range[1] && Number.isFinite(range[1] - range[0]))) {
    fail(operation, 'range as [low, high] with low < high', `[${range[0]}, ${range[1]}]`);
  }
}

/** From 0 where the values reach near it, so that heights compare; else with a margin of 5 %. */
function axisRange([low, high]: readonly [number, number]): [number, number] {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const bottom = low >= 0 && low < span / 2 ? 0 : low - 0.05 * span;
  return [bottom, high + 0.05 * span];
}

function describe({ name, epoch, value }: TrainingCurve): string {
  const last = value.length - 1;
  return `${name}: ${formatNumber(Number(value[0]))} at epoch ${formatNumber(Number(epoch[0]))}, ${formatNumber(Number(value[last]))} at epoch ${formatNumber(Number(epoch[last]))}.`;
}

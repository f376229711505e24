import {
  fail,
  requireAscending,
  requireDistinctNames,
  requireFinite,
  requireIntervals,
  requireNotEmpty,
  requirePositive,
  requireSameLength,
} from './check.js';
import { type CurveAxis, curveFigure } from './curves.js';
import { extent } from './extent.js';
import { formatNumber } from './number-format.js';
import { axisUnit } from './scale.js';
import { escapeText, shortenText } from './text.js';

/** A quantity that depends on another; both arrays of one length, `x` ascending. */
export type LineCurve = {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** [low, high] at each x: a band around a curve, error bars on points. */
  readonly interval?: readonly (readonly [number, number])[];
  /** 'curve' (where absent): a line with markers. 'theory': a line alone. 'points': measured points, not joined. */
  readonly drawnAs?: 'curve' | 'theory' | 'points';
};

/** One axis of {@link lineCurves}: its label with the unit. */
export type LineAxis = {
  readonly label: string;
  /** Linear where absent. */
  readonly scale?: 'linear' | 'logarithmic';
  /** [low, high]; that of the values where absent. */
  readonly range?: readonly [number, number];
};

/** What {@link lineCurves} draws. */
export type LineCurves = {
  readonly series: readonly LineCurve[];
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly title: string;
};

/**
 * Draws quantities that depend on another as curves with bands, theory as plain lines and measurements as points with
 * error bars: singular values of the Jacobian along a path between images, accuracy over beta, the error of linear
 * classifiers against the kurtosis of their weights beside its theory.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no series, names repeat, lengths differ, a number is not finite (or not above 0 on a
 * logarithmic axis), x does not ascend, or a range or an interval does not
 * @example
 * const svg = lineCurves({
 *   series: [
 *     { name: 'theory', x: [0, 3, 6], y: [0.8, 0.71, 0.65], drawnAs: 'theory' },
 *     { name: 'measured', x: [0.1, 2.9], y: [0.79, 0.72], interval: [[0.78, 0.8], [0.7, 0.73]], drawnAs: 'points' },
 *   ],
 *   x: { label: 'excess kurtosis' }, y: { label: 'ratio of norms' }, title: 'Heavier tails',
 * });
 */
export function lineCurves({ series, x, y, title }: LineCurves): string {
  validate({ series, x, y, title });
  return curveFigure({
    kind: 'curves',
    title,
    description: `${y.label} against ${x.label}. ${series.map(describe).join(' ')}`,
    curves: series.map((one) => ({
      name: one.name,
      x: one.x,
      y: one.y,
      interval: one.interval ?? [],
      drawnAs: one.drawnAs ?? 'curve',
    })),
    // Points at the ends, unlike curves, would be cut in half.
    x: axis(
      x,
      extent(series.map((one) => one.x)),
      series.some(({ drawnAs }) => drawnAs === 'points') ? 0.04 : 0,
      false,
    ),
    y: axis(
      y,
      extent([...series.map((one) => one.y), ...series.map(({ interval = [] }) => interval.flat())]),
      0.05,
      true,
    ),
  });
}

function axis(
  { label, scale = 'linear', range }: LineAxis,
  found: [number, number],
  margin: number,
  fromZero: boolean,
): CurveAxis {
  const domain = range ?? widened(found, scale, margin, fromZero);
  const unit = scale === 'linear' ? axisUnit(Math.max(Math.abs(domain[0]), Math.abs(domain[1]))) : 1;
  return { kind: scale, domain, label: escapeText(shortenText(label, 380, 13)), unit };
}

function widened(
  [low, high]: [number, number],
  scale: 'linear' | 'logarithmic',
  margin: number,
  fromZero: boolean,
): [number, number] {
  if (scale === 'logarithmic') {
    const factor = low < high ? (high / low) ** margin : 2;
    return [low / factor, high * factor];
  }
  if (low === high) return [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  // From 0 where the values reach near it, so that heights compare.
  const isNearZero = fromZero && low >= 0 && low < (high - low) / 2;
  return [isNearZero ? 0 : low - margin * (high - low), high + margin * (high - low)];
}

function validate({ series, x, y }: LineCurves): void {
  const operation = 'lineCurves';
  requireDistinctNames(operation, 'series', series);
  const check = (scale: LineAxis['scale']) => (scale === 'logarithmic' ? requirePositive : requireFinite);
  for (const { name, x: xs, y: ys, interval } of series) {
    requireNotEmpty(operation, `x of ${name}`, xs);
    requireSameLength(operation, `x of ${name}`, xs.length, 'y', ys.length);
    check(x.scale)(operation, `x of ${name}`, xs);
    check(y.scale)(operation, `y of ${name}`, ys);
    requireAscending(operation, `x in ${name}`, xs);
    if (interval !== undefined) {
      requireSameLength(operation, `x of ${name}`, xs.length, 'interval', interval.length);
      const isLogarithmic = y.scale === 'logarithmic';
      const isAllowed = (value: number) => Number.isFinite(value) && (!isLogarithmic || value > 0);
      const allowed = isLogarithmic ? 'numbers above 0' : 'finite numbers';
      requireIntervals(operation, `the interval of ${name}`, interval, isAllowed, allowed);
    }
  }
  for (const [name, { range, scale }] of [['x', x] as const, ['y', y] as const]) {
    if (range === undefined) continue;
    if (!(range[0] < range[1] && Number.isFinite(range[1] - range[0])))
      fail(operation, `the range of ${name} as [low, high] with low < high`, `[${range[0]}, ${range[1]}]`);
    check(scale)(operation, `the range of ${name}`, range);
  }
}

function describe({ name, x, y }: LineCurve): string {
  const last = x.length - 1;
  const at = (index: number) => `${formatNumber(Number(y[index]))} at ${formatNumber(Number(x[index]))}`;
  return last === 0 ? `${name}: ${at(0)}.` : `${name}: ${at(0)}, ${at(last)}.`;
}

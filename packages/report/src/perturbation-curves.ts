import {
  requireAscending,
  requireDistinctNames,
  requireFractions,
  requireIntervals,
  requireNotEmpty,
  requirePositive,
  requireSameLength,
} from './check.js';
import { curveFigure } from './curves.js';
import { formatNumber } from './number-format.js';
import { escapeText, shortenText } from './text.js';

/** The relative accuracy of one model at each epsilon; both arrays of one length. */
export type PerturbationCurve = {
  readonly name: string;
  /** Sizes of the perturbation, ascending and above 0. */
  readonly epsilon: ArrayLike<number>;
  /** Share of the initially correct images that are still correct at each epsilon, 0 to 1. */
  readonly accuracy: ArrayLike<number>;
  /** [low, high] of the accuracy at each epsilon: drawn as a band. */
  readonly interval?: readonly (readonly [number, number])[];
};

/** What {@link perturbationCurves} draws. */
export type PerturbationCurves = {
  readonly series: readonly PerturbationCurve[];
  /** What perturbs, for the axis: 'FGSM'. */
  readonly attack: string;
  readonly title: string;
};

/**
 * Draws relative accuracy against the size of a perturbation, epsilon on a logarithmic axis (arXiv 2405.00679, figure 2).
 * The text alternative says at which epsilon each model has lost half.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no series, names repeat, lengths differ, epsilon is not above 0 and ascending, or an
 * accuracy is outside [0, 1]
 * @example
 * const svg = perturbationCurves({
 *   series: [{ name: 'KH', epsilon: [1e-3, 1e-2, 1e-1], accuracy: [1, 0.98, 0.6] }],
 *   attack: 'FGSM',
 *   title: 'Accuracy under FGSM',
 * });
 */
export function perturbationCurves({ series, attack, title }: PerturbationCurves): string {
  validate(series);
  const smallest = Math.min(...series.map(({ epsilon }) => Number(epsilon[0])));
  const largest = Math.max(...series.map(({ epsilon }) => Number(epsilon[epsilon.length - 1])));
  const domain =
    smallest < largest ? ([smallest, largest] as const) : ([smallest / 2, smallest * 2] as const);
  return curveFigure({
    kind: 'perturbation',
    title,
    description: `Relative accuracy under ${attack} for epsilon from ${formatNumber(smallest)} to ${formatNumber(largest)}. ${series.map(describe).join(' ')}`,
    curves: series.map(({ name, epsilon, accuracy, interval }) => ({
      name,
      x: epsilon,
      y: accuracy,
      interval: interval ?? [],
    })),
    x: {
      kind: 'logarithmic',
      domain,
      label: escapeText(`perturbation ε (${shortenText(attack, 200, 13)})`),
      unit: 1,
    },
    y: { kind: 'linear', domain: [0, 1], label: 'relative accuracy', unit: 1 },
  });
}

function validate(series: readonly PerturbationCurve[]): void {
  const operation = 'perturbationCurves';
  requireDistinctNames(operation, 'series', series);
  for (const { name, epsilon, accuracy, interval } of series) {
    requireNotEmpty(operation, `epsilon of ${name}`, epsilon);
    requireSameLength(operation, `epsilon of ${name}`, epsilon.length, 'accuracy', accuracy.length);
    requirePositive(operation, `epsilon of ${name}`, epsilon);
    requireFractions(operation, `the accuracy of ${name}`, accuracy);
    requireAscending(operation, `epsilon in ${name}`, epsilon);
    if (interval !== undefined) {
      requireSameLength(operation, `epsilon of ${name}`, epsilon.length, 'interval', interval.length);
      const isFraction = (value: number) => value >= 0 && value <= 1;
      requireIntervals(operation, `the interval of ${name}`, interval, isFraction, 'numbers from 0 to 1');
    }
  }
}

function describe({ name, epsilon, accuracy }: PerturbationCurve): string {
  const last = epsilon.length - 1;
  const half = Array.from(accuracy).findIndex((value) => value < 0.5);
  const loss =
    half < 0 ? 'never below one half' : `first below one half at ${formatNumber(Number(epsilon[half]))}`;
  return `${name}: ${formatNumber(Number(accuracy[0]))} at the smallest epsilon, ${loss}, ${formatNumber(Number(accuracy[last]))} at ${formatNumber(Number(epsilon[last]))}.`;
}

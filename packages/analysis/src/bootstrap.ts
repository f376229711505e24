import type { Interval } from './interval.js';

/**
 * A source of uniform numbers in [0, 1): fills out with the numbers first, first + 1, ... of one stream, which depend on
 * nothing else.
 */
export type UniformSource = (first: number, out: Float32Array) => void;

/** The statistic that is bootstrapped. */
export type BootstrapStatistic = 'median' | 'mean';

/** How to bootstrap. */
export interface BootstrapSettings {
  readonly statistic: BootstrapStatistic;
  /** In (0, 1), for example 0.95. */
  readonly confidence: number;
  /** At least 100; 2000 settle a 95 % interval to a few percent of its width. */
  readonly resamples: number;
  readonly uniforms: UniformSource;
}

/**
 * Percentile bootstrap interval of a median or mean (Efron 1979): the same bits for the same uniform numbers.
 *
 * @param values - finite; for medians +Infinity too (an image that no perturbation of the grid flips), and so may be the result
 * @throws Error where there is no value, one is not allowed, or a setting is out of range.
 *
 * @example
 * const { estimate, low, high } = bootstrapInterval(distances, { statistic: 'median', confidence: 0.95, resamples: 2000, uniforms });
 */
export function bootstrapInterval(values: ArrayLike<number>, settings: BootstrapSettings): Interval {
  const sample = requireSample('bootstrapInterval', values, settings.statistic);
  requireSettings('bootstrapInterval', settings);
  const statistic = resampledStatistic(sample, settings.statistic);
  const draw = drawer(settings.uniforms);
  return percentileInterval(
    statistic(new Uint32Array(sample.length).fill(1)),
    Array.from({ length: settings.resamples }, () => statistic(draw(sample.length))),
    settings.confidence,
  );
}

/** How two samples are compared. */
export interface BootstrapComparisonSettings extends BootstrapSettings {
  /** statistic(a) - statistic(b), or statistic(a) / statistic(b). */
  readonly compare: 'difference' | 'ratio';
  /** Whether a[i] and b[i] belong together (two models on the same image): such are drawn together. */
  readonly paired: boolean;
}

/**
 * Percentile bootstrap interval of the difference or ratio of two medians or means.
 *
 * @param a - as for {@link bootstrapInterval}
 * @param b - likewise; of the length of a where paired
 * @returns -Infinity to Infinity where a resample cannot be compared (both medians infinite, both 0 for a ratio)
 * @throws Error where a sample or setting is out of range, or paired samples differ in length.
 *
 * @example
 * const gain = bootstrapComparison(robust, plain, { ...settings, compare: 'difference', paired: false });
 */
export function bootstrapComparison(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  settings: BootstrapComparisonSettings,
): Interval {
  const { statistic, compare, paired } = settings;
  const first = requireSample('bootstrapComparison', a, statistic);
  const second = requireSample('bootstrapComparison', b, statistic);
  requireSettings('bootstrapComparison', settings);
  if (paired && first.length !== second.length) {
    throw new Error(`bootstrapComparison: expected pairs, got ${first.length} and ${second.length} values`);
  }
  const ofFirst = resampledStatistic(first, statistic);
  const ofSecond = resampledStatistic(second, statistic);
  const compared = (countsA: Uint32Array, countsB: Uint32Array) =>
    compare === 'ratio' ? ofFirst(countsA) / ofSecond(countsB) : ofFirst(countsA) - ofSecond(countsB);
  const draw = drawer(settings.uniforms);
  const resampled = Array.from({ length: settings.resamples }, () => {
    const counts = draw(first.length);
    return compared(counts, paired ? counts : draw(second.length));
  });
  const whole = (sample: Float64Array) => new Uint32Array(sample.length).fill(1);
  return percentileInterval(compared(whole(first), whole(second)), resampled, settings.confidence);
}

function requireSample(
  operation: string,
  values: ArrayLike<number>,
  statistic: BootstrapStatistic,
): Float64Array {
  const sample = Float64Array.from(values);
  if (sample.length === 0) throw new Error(`${operation}: expected at least one value, got none`);
  const faulty = sample.find(
    (value) => !Number.isFinite(value) && !(statistic === 'median' && value === Number.POSITIVE_INFINITY),
  );
  if (faulty !== undefined) {
    throw new Error(`${operation}: expected values that have a ${statistic}, got ${faulty}`);
  }
  return sample;
}

function requireSettings(operation: string, { confidence, resamples }: BootstrapSettings): void {
  if (!(confidence > 0 && confidence < 1)) {
    throw new Error(`${operation}: expected a confidence in (0, 1), got ${confidence}`);
  }
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new Error(`${operation}: expected at least 100 resamples, got ${resamples}`);
  }
}

/** Resamples as the number of times that each value was drawn. */
function drawer(uniforms: UniformSource): (length: number) => Uint32Array {
  let drawn = 0;
  return (length) => {
    const numbers = new Float32Array(length);
    uniforms(drawn, numbers);
    drawn += length;
    const counts = new Uint32Array(length);
    for (const uniform of numbers) {
      const index = Math.floor(uniform * length);
      if (!(index >= 0 && index < length)) {
        throw new Error(`bootstrap: expected uniform numbers in [0, 1), got ${uniform}`);
      }
      counts[index] = (counts[index] as number) + 1;
    }
    return counts;
  };
}

function resampledStatistic(
  sample: Float64Array,
  statistic: BootstrapStatistic,
): (counts: Uint32Array) => number {
  if (statistic === 'mean') {
    return (counts) => {
      let sum = 0;
      for (let i = 0; i < sample.length; i++) sum += (counts[i] as number) * (sample[i] as number);
      return sum / sample.length;
    };
  }
  const order = Uint32Array.from(sample.keys()).sort((a, b) => compareNumbers(sample[a], sample[b]));
  const lower = Math.floor((sample.length - 1) / 2);
  const upper = Math.ceil((sample.length - 1) / 2);
  return (counts) => {
    let seen = 0;
    let below: number | undefined;
    for (const index of order) {
      seen += counts[index] as number;
      if (below === undefined && seen > lower) below = sample[index] as number;
      if (below !== undefined && seen > upper) return (below + (sample[index] as number)) / 2;
    }
    return Number.NaN;
  };
}

function percentileInterval(estimate: number, resampled: readonly number[], confidence: number): Interval {
  if (resampled.some(Number.isNaN)) {
    return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence };
  }
  const sorted = Float64Array.from(resampled).sort();
  const at = (probability: number) => {
    const position = probability * (sorted.length - 1);
    const lower = sorted[Math.floor(position)] as number;
    const upper = sorted[Math.ceil(position)] as number;
    return lower === upper ? lower : lower + (upper - lower) * (position - Math.floor(position));
  };
  return { estimate, low: at((1 - confidence) / 2), high: at((1 + confidence) / 2), confidence };
}

/** Infinity - Infinity would be no order. */
function compareNumbers(a: number | undefined, b: number | undefined): number {
  return a === b ? 0 : (a as number) < (b as number) ? -1 : 1;
}

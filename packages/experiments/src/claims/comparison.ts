import { tInterval } from '@hebblab/analysis';
import type { ExperimentResults } from '../measurement-results.js';
import type { ClaimResult, ModelResult } from '../results.js';

/** A model of results.json, as claims read it. */
export interface MeasuredModel extends SeedResult {
  /** The results of each seed in order, where there are several. */
  readonly perSeed?: readonly SeedResult[];
}

/** What claims read of one seed. */
export type SeedResult = Pick<ModelResult, 'accuracy' | 'criticalDistance' | 'measurements'>;

/** What claims are judged on. */
export interface ClaimInput {
  readonly models: Readonly<Record<string, MeasuredModel>>;
  /** Test images that the accuracies are of. */
  readonly testImages: number;
  readonly experiments?: ExperimentResults;
}

/** Two figures set against each other. */
export type Comparison = {
  /** For example `kh / l2`. */
  readonly name: string;
  readonly verdict: ClaimResult['verdict'];
} & (
  | {
      readonly kind: 'measured';
      readonly scale: 'ratio' | 'difference';
      readonly estimate: number;
      /** 95 %, over seeds where there are two or more, else over images. */
      readonly interval: readonly [number, number];
      readonly over: 'seeds' | 'images';
      /** Where the interval must lie for the claim to hold: `above 1`; absent in results of earlier versions. */
      readonly required?: string;
    }
  | { readonly kind: 'not measured'; readonly reason: string }
);

/** The values of a ratio or difference at which a statement is true. */
export interface AllowedRange {
  readonly from: number;
  readonly to: number;
}

/** Medians within this share of each other count as equal; 5 % is what arXiv 2405.00679 says of PGD and FGSM. */
export const ratioTolerance = 0.05;

/** Accuracies within this of each other count as equal. */
export const accuracyTolerance = 0.01;

/** What a ratio may be for "more", "at least as much" and "about as much". */
export const ratios = {
  more: { from: 1, to: Number.POSITIVE_INFINITY },
  atLeast: { from: 1 - ratioTolerance, to: Number.POSITIVE_INFINITY },
  about: { from: 1 - ratioTolerance, to: 1 + ratioTolerance },
} as const satisfies Record<string, AllowedRange>;

/** What a difference of accuracies may be for "more" and "about as much". */
export const differences = {
  more: { from: 0, to: Number.POSITIVE_INFINITY },
  about: { from: -accuracyTolerance, to: accuracyTolerance },
} as const satisfies Record<string, AllowedRange>;

/** Which median is meant. */
export interface MedianOf {
  readonly model: string;
  readonly attack: string;
}

/**
 * The ratio of two median critical distances. Over two or more seeds the interval is Student's of the mean logarithm of
 * the seeds' ratios. With one seed it is over images: the standard error of the logarithm of a median is
 * sqrt(pi / 2) s / sqrt(n), s = log(q75 / q25) / 1.349 (distances are close to log-normal). The two medians are taken as
 * independent, though they are of much the same images: the interval is rather too wide than too narrow.
 *
 * @example
 * compareMedians('kh / l2', input, { model: 'kh', attack: 'fgsm' }, { model: 'l2', attack: 'fgsm' }, ratios.more);
 */
export function compareMedians(
  name: string,
  { models }: ClaimInput,
  above: MedianOf,
  below: MedianOf,
  allowed: AllowedRange,
): Comparison {
  const pair = [above, below].map(({ model, attack }) => ({ model, attack, measured: models[model] }));
  for (const { model, attack, measured } of pair) {
    if (measured === undefined) return notMeasured(name, `no model ${model}`);
    const distance = measured.criticalDistance[attack];
    if (distance?.median === undefined)
      return notMeasured(name, `no critical distance of ${model}, ${attack}`);
    if (distance.found < leastFoundShare * distance.total) {
      const reached = `${rounded(distance.found)} of ${rounded(distance.total)}`;
      return notMeasured(name, `${attack} flipped only ${reached} images of ${model}`);
    }
  }
  const logarithms = seedsInCommon(models[above.model], models[below.model]).flatMap(([first, second]) => {
    const [larger, smaller] = [first.criticalDistance[above.attack], second.criticalDistance[below.attack]];
    return larger?.median && smaller?.median ? [Math.log(larger.median / smaller.median)] : [];
  });
  const overSeeds = meanWithInterval(logarithms);
  const { mean, halfWidth } = overSeeds ?? ratioOverImages(models, above, below);
  return judged(name, allowed, {
    kind: 'measured',
    scale: 'ratio',
    estimate: Math.exp(mean),
    interval: [Math.exp(mean - halfWidth), Math.exp(mean + halfWidth)],
    over: overSeeds === undefined ? 'images' : 'seeds',
  });
}

/**
 * The difference of two accuracies: Student's interval over two or more seeds, else that of two independent shares of
 * the test images (they are of the same images: rather too wide than too narrow).
 *
 * @example
 * compareAccuracies('l2 - kh', input, 'l2', 'kh', differences.more);
 */
export function compareAccuracies(
  name: string,
  { models, testImages }: ClaimInput,
  above: string,
  below: string,
  allowed: AllowedRange,
): Comparison {
  const [first, second] = [models[above], models[below]];
  if (first === undefined || second === undefined)
    return notMeasured(name, `no model ${first === undefined ? above : below}`);
  const overSeeds = meanWithInterval(seedsInCommon(first, second).map(([a, b]) => a.accuracy - b.accuracy));
  const variance = (share: number) => (share * (1 - share)) / testImages;
  const { mean, halfWidth } = overSeeds ?? {
    mean: first.accuracy - second.accuracy,
    halfWidth: normalQuantile * Math.sqrt(variance(first.accuracy) + variance(second.accuracy)),
  };
  return judged(name, allowed, {
    kind: 'measured',
    scale: 'difference',
    estimate: mean,
    interval: [mean - halfWidth, mean + halfWidth],
    over: overSeeds === undefined ? 'images' : 'seeds',
  });
}

/**
 * The mean over seeds of a figure of two models, or of one, with Student's interval; not measured where fewer than two
 * seeds have it.
 *
 * @param figureOf of the results of one seed of each model, in the order of `models`
 * @example
 * compareSeeds('b - a', input, ['b', 'a'], ([b, a]) => b.accuracy - a.accuracy, differences.more);
 */
export function compareSeeds(
  name: string,
  { models }: ClaimInput,
  names: readonly string[],
  figureOf: (seed: readonly SeedResult[]) => number | undefined,
  allowed: AllowedRange,
): Comparison {
  const missing = names.find((each) => models[each] === undefined);
  if (missing !== undefined) return notMeasured(name, `no model ${missing}`);
  const perSeed = names.map((each) => models[each]?.perSeed ?? []);
  const seeds = Math.min(...perSeed.map(({ length }) => length));
  const figures = Array.from({ length: seeds }, (_, seed) =>
    figureOf(perSeed.flatMap((results) => results[seed] ?? [])),
  ).filter((figure) => figure !== undefined);
  const estimate = meanWithInterval(figures);
  if (estimate === undefined) return notMeasured(name, `${figures.length} of 2 seeds or more`);
  const { mean, halfWidth } = estimate;
  return judged(name, allowed, {
    kind: 'measured',
    scale: 'difference',
    estimate: mean,
    interval: [mean - halfWidth, mean + halfWidth],
    over: 'seeds',
  });
}

/**
 * Holds where all of the interval is allowed, fails where none of it is.
 *
 * @example
 * verdictOf([1.1, 1.3], ratios.more); // 'holds'
 */
export function verdictOf(
  [lower, upper]: readonly [number, number],
  { from, to }: AllowedRange,
): ClaimResult['verdict'] {
  if (lower > from && upper < to) return 'holds';
  return upper < from || lower > to ? 'fails' : 'undecided';
}

/** A statement of several parts fails where one does, and holds where all do. */
export function verdictOfAll(parts: readonly Pick<Comparison, 'verdict'>[]): ClaimResult['verdict'] {
  if (parts.some(({ verdict }) => verdict === 'fails')) return 'fails';
  return parts.length > 0 && parts.every(({ verdict }) => verdict === 'holds') ? 'holds' : 'undecided';
}

/** A comparison as a person reads it: "kh / l2 1.22 [1.10, 1.35] holds". */
export function describeComparison(comparison: Comparison): string {
  const { name, verdict } = comparison;
  if (comparison.kind === 'not measured') return `${name}: not measured (${comparison.reason})`;
  const { scale, estimate, interval } = comparison;
  const digits = (value: number) => value.toFixed(scale === 'ratio' ? 2 : 3);
  return `${name} ${digits(estimate)} [${interval.map(digits).join(', ')}] ${verdict}`;
}

/** Of fewer flipped images the median says little of the model: those that stood would move it. */
const leastFoundShare = 0.95;

type Estimate = Omit<Extract<Comparison, { kind: 'measured' }>, 'name' | 'verdict' | 'required'>;

function judged(name: string, allowed: AllowedRange, estimate: Estimate): Comparison {
  return {
    name,
    verdict: verdictOf(estimate.interval, allowed),
    ...estimate,
    required: requiredText(allowed),
  };
}

function requiredText({ from, to }: AllowedRange): string {
  if (to === Number.POSITIVE_INFINITY) return `above ${from}`;
  return from === Number.NEGATIVE_INFINITY ? `below ${to}` : `${from} to ${to}`;
}

function notMeasured(name: string, reason: string): Comparison {
  return { name, verdict: 'undecided', kind: 'not measured', reason };
}

/** The results of two models seed by seed: their data and order of training are the same, so differences are paired. */
function seedsInCommon(
  first: MeasuredModel | undefined,
  second: MeasuredModel | undefined,
): [SeedResult, SeedResult][] {
  return (first?.perSeed ?? []).flatMap((result, seed) => {
    const other = second?.perSeed?.[seed];
    return other === undefined ? [] : [[result, other]];
  });
}

interface MeanWithInterval {
  readonly mean: number;
  readonly halfWidth: number;
}

/** Student's 95 % interval of the mean; `undefined` of fewer than two values. */
function meanWithInterval(values: readonly number[]): MeanWithInterval | undefined {
  if (values.length < 2) return undefined;
  const { estimate, high } = tInterval(values, 0.95);
  return { mean: estimate, halfWidth: high - estimate };
}

function ratioOverImages(models: ClaimInput['models'], above: MedianOf, below: MedianOf): MeanWithInterval {
  const [first, second] = [above, below].map(({ model, attack }) => {
    const {
      median = Number.NaN,
      q25 = Number.NaN,
      q75 = Number.NaN,
      found = 0,
    } = models[model]?.criticalDistance[attack] ?? {};
    const deviation = Math.log(q75 / q25) / interquartileRangeOfNormal;
    return { logarithm: Math.log(median), variance: (Math.PI / 2) * (deviation ** 2 / found) };
  });
  if (first === undefined || second === undefined) throw new Error('ratioOverImages: expected two medians');
  return {
    mean: first.logarithm - second.logarithm,
    halfWidth: normalQuantile * Math.sqrt(first.variance + second.variance),
  };
}

/** Of N(0, 1): twice the quantile at 3/4. */
const interquartileRangeOfNormal = 1.34898;

/** Of N(0, 1) at 0.975. */
const normalQuantile = 1.95996;

/** Counts are means where there are several seeds. */
function rounded(count: number): string {
  return String(Math.round(count));
}

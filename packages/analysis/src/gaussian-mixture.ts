/** One component of a mixture of normal distributions on the line. */
export interface MixtureComponent {
  /** Share of the mixture, in (0, 1]; the weights add up to 1. */
  readonly weight: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** A mixture fitted by maximum likelihood. */
export interface MixtureFit {
  /** By ascending mean. */
  readonly components: readonly MixtureComponent[];
  /** In nats, summed over the values. */
  readonly logLikelihood: number;
}

// A component that closes in on a single value would have an unbounded likelihood.
const smallestVariance = 1e-6;
const mostSteps = 500;

/**
 * Maximum-likelihood mixture by expectation maximisation, from several deterministic starts, of which the best is kept:
 * means at quantiles, means spread over the range, and the fit of one component fewer with each component split in turn,
 * so that more components never fit worse.
 *
 * @param fewer - the fit with one component less, if count > 1
 */
export function fitMixture(
  values: Float64Array,
  count: number,
  fewer: readonly MixtureComponent[],
): MixtureFit {
  const sorted = Float64Array.from(values).sort();
  const lowest = sorted[0] as number;
  const range = (sorted.at(-1) as number) - lowest;
  const spread = Math.max(Math.sqrt(smallestVariance), range / (2 * count));
  const evenly = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  const startAt = (means: number[]): MixtureComponent[] =>
    means.map((mean) => ({ weight: 1 / count, mean, standardDeviation: spread }));
  const starts = [
    startAt(evenly.map((share) => sorted[Math.floor(share * sorted.length)] as number)),
    startAt(evenly.map((share) => lowest + share * range)),
    ...fewer.map((_, index) =>
      fewer.flatMap((component, i) => (i === index ? split(component) : [component])),
    ),
  ];
  return starts
    .map((start) => maximise(values, start))
    .reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
}

function split({ weight, mean, standardDeviation }: MixtureComponent): MixtureComponent[] {
  return [-1, 1].map((side) => ({
    weight: weight / 2,
    mean: mean + side * standardDeviation,
    standardDeviation,
  }));
}

function maximise(values: Float64Array, start: readonly MixtureComponent[]): MixtureFit {
  let components = start;
  let logLikelihood = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < mostSteps; step++) {
    const expectation = responsibilities(values, components);
    const gained = expectation.logLikelihood - logLikelihood;
    logLikelihood = expectation.logLikelihood;
    if (gained < 1e-7 * values.length) break;
    components = components.map((component, index) =>
      reestimate(values, expectation.shares[index] as Float64Array, component),
    );
  }
  return { components: [...components].sort((a, b) => a.mean - b.mean), logLikelihood };
}

/** For each component the probability that each value is its own, and the likelihood of all values. */
function responsibilities(values: Float64Array, components: readonly MixtureComponent[]) {
  // Log densities to begin with, made probabilities in place.
  const shares = components.map((component) => logDensitiesOf(values, component));
  let logLikelihood = 0;
  for (let i = 0; i < values.length; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (const densities of shares) largest = Math.max(largest, densities[i] as number);
    let total = 0;
    for (const densities of shares) {
      densities[i] = Math.exp((densities[i] as number) - largest);
      total += densities[i] as number;
    }
    for (const densities of shares) densities[i] = (densities[i] as number) / total;
    logLikelihood += largest + Math.log(total);
  }
  return { shares, logLikelihood };
}

function logDensitiesOf(
  values: Float64Array,
  { weight, mean, standardDeviation }: MixtureComponent,
): Float64Array {
  const constant = Math.log(weight) - Math.log(standardDeviation) - 0.5 * Math.log(2 * Math.PI);
  return values.map((value) => constant - 0.5 * ((value - mean) / standardDeviation) ** 2);
}

function reestimate(values: Float64Array, shares: Float64Array, before: MixtureComponent): MixtureComponent {
  const total = shares.reduce((sum, share) => sum + share, 0);
  // A component that no value belongs to stays where it is, with next to no weight.
  if (total < 1e-12) return { ...before, weight: 1e-300 };
  const mean = values.reduce((sum, value, i) => sum + value * (shares[i] as number), 0) / total;
  const variance =
    values.reduce((sum, value, i) => sum + (value - mean) ** 2 * (shares[i] as number), 0) / total;
  return {
    weight: total / values.length,
    mean,
    standardDeviation: Math.sqrt(Math.max(variance, smallestVariance)),
  };
}

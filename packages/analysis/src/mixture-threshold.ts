import { fitMixture, type MixtureComponent, type MixtureFit } from './gaussian-mixture.js';

/** Where to cut, if the variances have more than one mode. Components are of the log variances, by ascending mean. */
export type MixtureThreshold =
  | {
      readonly kind: 'threshold';
      /** A variance, for pruneByVariance. */
      readonly threshold: number;
      readonly components: readonly MixtureComponent[];
    }
  | { readonly kind: 'no pruning'; readonly components: readonly MixtureComponent[] };

// The 0.99 quantile of chi-squared with 3 degrees of freedom: one component more is weight, mean and variance more.
const likelihoodRatioQuantile = 11.344866730144373;
const mostComponents = 4;

/**
 * The automatic cut of arXiv 2405.00679, A3: Gaussian mixtures of 1 to 4 components on those log variances that lie in
 * (-9, -3); one component more is taken while the likelihood-ratio test gives p < 0.01; the cut lies half way, in the
 * logarithm, between the two largest means. One component: nothing to prune.
 *
 * @param variances - one a unit, of a converged layer of radius 1 (unitVariances gives them)
 * @throws Error where fewer than 10 log variances lie in (-9, -3), as of a layer that has not converged.
 *
 * @example
 * const cut = mixtureThreshold(unitVariances(weights, shape));
 * if (cut.kind === 'threshold') pruneByVariance(weights, shape, cut.threshold);
 */
export function mixtureThreshold(variances: Float64Array): MixtureThreshold {
  const logarithms = variances.map(Math.log).filter((value) => value > -9 && value < -3);
  if (logarithms.length < 10) {
    throw new Error(
      `mixtureThreshold: expected at least 10 log variances in (-9, -3), got ${logarithms.length} of ${variances.length}`,
    );
  }
  let accepted: MixtureFit = fitMixture(logarithms, 1, []);
  for (let count = 2; count <= mostComponents; count++) {
    const larger = fitMixture(logarithms, count, accepted.components);
    if (2 * (larger.logLikelihood - accepted.logLikelihood) <= likelihoodRatioQuantile) break;
    accepted = larger;
  }
  const { components } = accepted;
  const [second, top] = components.slice(-2).map((component) => component.mean);
  if (second === undefined || top === undefined) return { kind: 'no pruning', components };
  return { kind: 'threshold', threshold: Math.exp((second + top) / 2), components };
}

import { eachUnit, type LayerShape, mean, requireLayer, requireRule } from './layer.js';
import { quantiles } from './quantiles.js';

/** How far a Krotov-Hopfield layer has settled; to be reported with every trained layer. */
export interface LayerConvergence {
  /** Share of units with | ||W||_p - radius | > 1e-2, in [0, 1]. */
  readonly unconvergedShare: number;
  /** 1 - unconvergedShare */
  readonly convergedShare: number;
  /** Median ||W||_p over the units. */
  readonly medianNorm: number;
  /** Number of units with a mean weight < -radius inputs^(-1/p) / 2. */
  readonly negativeAttractorUnits: number;
  /** Fewer than 10 % of the units unconverged, and none in the all-negative attractor. */
  readonly accepted: boolean;
}

/**
 * Acceptance of a Krotov-Hopfield layer before use (arXiv 2405.00679, A2). The authors look for a mean below -radius / 2 to
 * find the all-negative attractor that a small initialisation falls into; no converged unit can have one, since
 * |mean| <= radius inputs^(-1/p), so half of that bound is looked for.
 *
 * @param weights - [hidden, inputs]
 * @param rule - p >= 2 and radius > 0 of the learning rule
 * @throws Error where weights do not fit the shape or are not finite, or p or radius is out of range.
 *
 * @example
 * const { accepted, convergedShare } = layerConvergence(weights, { hidden: 2000, inputs: 784 }, { p: 3, radius: 1 });
 */
export function layerConvergence(
  weights: Float32Array,
  shape: LayerShape,
  rule: { readonly p: number; readonly radius: number },
): LayerConvergence {
  requireLayer('layerConvergence', weights, shape);
  requireRule('layerConvergence', rule);
  const { p, radius } = rule;
  const norms = eachUnit(
    weights,
    shape,
    (unit) => unit.reduce((sum, weight) => sum + Math.abs(weight) ** p, 0) ** (1 / p),
  );
  const lowestMean = -radius * shape.inputs ** (-1 / p);
  const unconverged = norms.filter((norm) => Math.abs(norm - radius) > 1e-2).length;
  const negativeAttractorUnits = eachUnit(weights, shape, mean).filter((m) => m < lowestMean / 2).length;
  const unconvergedShare = unconverged / shape.hidden;
  return {
    unconvergedShare,
    convergedShare: 1 - unconvergedShare,
    medianNorm: quantiles(norms, [0.5])[0] as number,
    negativeAttractorUnits,
    accepted: unconvergedShare < 0.1 && negativeAttractorUnits === 0,
  };
}

import {
  abs,
  customGrad,
  div,
  equal,
  fill,
  type GradSaveFunc,
  greater,
  lessEqual,
  logSumExp,
  max,
  maximum,
  mean,
  mul,
  neg,
  oneHot,
  onesLike,
  pow,
  relu,
  type Scalar,
  scalar,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';
import type { Activation } from './architecture.js';
import { applyActivation, type NetworkPass } from './network-pass.js';
import { type NetworkObjective, sumOfObjective } from './objective.js';

/**
 * How gradients are kept from vanishing where units saturate or die.
 *
 * - Backward, before the slope of each layer is applied, a sample's signal is divided by its largest magnitude: only
 *   its direction matters.
 * - A layer's pre-activations z of a sample are divided by T = max(1, rms(z) / (reach * width)) before the slope of a
 *   saturating unit is taken; its width is 1 for tanh and hard tanh, 2 for sigmoid. A layer within its reach keeps
 *   its true slopes.
 * - A unit without a slope (ReLU^n at or below 0, hard tanh beyond 1 after division by T) has `leak` of the slope of
 *   its layer: of 1 for hard tanh, of that at z = rms(z) for ReLU^n.
 * - The cross-entropy is replaced by log sum_{j != label} exp z_j - z_label, whose gradient has the same direction, but
 *   does not shrink with confidence.
 *
 * With leak 0 and layers within their reach the direction is that of the true gradient.
 */
export interface Stabilisation {
  /** > 0, in widths of the unit. */
  readonly reach: number;
  /** In [0, 1]. */
  readonly leak: number;
}

/** A reach at which tanh still has a slope of 0.07, and a tenth of a slope for dead units. */
export const usualStabilisation: Stabilisation = { reach: 2, leak: 0.1 };

/** Refuses numbers that make no stabilisation. */
export function expectStabilisation({ reach, leak }: Stabilisation): void {
  if (!(reach > 0 && Number.isFinite(reach)))
    throw new Error(`stabilised: expected a reach > 0, got ${reach}`);
  if (!(leak >= 0 && leak <= 1)) throw new Error(`stabilised: expected a leak in [0, 1], got ${leak}`);
}

/** What stands in for activations: the same values, backward the stabilised slopes. */
export function stabilisedActivation(stabilisation: Stabilisation) {
  return (activation: Activation, preactivations: Tensor): Tensor => {
    const layer = customGrad((...inputs: (Tensor | GradSaveFunc)[]) => {
      const [z, save] = inputs as [Tensor, GradSaveFunc];
      save([z]);
      return {
        value: applyActivation(activation, z),
        gradFunc: (dy: Tensor, saved: Tensor[]) =>
          mul(unitLargest(dy), slopes(activation, saved[0] as Tensor, stabilisation)),
      };
    });
    return layer(preactivations);
  };
}

/** As sumOfObjective, with the cross-entropy's stand-in. */
export function sumOfStabilisedObjective(
  objective: NetworkObjective,
  pass: NetworkPass,
  count: number,
): Scalar {
  if (objective !== 'cross-entropy') return sumOfObjective(objective, pass, count);
  const { logits, labels } = pass;
  const own = oneHot(labels, logits.shape[1]);
  const others = logSumExp(where(equal(own, 1), fill(logits.shape, lowest), logits), 1);
  return sum(sub(others, sum(mul(own, logits), 1)));
}

/** Each sample's values divided by their largest magnitude; all 0 as they are. */
export function unitLargest(values: Tensor): Tensor {
  const largest = max(abs(values), axesOfSample(values), true);
  return div(values, where(greater(largest, 0), largest, onesLike(largest)));
}

/** The slope of each unit up to a factor that a sample's layer shares. */
function slopes(activation: Activation, z: Tensor, { reach, leak }: Stabilisation): Tensor {
  switch (activation.kind) {
    case 'linear':
      return onesLike(z);
    case 'relu': {
      const scale = spread(z);
      const relative = div(relu(z), where(greater(scale, 0), scale, onesLike(scale)));
      const live = activation.power === 1 ? onesLike(z) : pow(relative, scalar(activation.power - 1));
      return where(greater(z, 0), live, fill(z.shape, leak));
    }
    case 'tanh':
      return bell(mul(2, tempered(z, reach)));
    case 'sigmoid':
      return bell(tempered(z, 2 * reach));
    case 'hard-tanh':
      return where(lessEqual(abs(tempered(z, reach)), 1), onesLike(z), fill(z.shape, leak));
  }
}

/** z / T */
function tempered(z: Tensor, reach: number): Tensor {
  return div(z, maximum(1, div(spread(z), reach)));
}

/** 4 sigmoid(x) sigmoid(-x): the slope of a sigmoid at x, or of a tanh at x / 2, relative to that at 0. */
function bell(x: Tensor): Tensor {
  return mul(4, mul(sigmoid(x), sigmoid(neg(x))));
}

/** rms(z) of each sample, taken so that squares stay within float32. */
function spread(z: Tensor): Tensor {
  const axes = axesOfSample(z);
  const largest = max(abs(z), axes, true);
  return mul(largest, sqrt(mean(square(unitLargest(z)), axes, true)));
}

function axesOfSample({ rank }: Tensor): number[] {
  return Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
}

/** About the lowest float32: no logit is below it. */
const lowest = -3.4e38;

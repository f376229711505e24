import {
  abs,
  customGrad,
  div,
  fill,
  type GradSaveFunc,
  greater,
  less,
  max,
  maximum,
  mean,
  mul,
  pow,
  reshape,
  scalar,
  sigmoid,
  square,
  sub,
  type Tensor,
  tanh,
  where,
} from '@tensorflow/tfjs-core';
import type { Activation } from './architecture.js';
import { applyActivation } from './network-pass.js';

/**
 * How gradients are kept from vanishing for numerical reasons (Brendel & Bethge 2017, arXiv 1704.01547): the forward
 * pass stays as it is, and on the way back
 * - a saturating unit has the derivative of its activation at z / temperature,
 * - a unit that is off (ReLU below 0, hard tanh outside) has `leak` times the mean derivative of the sample's units,
 *   or `leak` where all are off,
 * - what is handed down a layer is divided by its largest magnitude, sample by sample.
 */
export interface Stabilisation {
  /** >= 1; 1 leaves the derivatives of sigmoid and tanh as they are. */
  readonly temperature: number;
  /** >= 0; 0 leaves units that are off without a gradient. */
  readonly leak: number;
}

/** Activations with the usual values and stabilised derivatives; for first derivatives alone. */
export function stabilisedActivations(
  stabilisation: Stabilisation,
): (activation: Activation, preactivations: Tensor) => Tensor {
  return (activation, preactivations) => {
    const activate = customGrad((z: Tensor | GradSaveFunc, save?: Tensor | GradSaveFunc) => {
      (save as GradSaveFunc)([z as Tensor]);
      return {
        value: applyActivation(activation, z as Tensor),
        gradFunc: (gradient: Tensor, [saved]: Tensor[]) =>
          ofUnitSize(mul(ofUnitSize(gradient), derivative(activation, saved as Tensor, stabilisation))),
      };
    });
    return activate(preactivations);
  };
}

function derivative(activation: Activation, z: Tensor, { temperature, leak }: Stabilisation): Tensor {
  switch (activation.kind) {
    case 'linear':
      return fill(z.shape, 1);
    case 'sigmoid': {
      const value = sigmoid(div(z, temperature));
      return mul(value, sub(1, value));
    }
    case 'tanh':
      return sub(1, square(tanh(div(z, temperature))));
    case 'hard-tanh':
      return leaky(where(less(abs(z), 1), fill(z.shape, 1), fill(z.shape, 0)), leak);
    case 'relu': {
      const { power } = activation;
      const slope = power === 1 ? fill(z.shape, 1) : mul(power, pow(maximum(z, 0), scalar(power - 1)));
      return leaky(where(greater(z, 0), slope, fill(z.shape, 0)), leak);
    }
  }
}

/** Gives units without a derivative `leak` times the mean of their sample's units that have one. */
function leaky(slopes: Tensor, leak: number): Tensor {
  const rows = asRows(slopes);
  const on = where(greater(rows, 0), fill(rows.shape, 1), fill(rows.shape, 0));
  const share = mean(on, 1, true);
  const average = where(
    greater(share, 0),
    div(mean(rows, 1, true), maximum(share, 1e-30)),
    fill(share.shape, 1),
  );
  const off = mul(mul(sub(1, on), average), leak);
  return reshape(maximum(rows, off), slopes.shape);
}

/** Divides each sample's signal by its largest magnitude; zeros stay. */
function ofUnitSize(signal: Tensor): Tensor {
  const rows = asRows(signal);
  const largest = max(abs(rows), 1, true);
  const divisor = where(greater(largest, 0), largest, fill(largest.shape, 1));
  return reshape(div(rows, divisor), signal.shape);
}

function asRows(values: Tensor): Tensor {
  const [count = 1] = values.shape;
  return reshape(values, [count, values.size / count]);
}

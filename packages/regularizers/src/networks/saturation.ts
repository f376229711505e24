import type { Activation, NetworkArchitecture, NetworkPass, NetworkPenalty } from '@hebblab/models/networks';
import {
  abs,
  add,
  mul,
  relu,
  type Scalar,
  scalar,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';
import { expectWeight } from '../expect.js';
import { startAnnealedWeight } from './annealed-weight.js';
import { type Annealing, expectAnnealing } from './annealing.js';

/** How units are driven into saturation. */
export interface SaturationSettings {
  /**
   * lambda: the same in all epochs, or raised while the validation accuracy holds. An early stop would take the
   * parameters of the best epoch, which may be one of a small weight: leave it out with an annealed one.
   */
  readonly weight:
    | { readonly kind: 'constant'; readonly value: number }
    | ({ readonly kind: 'annealed' } & Annealing);
  /** Over the batch; the paper does not say which. */
  readonly over: 'mean' | 'sum';
}

/**
 * The sum over all layers and units of psi_c(z), the distance of a pre-activation from where the nonlinearity is flat,
 * readout included with the psi_c of the last hidden layer, as mean or sum over the batch (Nayebi & Ganguli, arXiv
 * 1703.09202). psi_c is ReLU(z) for ReLU and max(0, 1 - |z|) for hard tanh; s (1 - s) for sigmoid and 1 - tanh^2 for
 * tanh, which are flat nowhere. Right to second order.
 *
 * @throws where a setting is out of range, or the network has no hidden layer or a linear one
 * @example
 * const penalties = [saturationPenalty({ weight: { kind: 'constant', value: 1 }, over: 'mean' })];
 */
export function saturationPenalty({ weight, over }: SaturationSettings): NetworkPenalty {
  if (weight.kind === 'constant') expectWeight(operation, weight.value);
  else expectAnnealing(operation, weight);
  if (over !== 'mean' && over !== 'sum')
    throw new Error(`${operation}: expected over as 'mean' or 'sum', got ${String(over)}`);
  return {
    name: 'saturation',
    start({ architecture }) {
      expectSaturating(architecture);
      const value = (pass: NetworkPass, lambda: number): Scalar =>
        lambda === 0 ? scalar(0) : mul(saturationOf(pass, over), lambda);
      if (weight.kind === 'constant') return { value: (pass) => value(pass, weight.value), dispose() {} };
      const annealed = startAnnealedWeight('saturation', weight);
      return { ...annealed.hooks, value: (pass) => value(pass, annealed.weight()), dispose() {} };
    },
  };
}

/** The penalty of a pass without its weight. */
export function saturationOf({ layers, inputs }: NetworkPass, over: 'mean' | 'sum'): Scalar {
  const hidden = layers.slice(0, -1);
  const [last] = hidden.slice(-1);
  const [readout] = layers.slice(-1);
  if (last === undefined || readout === undefined)
    throw new Error(`${operation}: expected a network with a hidden layer, got none`);
  const sums = [
    ...hidden.map((layer) => complementary(layer.activation, layer)),
    complementary(last.activation, { preactivations: readout.preactivations }),
  ].map((values) => sum(values));
  const total = sums.reduce((all, layer) => add(all, layer));
  return over === 'sum' ? (total as Scalar) : mul(total as Scalar, 1 / inputs.shape[0]);
}

/** psi_c(z); from the activations where they are there, which saves computing them again. */
function complementary(
  activation: Activation,
  { preactivations: z, activations }: { readonly preactivations: Tensor; readonly activations?: Tensor },
): Tensor {
  switch (activation.kind) {
    case 'relu':
      return activation.power === 1 && activations !== undefined ? activations : relu(z);
    case 'hard-tanh':
      return relu(sub(1, abs(z)));
    case 'sigmoid': {
      const values = activations ?? sigmoid(z);
      return mul(values, sub(1, values));
    }
    case 'tanh':
      return sub(1, square(activations ?? tanh(z)));
    case 'linear':
      throw new Error(`${operation}: expected hidden layers that saturate, got a linear one`);
  }
}

const operation = 'saturationPenalty';

function expectSaturating({ layers }: NetworkArchitecture): void {
  const hidden = layers
    .slice(0, -1)
    .filter((layer) => layer.kind === 'dense' || layer.kind === 'convolution');
  if (hidden.length === 0) throw new Error(`${operation}: expected a network with a hidden layer, got none`);
  if (hidden.some(({ activation }) => activation.kind === 'linear'))
    throw new Error(`${operation}: expected hidden layers that saturate, got a linear one`);
}

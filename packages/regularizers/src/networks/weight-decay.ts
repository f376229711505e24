import type { NetworkPass, NetworkPenalty } from '@hebblab/models/networks';
import { parameterShapes } from '@hebblab/models/networks';
import { add, mul, type Scalar, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { expectWeight } from '../expect.js';
import { sumOfSquares } from './sum-of-squares.js';

/**
 * weight * the sum of squares of all parameters, readout and biases too (arXiv 2405.00679: weight 5e-4). Running
 * averages of batch normalisations are no parameters that are trained, and do not count.
 *
 * @param weight >= 0
 * @throws where the weight is negative or not finite
 * @example
 * const training = createGradientTraining(kernels, samples, settings, [l2(5e-4)], { kind: 'fresh' });
 */
export function l2(weight: number): NetworkPenalty {
  expectWeight('l2', weight);
  return {
    name: 'l2',
    start: ({ architecture }) => {
      const names = parameterShapes(architecture)
        .filter(({ role }) => role !== 'average')
        .map(({ name }) => name);
      return decay(weight, () => names);
    },
  };
}

/**
 * JacReg as arXiv 2405.00679 trained it: weight * the sum of squares of the weights of the hidden layers, without
 * biases and readout. For the one hidden layer of that paper this is its Jacobian penalty, which is taken of the hidden
 * pre-activation (effective weight 3.3e-4).
 *
 * @param weight >= 0
 * @throws where the weight is negative or not finite
 * @example
 * const training = createGradientTraining(kernels, samples, settings, [jacregPublished(3.3e-4)], { kind: 'fresh' });
 */
export function jacregPublished(weight: number): NetworkPenalty {
  expectWeight('jacregPublished', weight);
  return {
    name: 'jacreg-published',
    start: () => decay(weight, ({ layers }) => layers.slice(0, -1).map(({ name }) => `${name}.weights`)),
  };
}

function decay(weight: number, namesOf: (pass: NetworkPass) => readonly string[]) {
  return {
    value(pass: NetworkPass): Scalar {
      const squares = namesOf(pass).map((name) => sumOfSquares(pass.parameters[name] as Tensor));
      return mul(
        squares.reduce((total, square) => add(total, square), scalar(0)),
        weight,
      );
    },
    dispose() {},
  };
}

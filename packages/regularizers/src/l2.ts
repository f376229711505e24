import type { NetworkParameter, Penalty } from '@hebblab/models';
import { addSquares } from './add-squares.js';
import { expectWeight } from './expect.js';

/**
 * weight * the sum of squares of all parameters, readout and biases too (arXiv 2405.00679: weight 5e-4).
 *
 * @param weight >= 0
 * @throws where the weight is negative or not finite
 * @example
 * const training = createNetworkTraining(kernels, samples, settings, [l2(5e-4)], { kind: 'fresh' });
 */
export function l2(weight: number): Penalty {
  expectWeight('l2', weight);
  return {
    name: 'l2',
    apply({ parameters }, gradients) {
      let sum = 0;
      for (const name of Object.keys(parameters) as NetworkParameter[])
        sum += addSquares(weight, parameters[name].view(), gradients.parameters[name].view());
      return sum;
    },
  };
}

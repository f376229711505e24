import type { Penalty } from '@hebblab/models';
import { addSquares } from './add-squares.js';
import { expectWeight } from './expect.js';

/**
 * JacReg as arXiv 2405.00679 trained it: weight * the sum of squares of the hidden weights alone. Its Jacobian is that
 * of the hidden pre-activation, which is linear in the input, so that the penalty is weight decay (effective weight
 * 3.3e-4). The penalty of Hoffman et al. 2019 is `jacobianPenalty` of `@hebblab/regularizers/networks`.
 *
 * @param weight >= 0
 * @throws where the weight is negative or not finite
 * @example
 * const training = createNetworkTraining(kernels, samples, settings, [jacregPublished(3.3e-4)], { kind: 'fresh' });
 */
export function jacregPublished(weight: number): Penalty {
  expectWeight('jacregPublished', weight);
  return {
    name: 'jacreg-published',
    apply: ({ parameters }, gradients) =>
      addSquares(weight, parameters['hidden weights'].view(), gradients.parameters['hidden weights'].view()),
  };
}

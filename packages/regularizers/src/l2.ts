import type { NetworkParameter, Penalty } from '@hebblab/models';

/**
 * weight * the sum of squares of all parameters, readout and biases too (arXiv 2405.00679: weight 5e-4).
 *
 * @param weight >= 0
 * @throws where the weight is negative or not finite
 * @example
 * const training = createNetworkTraining(kernels, samples, settings, [l2(5e-4)], { kind: 'fresh' });
 */
export function l2(weight: number): Penalty {
  if (!(weight >= 0 && Number.isFinite(weight))) throw new Error(`l2: expected a weight >= 0, got ${weight}`);
  return {
    name: 'l2',
    apply({ parameters }, gradients) {
      let sum = 0;
      for (const name of Object.keys(parameters) as NetworkParameter[]) {
        const values = parameters[name].view();
        const gradient = gradients.parameters[name].view();
        for (let index = 0; index < values.length; index++) {
          const value = values[index] as number;
          sum += value * value;
          gradient[index] = (gradient[index] as number) + 2 * weight * value;
        }
      }
      return weight * sum;
    },
  };
}

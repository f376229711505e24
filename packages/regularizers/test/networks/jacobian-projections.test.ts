import '@hebblab/tfjs-backend';
import type {
  NetworkArchitecture,
  NetworkPass,
  NetworkPenalty,
  NetworkPenaltyContext,
} from '@hebblab/models/networks';
import { jacobianPenalty } from '@hebblab/regularizers/networks';
import { backendKernels } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { architectureOf, passOf, publishedNetworks } from './support/published.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

const [network] = publishedNetworks;
if (network === undefined) throw new Error('expected a published network');
const architecture = architectureOf(network);

describe('projections of the Jacobian penalty', () => {
  it('give its exact value on average', () => {
    const value = valuesOf(jacobianPenalty({ weight: 1, form: { kind: 'projected', projections: 1 } }));
    const draws = Array.from({ length: 400 }, (_, step) => value(step));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / (draws.length - 1);
    const standardError = Math.sqrt(variance / draws.length);
    expect(standardError).toBeLessThan(0.05 * network.jacobianPenalty);
    expect(Math.abs(mean - network.jacobianPenalty)).toBeLessThan(4 * standardError);
  });

  it('are drawn anew for each step, and the same for the same step', () => {
    const penalty = jacobianPenalty({ weight: 1, form: { kind: 'projected', projections: 2 } });
    const value = valuesOf(penalty);
    expect(value(0)).not.toBe(value(1));
    expect(valuesOf(penalty)(1)).toBe(value(1));
  });

  it('are all of it where there is one class', () => {
    // A unit vector in one dimension is 1 or -1.
    const rows = tf.tensor2d([1, -2, 0.5, 3], [2, 2]);
    const single: NetworkArchitecture = {
      inputShape: [1, 2, 1],
      layers: [{ kind: 'dense', units: 1, bias: false, activation: { kind: 'linear' } }],
    };
    const pass = {
      architecture: single,
      inputs: rows,
      layers: [{ name: 'layers.0' }],
      parameters: { 'layers.0.weights': tf.tensor2d([3, 4], [2, 1]) },
    } as unknown as NetworkPass;
    const penalty = jacobianPenalty({ weight: 1, form: { kind: 'projected', projections: 3 } });
    const context = { architecture: single, kernels: backendKernels(), seed: 1 } as NetworkPenaltyContext;
    // 1/2 (3^2 + 4^2)
    expect(penalty.start(context).value(pass, 0).dataSync()[0]).toBeCloseTo(12.5, 5);
  });
});

/** The penalty of the published network at a step. */
function valuesOf(penalty: NetworkPenalty): (step: number) => number {
  const context = { architecture, kernels: backendKernels(), seed: 5 } as NetworkPenaltyContext;
  const running = penalty.start(context);
  const { parameters, run } = passOf(network as NonNullable<typeof network>);
  return (step) => tf.tidy(() => running.value(run(parameters), step).dataSync()[0] as number);
}

import '@hebblab/tfjs-backend';
import type { NetworkPass } from '@hebblab/models/networks';
import {
  isometryOf,
  jacobianNorm,
  type PowerLaw,
  projectedJacobianNorm,
  saturationOf,
  spectralDeviation,
} from '@hebblab/regularizers/networks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  normsByGradients,
  normsOfDenseLayers,
  projectedNormsByGradients,
} from '../../dist/networks/jacobian-norms.js';
import { expectPublished, type Published, passOf, publishedNetworks, tensorOf } from './support/published.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

describe.each(publishedNetworks)('penalties of the published network $title', (network) => {
  const count = network.inputs.shape[0] as number;

  it.each([1, 10] as const)('have the isometry penalty with K = %i', (factor) => {
    const isometry = { factor, layer: 'last', form: 'distances' } as const;
    expectPublished(
      network,
      (pass) => isometryOf(pass, isometry),
      network[`isometryPenaltyK${factor}`],
      network[`isometryPenaltyK${factor}Grads`],
    );
  });

  it('have the Jacobian norm', () => {
    expectPublished(network, jacobianNorm, network.jacobianPenalty, network.jacobianPenaltyGrads);
  });

  it.each([
    ['products of dense layers', normsOfDenseLayers],
    ['gradients of the network', normsByGradients],
  ])('have the Jacobian norm by %s', (_, norms) => {
    expectPublished(
      network,
      (pass) => tf.div(norms(pass), 2 * count),
      network.jacobianPenalty,
      network.jacobianPenaltyGrads,
    );
  });

  it('have the projected Jacobian norm', () => {
    expectPublished(
      network,
      (pass) => projectedJacobianNorm(pass, tensorOf(network.jacobianProjections)),
      network.jacobianProjectedPenalty,
      network.jacobianProjectedPenaltyGrads,
    );
  });

  it('have the projected Jacobian norm by gradients of the network', () => {
    const [projections, , classes] = network.jacobianProjections.shape as [number, number, number];
    expectPublished(
      network,
      (pass) =>
        tf.mul(
          projectedNormsByGradients(pass, tensorOf(network.jacobianProjections)),
          classes / (2 * projections * count),
        ),
      network.jacobianProjectedPenalty,
      network.jacobianProjectedPenaltyGrads,
    );
  });

  it.runIf(network.saturationPenalty !== undefined)('have the saturation penalty', () => {
    const { saturationPenalty = 0, saturationPenaltyGrads = [] } = network;
    expectPublished(network, (pass) => saturationOf(pass, 'mean'), saturationPenalty, saturationPenaltyGrads);
    const { parameters, run } = passOf(network);
    const [sum = Number.NaN] = saturationOf(run(parameters), 'sum').dataSync();
    expect(sum / (saturationPenalty * count)).toBeCloseTo(1, 5);
  });

  it('have the spectral penalty', () => {
    const { basis, tau, slope, penalty, penaltyGrads } = network.spectral;
    const law = { kind: 'through eigenvalue', index: tau, slope } as const;
    expectPublished(network, (pass) => deviation(pass, basis, law), penalty, penaltyGrads);
  });

  it('have the spectral penalty that is anchored at 1', () => {
    const { slope, weight, penalty, penaltyGrads } = network.spectralAnchored;
    const law = { kind: 'from one', slope } as const;
    expectPublished(
      network,
      (pass) => tf.mul(deviation(pass, network.spectral.basis, law), weight),
      penalty,
      penaltyGrads,
    );
  });
});

/** Of the first hidden layer's post-activations; columns of the published basis are eigenvectors. */
function deviation({ layers }: NetworkPass, basis: Published, law: PowerLaw): tf.Scalar {
  const [first] = layers as [NetworkPass['layers'][number]];
  const rows = tf.transpose(tensorOf<tf.Tensor2D>(basis));
  return spectralDeviation(first.activations as tf.Tensor2D, rows, law);
}

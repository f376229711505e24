import { type Activation, type NetworkPass, runNetwork } from '@hebblab/models/networks';
import {
  isometryOf,
  jacobianNorm,
  type PowerLaw,
  projectedJacobianNorm,
  saturationOf,
  spectralDeviation,
} from '@hebblab/regularizers/networks';
import { hvp } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  normsByGradients,
  normsOfDenseLayers,
  projectedNormsByGradients,
} from '../../dist/networks/jacobian-norms.js';
import { differenceGradient, differenceHvp } from './support/differences.js';
import { architectureOf, float64Passes, pointLength, type SmallNetwork } from './support/float64-network.js';
import * as definitions from './support/float64-penalties.js';
import { relativeError } from './support/published.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

const labels = [0, 1, 0, 2, 1, 0, 1];
const count = labels.length;
const tanh: SmallNetwork = { sizes: [4, 5, 3], activation: { kind: 'tanh' }, labels };
const sigmoid: SmallNetwork = { sizes: [4, 5, 4, 3], activation: { kind: 'sigmoid' }, labels };
const power: SmallNetwork = { sizes: [4, 6, 3], activation: { kind: 'relu', power: 3.5 }, labels };
const linear: SmallNetwork = { sizes: [4, 3], activation: { kind: 'linear' }, labels };
const directions = Array.from({ length: 2 }, (_, p) =>
  labels.map((_, sample) => [0, 1, 2].map((label) => Math.fround(Math.sin(5 * p + 3 * sample + label)))),
);

describe('gradients and Hessian-vector products by parameters and inputs at once', () => {
  it.each([tanh, sigmoid, power])('are right for the isometry penalty ($activation.kind)', (network) => {
    const settings = { factor: 3, layer: 'last', form: 'distances' } as const;
    expectDerivatives(
      network,
      (pass) => isometryOf(pass, settings),
      ({ inputs, samples }) => definitions.isometry(samples.map(lastHidden), inputs, labels, 3),
    );
  });

  it.each([tanh, sigmoid])('are right for its relative form ($activation.kind)', (network) => {
    const settings = { factor: 3, layer: 0, form: 'relative distances' } as const;
    expectDerivatives(
      network,
      (pass) => isometryOf(pass, settings),
      ({ inputs, samples }) =>
        definitions.relativeIsometry(
          samples.map(([first]) => first?.y ?? []),
          inputs,
          labels,
          3,
        ),
    );
  });

  describe.each([tanh, sigmoid, power, linear])(
    'for the Jacobian norm ($sizes, $activation.kind)',
    (network) => {
      it.each([
        ['as chosen by its size', jacobianNorm],
        ['by products of dense layers', (pass: NetworkPass) => tf.div(normsOfDenseLayers(pass), 2 * count)],
        ['by gradients', (pass: NetworkPass) => tf.div(normsByGradients(pass), 2 * count)],
      ])('are right %s', (_, norm) => {
        expectDerivatives(network, norm, ({ samples }) =>
          definitions.jacobianNorm(samples, network.activation),
        );
      });

      it.each([
        ['as chosen by its size', projectedJacobianNorm],
        [
          'by gradients',
          (pass: NetworkPass, vectors: tf.Tensor3D) =>
            tf.mul(projectedNormsByGradients(pass, vectors), 3 / (2 * directions.length * count)),
        ],
      ])('are right %s where it is projected', (_, norm) => {
        expectDerivatives(
          network,
          (pass) => norm(pass, tf.tensor3d(directions)),
          ({ samples }) => definitions.projectedNorm(samples, network.activation, directions),
        );
      });
    },
  );

  it.each([
    [tanh, (z: number) => 1 - Math.tanh(z) ** 2],
    [sigmoid, (z: number) => Math.exp(-z) / (1 + Math.exp(-z)) ** 2],
  ] as const)('are right for the saturation penalty (%#)', (network, complementary) => {
    expectDerivatives(
      network,
      (pass) => saturationOf(pass, 'mean'),
      ({ samples }) => definitions.saturation(samples, complementary),
    );
  });

  it.each<[PowerLaw, (eigenvalues: readonly number[], frozen: readonly number[]) => (number | undefined)[]]>([
    [{ kind: 'from one', slope: 1.5 }, (eigenvalues) => eigenvalues.map((_, n) => (n + 1) ** -1.5)],
    [
      { kind: 'through eigenvalue', index: 1, slope: 1 },
      (eigenvalues, frozen) =>
        eigenvalues.map((_, n) => (n > 1 ? ((frozen[1] as number) * 2) / (n + 1) : undefined)),
    ],
  ])('are right for the spectral penalty (%o)', (law, gammas) => {
    const basis = orthonormalBasis(5);
    // The anchor of the law is a constant: taken at the point itself, not where differences move to.
    let frozen: readonly number[] = [];
    const definition = (samples: Samples) =>
      definitions.spectral(
        samples.map(([first]) => first?.y ?? []),
        basis,
        (eigenvalues) => {
          if (frozen.length === 0) frozen = eigenvalues;
          return gammas(eigenvalues, frozen);
        },
      );
    definition(float64Passes(tanh, pointOf(tanh)).samples);
    expectDerivatives(
      tanh,
      ({ layers }) => spectralDeviation(layers[0]?.activations as tf.Tensor2D, tf.tensor2d(basis), law),
      ({ samples }) => definition(samples),
    );
  });
});

describe('gradients and Hessian-vector products where nonlinearities have corners', () => {
  const relu: SmallNetwork = { sizes: [4, 6, 3], activation: { kind: 'relu', power: 1 }, labels };
  const hardTanh: SmallNetwork = { sizes: [4, 5, 4, 3], activation: { kind: 'hard-tanh' }, labels };

  it.each<[SmallNetwork, (z: number) => number]>([
    [relu, (z) => Math.max(0, z)],
    [hardTanh, (z) => Math.max(0, 1 - Math.abs(z))],
  ])('are right for the saturation penalty (%#)', (network, complementary) => {
    expectDerivatives(
      network,
      (pass) => saturationOf(pass, 'mean'),
      ({ samples }) => definitions.saturation(samples, complementary),
    );
  });

  it.each([relu, hardTanh])('are right for the Jacobian norm ($activation.kind)', (network) => {
    expectDerivatives(network, jacobianNorm, ({ samples }) =>
      definitions.jacobianNorm(samples, network.activation as Activation),
    );
  });
});

type Passes = ReturnType<typeof float64Passes>;
type Samples = Passes['samples'];
type InTensors = (pass: NetworkPass) => tf.Tensor;
type InDoubles = (passes: Passes) => number;

function expectGradient(network: SmallNetwork, inTensors: InTensors, inDoubles: InDoubles): void {
  const { f, point, reference } = compared(network, inTensors, inDoubles);
  expect(relativeError(f(tf.tensor1d(point)).dataSync(), [reference(point)])).toBeLessThan(1e-5);
  const gradient = tf.grad(f)(tf.tensor1d(point));
  expect(relativeError(gradient.dataSync(), differenceGradient(reference, point))).toBeLessThan(1e-4);
}

function expectDerivatives(network: SmallNetwork, inTensors: InTensors, inDoubles: InDoubles): void {
  expectGradient(network, inTensors, inDoubles);
  const { f, point, reference } = compared(network, inTensors, inDoubles);
  const v = point.map((_, index) => Math.fround(Math.sin(3 * index + 1)));
  const product = hvp(f, tf.tensor1d(point), tf.tensor1d(v));
  expect(relativeError(product.dataSync(), differenceHvp(reference, point, v))).toBeLessThan(1e-4);
}

/** The same function of parameters and inputs by tfjs-core and in doubles. */
function compared(network: SmallNetwork, inTensors: InTensors, inDoubles: InDoubles) {
  return {
    point: pointOf(network),
    f: (point: tf.Tensor) => inTensors(passAt(network, point as tf.Tensor1D)),
    reference: (point: readonly number[]) => inDoubles(float64Passes(network, point)),
  };
}

function passAt(network: SmallNetwork, point: tf.Tensor1D): NetworkPass {
  let at = 0;
  const take = (shape: number[]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    at += size;
    return tf.reshape(tf.slice(point, [at - size], [size]), shape);
  };
  const { sizes } = network;
  const parameters = Object.fromEntries(
    sizes.slice(1).flatMap((units, layer) => [
      [`layers.${layer}.weights`, take([sizes[layer] as number, units])],
      [`layers.${layer}.bias`, take([units])],
    ]),
  );
  const options = {
    architecture: architectureOf(network),
    parameters,
    labels: tf.tensor1d([...labels], 'int32'),
    statistics: 'batch',
  } as const;
  return runNetwork(options, take([count, sizes[0] as number]) as tf.Tensor2D);
}

function pointOf(network: SmallNetwork): number[] {
  return Array.from({ length: pointLength(network) }, (_, at) => Math.fround(Math.sin(7.3 * at * at + at)));
}

function lastHidden(layers: Samples[number]): readonly number[] {
  return layers.at(-2)?.y ?? [];
}

/** Gram-Schmidt on some rows. */
function orthonormalBasis(size: number): number[][] {
  const basis: number[][] = [];
  for (let row = 0; row < size; row++) {
    let vector = Array.from({ length: size }, (_, at) => Math.cos(row * 3 + at * at));
    for (const other of basis) {
      const along = vector.reduce((sum, value, at) => sum + value * (other[at] as number), 0);
      vector = vector.map((value, at) => value - along * (other[at] as number));
    }
    const norm = Math.hypot(...vector);
    basis.push(vector.map((value) => value / norm));
  }
  return basis;
}

import type { Activation, NetworkArchitecture } from '@hebblab/models/networks';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayVector, readVectors } from './vectors.js';

/** A network of test/vectors/networks.json; weights are [in, out], y = x W + b. */
export interface PublishedNetwork {
  readonly sizes: readonly number[];
  readonly activation: 'relu' | 'tanh' | 'sigmoid';
  readonly power: number;
  readonly params: readonly { readonly weight: ArrayVector; readonly bias: ArrayVector }[];
  readonly inputs: ArrayVector;
  readonly labels: ArrayVector;
  readonly logits: ArrayVector;
  readonly crossEntropy: number;
  readonly paramGrads: readonly ArrayVector[];
  readonly inputGrad: ArrayVector;
  readonly margin: ArrayVector;
  readonly jacobian: ArrayVector;
  /** D1: the loss of tanh(beta z), and the gradients of the parameters. */
  readonly powerLoss: {
    readonly beta: number;
    readonly m: number;
    readonly loss: number;
    readonly grads: readonly ArrayVector[];
  };
}

/** All published networks, with a title. */
export function publishedNetworks() {
  const { cases } = readVectors('networks.json') as { cases: readonly PublishedNetwork[] };
  return cases.map((network) => ({
    ...network,
    title: `${network.sizes} ${network.activation}^${network.power}`,
  }));
}

export function architectureOf({ sizes, activation, power }: PublishedNetwork): NetworkArchitecture {
  const hidden: Activation = activation === 'relu' ? { kind: 'relu', power } : { kind: activation };
  return {
    inputShape: [1, sizes[0] as number, 1],
    layers: sizes.slice(1).map((units, index) => ({
      kind: 'dense',
      units,
      bias: true,
      activation: index === sizes.length - 2 ? { kind: 'linear' } : hidden,
    })),
  };
}

export function parametersOf({ params }: PublishedNetwork): Record<string, ArrayVector> {
  return Object.fromEntries(
    params.flatMap(({ weight, bias }, index) => [
      [`layers.${index}.weights`, weight],
      [`layers.${index}.bias`, bias],
    ]),
  );
}

export function tensorOf({ shape, data }: ArrayVector): tf.Tensor {
  return tf.tensor([...data], [...shape]);
}

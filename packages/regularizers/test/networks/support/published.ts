import { readFileSync } from 'node:fs';
import { type NetworkArchitecture, type NetworkPass, runNetwork } from '@hebblab/models/networks';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export interface Published {
  readonly shape: number[];
  readonly data: number[];
}

/** Gradients are weight, bias per layer; null where they are 0. */
type Gradients = readonly (Published | null)[];

/** One network of test/vectors/networks.json. */
export interface PublishedNetwork {
  readonly sizes: readonly number[];
  readonly activation: 'relu' | 'tanh' | 'sigmoid';
  readonly power: number;
  readonly params: readonly { readonly weight: Published; readonly bias: Published }[];
  readonly inputs: Published;
  readonly labels: Published;
  readonly sumSquares: number;
  readonly jacobian: Published;
  readonly jacobianPenalty: number;
  readonly jacobianPenaltyGrads: Gradients;
  readonly jacobianProjections: Published;
  readonly jacobianProjectedPenalty: number;
  readonly jacobianProjectedPenaltyGrads: Gradients;
  readonly isometryPenaltyK1: number;
  readonly isometryPenaltyK1Grads: Gradients;
  readonly isometryPenaltyK10: number;
  readonly isometryPenaltyK10Grads: Gradients;
  readonly saturationPenalty?: number;
  readonly saturationPenaltyGrads?: Gradients;
  readonly spectral: {
    readonly basis: Published;
    readonly tau: number;
    readonly slope: number;
    readonly penalty: number;
    readonly penaltyGrads: Gradients;
  };
  readonly spectralAnchored: {
    readonly slope: number;
    readonly weight: number;
    readonly penalty: number;
    readonly penaltyGrads: Gradients;
  };
}

const file = new URL('../../../../../test/vectors/networks.json', import.meta.url);

/** The networks, each with a title for `describe.each`. */
export const publishedNetworks = (
  JSON.parse(readFileSync(file, 'utf8')) as { cases: PublishedNetwork[] }
).cases.map((network) => ({
  ...network,
  title: `${network.activation}, power ${network.power}, ${network.sizes.join('-')}`,
}));

export function architectureOf({ sizes, activation, power }: PublishedNetwork): NetworkArchitecture {
  const hidden = activation === 'relu' ? { kind: activation, power } : { kind: activation };
  const [inputs = 0, ...widths] = sizes;
  return {
    inputShape: [1, inputs, 1],
    layers: widths.map((units, layer) => ({
      kind: 'dense',
      units,
      bias: true,
      activation: layer === widths.length - 1 ? { kind: 'linear' } : hidden,
    })),
  };
}

/** Float32, so that published numbers are snapped to the nearest. */
export function tensorOf<Result extends tf.Tensor>({ data, shape }: Published): Result {
  return tf.tensor(data, shape) as Result;
}

/** The parameters of a network in the order of its published gradients, and a pass that takes them. */
export function passOf(network: PublishedNetwork) {
  const parameters = network.params.flatMap(({ weight, bias }) => [tensorOf(weight), tensorOf(bias)]);
  const names = network.params.flatMap((_, layer) => [`layers.${layer}.weights`, `layers.${layer}.bias`]);
  const options = {
    architecture: architectureOf(network),
    labels: tf.tensor1d(network.labels.data, 'int32'),
    statistics: 'batch',
  } as const;
  const run = (values: readonly tf.Tensor[]): NetworkPass =>
    runNetwork(
      {
        ...options,
        parameters: Object.fromEntries(names.map((name, at) => [name, values[at] as tf.Tensor])),
      },
      tensorOf<tf.Tensor2D>(network.inputs),
    );
  return { parameters, run };
}

/** Holds a penalty of a pass to its published value and gradients. */
export function expectPublished(
  network: PublishedNetwork,
  penalty: (pass: NetworkPass) => tf.Tensor,
  value: number,
  gradients: Gradients,
): void {
  const { parameters, run } = passOf(network);
  const { value: got, grads } = tf
    .engine()
    .gradients(() => penalty(run(parameters)), parameters, undefined, true);
  expect(Math.abs(((got as tf.Tensor).dataSync()[0] ?? Number.NaN) / value - 1)).toBeLessThan(1e-5);
  gradients.forEach((expected, at) => {
    const gradient = grads[at] as tf.Tensor | undefined;
    const zero = expected === null || expected.data.every((slope) => slope === 0);
    if (zero) {
      expect(gradient?.dataSync().every((slope) => slope === 0) ?? true).toBe(true);
      return;
    }
    expect(gradient?.shape).toEqual(expected.shape);
    expect(relativeError(gradient?.dataSync() ?? [], expected.data)).toBeLessThan(1e-4);
  });
}

/** The largest difference over the largest expected magnitude; NaN counts as a miss. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs));
  const errors = expected.map((value, index) => Math.abs((actual[index] as number) - value) / scale);
  return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...errors);
}

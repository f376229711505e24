import { readFileSync } from 'node:fs';
import { createImageSet } from '@hebblab/data';
import { createNetworkTraining, type ForwardPass, type PenaltyGradients, samplesOf } from '@hebblab/models';
import { l2 } from '@hebblab/regularizers';
import { allocateFloat32, allocateUint8, allocateUint32, openKernels } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';

const kernels = await openKernels({ variant: 'simd128' });

interface NetworkVectors {
  readonly params: readonly {
    readonly weight: { readonly data: number[] };
    readonly bias: { readonly data: number[] };
  }[];
  readonly sumSquares: number;
}
const vectors = new URL('../../../test/vectors/networks.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(vectors, 'utf8')) as { cases: readonly NetworkVectors[] };

describe('l2', () => {
  it('is the weight times the sum of squares of all parameters, readout and bias too', () => {
    const { value, gradients } = applyTo(0.5, [1, -2], [3], [4]);
    // 0.5 (1 + 4 + 9 + 16)
    expect(value).toBe(15);
    // 2 * 0.5 * parameter, added to the 10 that was there
    expect(gradients).toEqual([[11, 8], [13], [14]]);
  });

  it.each(cases.map(({ params, sumSquares }) => ({ params, sumSquares })))(
    'has the published sum of squares $sumSquares',
    ({ params, sumSquares }) => {
      const [first = [], second = [], ...rest] = params.flatMap(({ weight, bias }) => [
        weight.data,
        bias.data,
      ]);
      expect(applyTo(1, first, second, rest.flat()).value / sumSquares).toBeCloseTo(1, 6);
    },
  );

  it('is nothing with weight 0', () => {
    expect(applyTo(0, [1], [2], [3])).toEqual({ value: 0, gradients: [[10], [10], [10]] });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a weight of %s', (weight) => {
    expect(() => l2(weight)).toThrow(`l2: expected a weight >= 0, got ${weight}`);
  });

  it('shrinks the parameters that training ends with', () => {
    expect(sumOfSquaresAfterTraining(0.01)).toBeLessThan(0.8 * sumOfSquaresAfterTraining(0));
  });
});

/** The penalty on the given parameters, added to gradients that are 10 everywhere. */
function applyTo(
  weight: number,
  hidden: readonly number[],
  readout: readonly number[],
  bias: readonly number[],
) {
  const filled = (values: readonly number[]) => {
    const array = allocateFloat32(kernels, [values.length]);
    array.set(values);
    return array;
  };
  const named = (values: readonly (readonly number[])[]) => ({
    'hidden weights': filled(values[0] ?? []),
    'readout weights': filled(values[1] ?? []),
    'readout bias': filled(values[2] ?? []),
  });
  const parameters = named([hidden, readout, bias]);
  const gradients = named([hidden, readout, bias].map((values) => values.map(() => 10)));
  using nothing = allocateFloat32(kernels, [0, 1]);
  using pixels = allocateUint8(kernels, [0, 1]);
  using labels = allocateUint32(kernels, [0]);
  using scales = allocateFloat32(kernels, [0]);
  const pass: ForwardPass = {
    kernels,
    batch: { count: 0, indices: new Uint32Array(), pixels, scales, labels },
    inputs: nothing,
    preactivations: nothing,
    activations: nothing,
    logits: nothing,
    parameters,
  };
  const into: PenaltyGradients = { preactivations: nothing, parameters: gradients };
  const value = l2(weight).apply(pass, into);
  const result = { value, gradients: Object.values(gradients).map((array) => [...array.view()]) };
  for (const array of [...Object.values(parameters), ...Object.values(gradients)]) array.dispose();
  return result;
}

function sumOfSquaresAfterTraining(weight: number): number {
  const pixels = Uint8Array.from({ length: 40 * 6 }, (_, at) => (at * 37) % 256);
  const labels = Uint8Array.from({ length: 40 }, (_, image) => image % 2);
  const images = createImageSet({
    name: 'toy',
    split: 'train',
    shape: [2, 3, 1],
    pixels,
    labels,
    classNames: ['a', 'b'],
  });
  const samples = samplesOf(images, new Float32Array(40).fill(1 / 255));
  const learningRate = { kind: 'constant', value: 0.01 } as const;
  const settings = { hidden: 8, power: 1, epochs: 50, batchSize: 40, learningRate, seed: 1 };
  using training = createNetworkTraining(kernels, samples, settings, [l2(weight)], { kind: 'fresh' });
  while (training.epoch() < training.epochs) training.runEpoch();
  const values = Object.values(training.parameters()).flatMap((array) => [...array]);
  return values.reduce((sum, value) => sum + value * value, 0);
}

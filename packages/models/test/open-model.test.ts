import { createModel, openModel, type TwoLayerModel } from '@hebblab/models';
import { openKernels, randomNormal } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';

const kernels = await openKernels({ variant: 'simd128' });
const normal = (stream: string, length: number) => {
  const values = new Float32Array(length);
  randomNormal(kernels, { seed: 5, stream }, values);
  return values;
};
const model: TwoLayerModel = createModel({
  name: 'random',
  inputs: 7,
  hidden: 9,
  classes: 4,
  hiddenLayer: { kind: 'krotov-hopfield', weights: normal('weights', 63), p: 3 },
  power: 4.5,
  readoutWeights: normal('readout', 36),
  readoutBias: normal('bias', 4),
  settings: {},
});
const inputs = normal('inputs', 7 * 11);
const labels = Uint8Array.from({ length: 11 }, (_, sample) => sample % 4);

function everything(capacity: number) {
  using open = openModel(kernels, model, capacity);
  return [
    open.preactivations(inputs, 11),
    open.logits(inputs, 11),
    open.lossGradient(inputs, labels, 11),
  ].map((values) => new Uint32Array(values.buffer));
}

describe('an open model', () => {
  it('gives the same bits for any capacity', () => {
    const whole = everything(11);
    for (const capacity of [1, 2, 4, 10, 64]) expect(everything(capacity)).toEqual(whole);
  });

  it('gives a sample the same bits without its neighbours', () => {
    using open = openModel(kernels, model, 11);
    const all = open.lossGradient(inputs, labels, 11);
    const last = open.lossGradient(inputs.subarray(70), labels.subarray(10), 1);
    expect(last).toEqual(all.subarray(70));
  });

  it('has the pre-activations W |W|^(p-2) x of a Krotov-Hopfield layer', () => {
    const tiny = createModel({
      ...model,
      inputs: 2,
      hidden: 1,
      classes: 1,
      hiddenLayer: { kind: 'krotov-hopfield', weights: Float32Array.of(-2, 3), p: 3 },
      readoutWeights: Float32Array.of(1),
      readoutBias: Float32Array.of(0),
    });
    using open = openModel(kernels, tiny, 1);
    // -2 |-2| 5 + 3 |3| 7
    expect([...open.preactivations(Float32Array.of(5, 7), 1)]).toEqual([43]);
  });

  it('answers no samples with nothing', () => {
    using open = openModel(kernels, model, 3);
    expect(open.logits(new Float32Array(0), 0)).toHaveLength(0);
  });

  it('refuses inputs and labels of the wrong length, and inputs that are not finite', () => {
    using open = openModel(kernels, model, 3);
    expect(() => open.logits(inputs, 10)).toThrow('logits: expected 70 values for 10 samples, got 77');
    expect(() => open.lossGradient(inputs, labels.subarray(1), 11)).toThrow(
      'lossGradient: expected 11 labels, got 10',
    );
    expect(() => open.logits(new Float32Array(7).fill(Number.NaN), 1)).toThrow(
      /expected finite values.* got NaN/,
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a capacity of %s', (capacity) => {
    expect(() => openModel(kernels, model, capacity)).toThrow(
      `openModel: expected a capacity as a whole number >= 1, got ${capacity}`,
    );
  });
});

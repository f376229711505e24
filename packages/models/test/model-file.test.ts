import { type ArrayData, DataError, readSafetensors, writeSafetensors } from '@hebblab/data';
import { createModel, decodeModel, encodeModel, type TwoLayerModel } from '@hebblab/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const model = createModel({
  name: 'kh',
  inputs: 2,
  hidden: 3,
  classes: 2,
  hiddenLayer: { kind: 'krotov-hopfield', weights: Float32Array.of(1, 2, 3, 4, 5, 6), p: 3 },
  power: 4.5,
  readoutWeights: Float32Array.of(1, -1, 2, -2, 3, -3),
  readoutBias: Float32Array.of(0.5, 0.25),
  settings: { dataset: 'toy', normalisation: { kind: 'lp', p: 3 } },
});
const dense: TwoLayerModel = {
  ...model,
  name: 'shlp',
  hiddenLayer: { kind: 'dense', weights: model.hiddenLayer.weights },
};
const file = encodeModel(model);

describe('a model file', () => {
  it.each([model, dense])('gives $name back as it was', (each) => {
    expect(decodeModel(encodeModel(each), 'toy.safetensors')).toEqual(each);
  });

  it('keeps the weights before pruning where units were pruned', () => {
    const pruned = { ...model, name: 'pruned', unprunedWeights: Float32Array.of(1, 2, 3, 4, 7, 8) };
    expect(decodeModel(encodeModel(pruned), 'toy.safetensors')).toEqual(pruned);
  });

  it('has the same bytes for the same model', () => {
    expect(encodeModel(structuredClone(model))).toEqual(file);
  });

  it('has arrays in the shapes that other programs read', () => {
    const shapes = (bytes: Uint8Array) =>
      Object.fromEntries(Array.from(readSafetensors(bytes).tensors, ([name, { shape }]) => [name, shape]));
    expect(shapes(file)).toEqual({
      'hidden.weights': [3, 2],
      'readout.weights': [3, 2],
      'readout.bias': [2],
    });
    expect(shapes(encodeModel(dense))['hidden.weights']).toEqual([2, 3]);
  });

  it('is refused where it is cut short, at any byte', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (length) => {
        expect(() => decodeModel(file.slice(0, length), 'cut.safetensors')).toThrow(DataError);
      }),
    );
  });

  it('is read or refused with one sentence, never anything else, where a byte is changed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: file.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const damaged = file.slice();
          damaged[at] = (damaged[at] as number) ^ change;
          try {
            decodeModel(damaged, 'damaged.safetensors');
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    ['none', {}, 'got none in x'],
    ['no JSON', { hebblab: '{' }, 'got metadata that is not JSON in x'],
    [
      'another format',
      { hebblab: JSON.stringify({ ...headerOf(file), format: 'other' }) },
      'got other metadata in x',
    ],
    [
      'no sizes',
      { hebblab: JSON.stringify({ ...headerOf(file), hidden: 'three' }) },
      'got other metadata in x',
    ],
    [
      'no layer',
      { hebblab: JSON.stringify({ ...headerOf(file), hiddenLayer: 'dense' }) },
      'got other metadata in x',
    ],
  ])('is refused with %s as metadata', (_, metadata, message) => {
    refuses(writeSafetensors(readSafetensors(file).tensors, metadata), message);
  });

  it.each([
    [{ hidden: 4 }, 'expected hidden.weights as float32 [4,2], got float32 [3,2] in x'],
    [{ hiddenLayer: { kind: 'dense' } }, 'expected hidden.weights as float32 [2,3], got float32 [3,2] in x'],
    [{ power: 0 }, 'expected x with a power > 0, got 0'],
    [{ hiddenLayer: { kind: 'krotov-hopfield', p: 1 } }, 'expected x with p >= 2, got 1'],
    [{ classes: 2.5 }, 'got other metadata in x'],
  ])('is refused where its sizes are %o', (change, message) => {
    refuses(fileWith({ ...headerOf(file), ...change }), message);
  });

  it('is refused with weights that are NaN', () => {
    const weights: ArrayData = {
      dtype: 'float32',
      shape: [3, 2],
      data: new Float32Array(6).fill(Number.NaN),
    };
    const { tensors, metadata } = readSafetensors(file);
    const bytes = writeSafetensors(new Map([...tensors, ['hidden.weights', weights]]), metadata, {
      nonFinite: 'accept',
    });
    refuses(bytes, 'got NaN at index 0');
  });

  it('is refused with an array of another type or without one', () => {
    const { tensors, metadata } = readSafetensors(file);
    const doubles: ArrayData = { dtype: 'float64', shape: [2], data: new Float64Array(2) };
    refuses(
      writeSafetensors(new Map([...tensors, ['readout.bias', doubles]]), metadata),
      'expected readout.bias as float32 [2], got float64 [2] in x',
    );
    const without = new Map([...tensors].filter(([name]) => name !== 'readout.bias'));
    refuses(writeSafetensors(without, metadata), 'expected readout.bias as float32 [2], got none in x');
  });
});

describe('a model', () => {
  it.each([
    [{ inputs: 0 }, 'createModel: expected kh with inputs as a whole number >= 1, got 0'],
    [{ readoutBias: new Float32Array(3) }, 'createModel: expected kh with 2 readout biases, got 3'],
    [
      { readoutWeights: new Float32Array(6).fill(Number.NaN) },
      'createModel: expected finite values, got NaN at index 0 in readout weights',
    ],
    [{ power: Number.POSITIVE_INFINITY }, 'createModel: expected kh with a power > 0, got Infinity'],
  ])('is refused with %o', (change, message) => {
    const make = () => createModel({ ...model, ...change });
    expect(make).toThrow(DataError);
    expect(make).toThrow(message);
  });
});

function refuses(bytes: Uint8Array, message: string): void {
  expect(() => decodeModel(bytes, 'x')).toThrow(DataError);
  expect(() => decodeModel(bytes, 'x')).toThrow(message);
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  return JSON.parse(readSafetensors(bytes).metadata.hebblab ?? '');
}

function fileWith(header: Record<string, unknown>): Uint8Array {
  return writeSafetensors(readSafetensors(file).tensors, { hebblab: JSON.stringify(header) });
}

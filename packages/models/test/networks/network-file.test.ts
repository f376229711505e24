import { DataError, readSafetensors, writeSafetensors } from '@hebblab/data';
import { decodeModel } from '@hebblab/models';
import {
  createNetworkModel,
  decodeAnyModel,
  encodeNetworkModel,
  type NetworkArchitecture,
} from '@hebblab/models/networks';
import { describe, expect, it } from 'vitest';

const architecture: NetworkArchitecture = {
  inputShape: [4, 4, 1],
  layers: [
    { kind: 'convolution', filters: 2, size: 3, padding: 'same', bias: true, activation: { kind: 'tanh' } },
    { kind: 'max-pool', size: 2 },
    { kind: 'batch-normalisation' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3, bias: false, activation: { kind: 'relu', power: 1.5 } },
    { kind: 'dense', units: 2, bias: true, activation: { kind: 'linear' } },
  ],
};
const parameters = {
  'layers.0.weights': ramp(18),
  'layers.0.bias': ramp(2),
  'layers.2.scale': ramp(2),
  'layers.2.offset': ramp(2),
  'layers.2.mean': ramp(2),
  'layers.2.variance': ramp(2),
  'layers.4.weights': ramp(24),
  'layers.5.weights': ramp(6),
  'layers.5.bias': ramp(2),
};
const settings = { dataset: 'toy', penalties: [{ kind: 'isometry', beta: 0.1 }] };
const model = createNetworkModel({ name: 'cnn', architecture, parameters, settings });
const file = encodeNetworkModel(model);

describe('the file of a network', () => {
  it('gives the network back as it was', () => {
    expect(decodeAnyModel(file, 'cnn.safetensors')).toEqual(model);
  });

  it('has its parameters by name in the shapes that other programs read', () => {
    const shapes = Array.from(readSafetensors(file).tensors, ([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual({
      'layers.0.weights': [3, 3, 1, 2],
      'layers.0.bias': [2],
      'layers.2.scale': [2],
      'layers.2.offset': [2],
      'layers.2.mean': [2],
      'layers.2.variance': [2],
      'layers.4.weights': [8, 3],
      'layers.5.weights': [3, 2],
      'layers.5.bias': [2],
    });
  });

  it.each([
    ['a layer that is not known', { kind: 'attention' }],
    ['a dense layer without units', { kind: 'dense', bias: true, activation: { kind: 'linear' } }],
    [
      'an activation that is not known',
      { kind: 'dense', units: 2, bias: true, activation: { kind: 'gelu' } },
    ],
    ['a layer that is no object', null],
  ])('is refused with %s', (_, layer) => {
    refuses({ ...architecture, layers: [layer] }, 'got other metadata in x');
  });

  it('is refused with layers that cannot follow one another, and with arrays of other shapes', () => {
    const [convolution, , , , dense, readout] = architecture.layers;
    refuses({ ...architecture, layers: [convolution, dense, readout] }, 'expected rows of values');
    refuses({ ...architecture, layers: [readout] }, 'expected layers.0.weights as float32 [16,2]');
  });

  it('is refused where two layers are expected', () => {
    expect(() => decodeModel(file, 'x')).toThrow('expected the metadata of a hebblab two-layer model');
  });
});

describe('createNetworkModel', () => {
  it.each([
    [{ ...parameters, 'layers.5.bias': ramp(3) }, 'expected 2 values of layers.5.bias in cnn, got 3'],
    [
      { ...parameters, 'layers.9.bias': ramp(1) },
      'expected the parameters of its layers in cnn, got layers.9.bias too',
    ],
    [{ ...parameters, 'layers.5.bias': Float32Array.of(1, Number.NaN) }, 'got NaN at index 1'],
  ])('refuses parameters that do not fit (case %#)', (changed, message) => {
    const make = () => createNetworkModel({ name: 'cnn', architecture, parameters: changed, settings });
    expect(make).toThrow(DataError);
    expect(make).toThrow(message);
  });
});

function ramp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => index / 8 + 0.5);
}

function refuses(changed: object, message: string): void {
  const { tensors, metadata } = readSafetensors(file);
  const header = { ...JSON.parse(metadata.hebblab ?? ''), architecture: changed };
  const read = () => decodeAnyModel(writeSafetensors(tensors, { hebblab: JSON.stringify(header) }), 'x');
  expect(read).toThrow(DataError);
  expect(read).toThrow(message);
}

import { layerSaturation, saturationDistances } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';

describe('saturationDistances', () => {
  it.each([
    ['relu', [0, 2.5], [0, 2.5]],
    ['sigmoid', [0.25, 0.75, 1, 0], [0.25, 0.25, 0, 0]],
    ['tanh', [-0.75, 0.5, 1], [0.25, 0.5, 0]],
    ['hard-tanh', [-1, 0], [0, 1]],
  ] as const)('of %s are those to the nearest flat part', (activation, activations, distances) => {
    expect([...saturationDistances(Float32Array.from(activations), activation)]).toEqual(distances);
  });

  it('takes a rounding past the end as saturated', () => {
    expect([...saturationDistances(Float32Array.of(1.0000001), 'tanh')]).toEqual([0]);
  });

  it('refuses activations that the nonlinearity does not have', () => {
    expect(() => saturationDistances(Float32Array.of(1.5), 'sigmoid')).toThrow(
      'activations of sigmoid, got 1.5',
    );
    expect(() => saturationDistances(Float32Array.of(-1), 'relu')).toThrow('activations of relu, got -1');
    expect(() => saturationDistances(Float32Array.of(Number.NaN), 'tanh')).toThrow('got NaN');
  });
});

describe('layerSaturation', () => {
  it('gives the share within the tolerance and the histogram of each layer', () => {
    const [sigmoid, relu] = layerSaturation(
      [
        { layer: 'hidden 1', activation: 'sigmoid', activations: Float64Array.of(0.0625, 0.5, 0.75, 1) },
        { layer: 'hidden 2', activation: 'relu', activations: Float64Array.of(0, 0, 1, 4) },
      ],
      { tolerance: 0.0625, bins: 2 },
    );
    expect(sigmoid).toMatchObject({ layer: 'hidden 1', saturatedShare: 0.5 });
    // Distances 0.0625, 0.5, 0.25, 0 in [0, 0.25) and [0.25, 0.5].
    expect([...(sigmoid?.distances.counts ?? [])]).toEqual([2, 2]);
    expect([...(sigmoid?.distances.edges ?? [])]).toEqual([0, 0.25, 0.5]);
    expect(relu).toMatchObject({ layer: 'hidden 2', saturatedShare: 0.5 });
    expect([...(relu?.distances.edges ?? [])]).toEqual([0, 2, 4]);
    expect([...(relu?.distances.counts ?? [])]).toEqual([3, 1]);
  });

  it('takes a layer that is silent', () => {
    const [layer] = layerSaturation(
      [{ layer: 'silent', activation: 'relu', activations: new Float32Array(3) }],
      { tolerance: 0, bins: 4 },
    );
    expect(layer?.saturatedShare).toBe(1);
    expect([...(layer?.distances.counts ?? [])]).toEqual([3, 0, 0, 0]);
  });

  it('refuses an empty layer and a tolerance below 0', () => {
    const empty = { layer: 'hidden 1', activation: 'relu', activations: new Float32Array(0) } as const;
    expect(() => layerSaturation([empty], { tolerance: 0.1, bins: 2 })).toThrow('got none in hidden 1');
    expect(() => layerSaturation([], { tolerance: -1, bins: 2 })).toThrow(
      'a tolerance of at least 0, got -1',
    );
  });
});

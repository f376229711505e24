import { DataError } from '@hebblab/data';
import { expectRunnable, type RunConfig } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { tinyConfig } from './support/tiny-run.js';

const mnist = { inputs: 784, imageShape: [28, 28, 1], train: 60_000, test: 10_000, classes: 10 } as const;
const few = { inputs: 784, imageShape: [28, 28, 1], train: 100, test: 10, classes: 10 } as const;

function configOf(model: 'kh' | 'l2', hidden: number) {
  const { spectra, models } = tinyConfig;
  return { spectra, models: { [model]: { ...models[model], hidden } } as typeof models };
}

describe('a run whose arrays kernel memory could not hold', () => {
  // Features [60000, hidden] as float32 below 2 GiB: (2^31 - 1) / 240000 = 8947.8.
  it('is refused for the features of its readout', () => {
    expect(() => expectRunnable(configOf('kh', 8947), mnist)).not.toThrow();
    expect(() => expectRunnable(configOf('kh', 8948), mnist)).toThrow(
      new DataError(
        'run: expected models.kh.hidden of at most 8947 for 60000 training images of 784 inputs, got 8948',
      ),
    );
  });

  it('is not refused for features where no readout is trained on a layer', () => {
    expect(() => expectRunnable(configOf('l2', 8948), mnist)).not.toThrow();
  });

  // One covariance of 16300 units has 2.1e9 bytes, which an array may have; two have 4.25e9, and with the weights of
  // 5.1e7 more than the 4.295e9 of kernel memory.
  it('is refused for the second covariance that the eigenvalues need', () => {
    expect(() => expectRunnable(configOf('l2', 16_000), few)).not.toThrow();
    expect(() => expectRunnable(configOf('l2', 16_300), few)).toThrow(/hidden of at most 16\d{3} for/);
  });
});

describe('a run whose settings do not fit its data', () => {
  it('is refused for fits beyond the rank of a spectrum, with all faults in one list', () => {
    const spectra: RunConfig['spectra'] = { fitImages: [1, 12], fitNoise: [1, 60], noiseSamples: 50 };
    const { kh, l2 } = tinyConfig.models;
    const config = { spectra, models: { kh, l2 } as RunConfig['models'] };
    // 12 units and 10 - 1 test images; 8 units; 50 - 1 draws of noise.
    expect(() => expectRunnable(config, few)).toThrow(
      new DataError(
        [
          'run: expected settings that fit the data set, got 4 faults:',
          '  expected spectra.fitImages to end at 9 at most, the rank of the spectrum of models.kh, got 12',
          '  expected spectra.fitNoise to end at 12 at most, the rank of the spectrum of models.kh, got 60',
          '  expected spectra.fitImages to end at 8 at most, the rank of the spectrum of models.l2, got 12',
          '  expected spectra.fitNoise to end at 8 at most, the rank of the spectrum of models.l2, got 60',
        ].join('\n'),
      ),
    );
  });

  it('is refused where the last batch is too short for a spectral penalty', () => {
    const layers = [
      { kind: 'dense', units: 20, bias: false, activation: { kind: 'relu', power: 1 } },
      { kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } },
    ];
    const penalties = [{ kind: 'spectral', weight: 1, slope: 1, tau: 2, layer: 0 }];
    const specreg = { kind: 'network', layers, levels: [], penalties, batchSize: 30, validationShare: 0 };
    const models = { specreg } as unknown as RunConfig['models'];
    // 100 images are 3 batches of 30 and one of 10; 1.25 images for each of 20 units are 25.
    expect(() => expectRunnable({ models }, few)).toThrow(
      'expected models.specreg.batchSize to leave a last batch of at least 25 images, 1.25 a unit of the layer, or none, got 10',
    );
  });
});

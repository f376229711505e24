// A run configuration of seconds: both kinds of model on the smallest built-in set.
import { writeFileSync } from 'node:fs';
import path from 'node:path';

const constantRate = { kind: 'constant', value: 1e-3 } as const;

/** A configuration whose trainings have `epochs` epochs each. */
export function smallRun(epochs: number) {
  return {
    schema: 1,
    name: 'small',
    dataset: 'power-law-images-small',
    normalisation: { kind: 'lp', p: 3 },
    seed: 1,
    models: {
      kh: {
        kind: 'local-learning',
        hidden: 20,
        rule: { kind: 'krotov-hopfield', p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 },
        layer: {
          epochs,
          batchSize: 100,
          learningRate: { kind: 'linear', value: 0.01 },
          initialDeviation: 1,
        },
        pruning: { kind: 'none' },
        readout: { power: 4.5, epochs, batchSize: 100, learningRate: constantRate },
      },
      shlp: {
        kind: 'backpropagation',
        hidden: 20,
        power: 1,
        epochs,
        batchSize: 100,
        learningRate: constantRate,
        penalties: [],
      },
    },
    spectra: { fitImages: [2, 15], fitNoise: [2, 15], noiseSamples: 100 },
    attacks: [{ kind: 'fgsm', images: 50, grid: { startExponent: -3, stopExponent: 0, count: 7 } }],
  } as const;
}

/** Writes a configuration into a folder and returns its file. */
export function writeConfig(folder: string, config: object): string {
  const file = path.join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

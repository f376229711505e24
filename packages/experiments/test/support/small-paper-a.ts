import { paperAOf, type RunConfig } from '@hebblab/experiments';

const attacked = { images: 40, chosen: 'first-correct' } as const;
const noiseGrid = { startExponent: -2, stopExponent: 1.5, count: 12 };
const signGrid = { startExponent: -4, stopExponent: 0, count: 12 };

/** Every model, attack and measurement of the paper on generated colour images, each as small as it can be. */
export const smallPaperA: RunConfig = paperAOf({
  name: 'paper-a-small',
  dataset: 'power-law-images-small',
  hidden: 40,
  layer: { epochs: 10, learningRate: { kind: 'linear', value: 0.06 } },
  // Among the variances of these units, so that some are pruned and some not.
  pruning: { kind: 'threshold', value: 1.02 },
  epochs: 4,
  readoutEpochs: 20,
  spectralEpochs: 2,
  batchSize: 64,
  attacks: [
    { kind: 'random', form: 'grid', ...attacked, grid: noiseGrid },
    { kind: 'fgsm', form: 'grid', ...attacked, grid: signGrid },
    { kind: 'pgd', form: 'grid', ...attacked, grid: signGrid },
    { kind: 'fgsm', form: 'bisection', ...attacked, grid: signGrid },
    { kind: 'minimal', ...attacked },
  ],
  noiseSamples: 200,
  landscapeSide: 12,
  audited: 24,
});

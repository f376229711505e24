import { publishedGrids } from '@hebblab/attacks';
import type { RunConfig } from '../config.js';
import { paperAOf } from './paper-a-models.js';

/**
 * arXiv 2405.00679 on CIFAR-10 as its authors ran it: every training 1000 epochs, every grid of epsilons theirs. About
 * a day on two cores.
 */
export const paperA: RunConfig = paperAOf({
  name: 'paper-a',
  dataset: 'cifar-10',
  hidden: 2000,
  layer: { epochs: 1000, learningRate: { kind: 'linear', value: 0.02 } },
  pruning: { kind: 'published-threshold' },
  epochs: 1000,
  readoutEpochs: 1000,
  spectralEpochs: 60,
  batchSize: 1000,
  attacks: [
    gridAttack('random', 'holzhausen-random', 10_000),
    gridAttack('fgsm', 'holzhausen-fgsm', 10_000),
    gridAttack('pgd', 'holzhausen-pgd', 500),
    bisection('pgd', 'holzhausen-pgd', 10_000),
    minimal(500),
  ],
  noiseSamples: 10_000,
  landscapeSide: 100,
  audited: 200,
});

/**
 * The same with 165 epochs of backpropagation, after which its learning rate is 1e-5, and with the grids and images of
 * the independent run that the results stand beside; by bisection on all test images.
 */
export const paperA165: RunConfig = paperAOf({
  name: 'paper-a-165',
  dataset: 'cifar-10',
  hidden: 2000,
  layer: { epochs: 1000, learningRate: { kind: 'linear', value: 0.02 } },
  pruning: { kind: 'published-threshold' },
  epochs: 165,
  readoutEpochs: 1000,
  spectralEpochs: 60,
  batchSize: 1000,
  attacks: [
    gridAttack('random', 'independent-random', 500),
    gridAttack('fgsm', 'independent-fgsm', 500),
    gridAttack('pgd', 'independent-pgd', 500),
    bisection('fgsm', 'independent-fgsm', 10_000),
    bisection('pgd', 'independent-pgd', 10_000),
    minimal(500),
  ],
  noiseSamples: 10_000,
  landscapeSide: 100,
  audited: 200,
});

/** Every step of the paper within three quarters of an hour on two cores: 400 units, few epochs, fewer images. */
export const paperAShort: RunConfig = paperAOf({
  name: 'paper-a-short',
  dataset: 'cifar-10',
  hidden: 400,
  layer: { epochs: 60, learningRate: { kind: 'linear', value: 0.06 } },
  pruning: { kind: 'mixture' },
  epochs: 20,
  readoutEpochs: 300,
  spectralEpochs: 8,
  batchSize: 1000,
  attacks: [
    gridAttack('random', 'independent-random', 200),
    gridAttack('fgsm', 'independent-fgsm', 200),
    gridAttack('pgd', 'independent-pgd', 200),
    bisection('fgsm', 'independent-fgsm', 1000),
    minimal(200),
  ],
  noiseSamples: 4000,
  landscapeSide: 50,
  audited: 100,
});

type GridKind = 'random' | 'fgsm' | 'pgd';

function gridAttack(
  kind: GridKind,
  grid: keyof typeof publishedGrids,
  images: number,
): RunConfig['attacks'][number] {
  return { kind, form: 'grid', images, chosen: 'first-correct', grid: publishedGrids[grid] };
}

function bisection(
  kind: GridKind,
  grid: keyof typeof publishedGrids,
  images: number,
): RunConfig['attacks'][number] {
  return { kind, form: 'bisection', images, chosen: 'first', grid: publishedGrids[grid] };
}

function minimal(images: number): RunConfig['attacks'][number] {
  return { kind: 'minimal', images, chosen: 'first-correct' };
}

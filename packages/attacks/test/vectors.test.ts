import {
  type CriticalDistancesRequest,
  criticalDistances,
  crossEntropy,
  fgsm,
  type ImageStatus,
  logarithmicGrid,
  type Pgd,
  perturb,
  pgd,
  randomNoise,
} from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { referenceClassifier } from './helpers/reference-network.js';
import { expectClose, imageSetOf, networks } from './helpers/vectors.js';

const budgets = ['0.01', '0.05', '0.3'];
const pgdOfTheVectors = (norm: Pgd['norm']) =>
  pgd({ norm, steps: 10, stepSize: { kind: 'share of epsilon', share: 1 / 4 }, clip: 'every step' });
const pgdOfThePaper = pgd({
  norm: 'linf',
  steps: 20,
  stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
  clip: 'after the last step',
});

describe.each(networks)('reference vectors of $title', (network) => {
  const classifier = referenceClassifier(network);
  const { images, labels } = imageSetOf(network);
  const count = labels.length;

  it('holds the reference network to its logits, cross-entropy, margins and input gradients', async () => {
    const logits = await classifier.logits(images, count);
    expectClose(logits, network.logits.data);
    expectClose([mean(crossEntropy(logits, labels, classifier.classes))], [network.crossEntropy]);
    expectClose(await classifier.lossGradient(images, labels, count), network.inputGrad.data);
    expectClose(marginsOf(logits, labels), network.margin.data);
  });

  it.each(budgets)('gives the images of FGSM at epsilon %s', async (budget) => {
    const adversarial = await perturb(classifier, fgsm(), images, labels, Number(budget));
    expectClose(adversarial, vectorOf(`fgsm${budget}`));
  });

  it.each(budgets)('moves each input by the signs of FGSM at epsilon %s', async (budget) => {
    const adversarial = await perturb(classifier, fgsm(), images, labels, Number(budget));
    expect(signsOf(adversarial)).toEqual(signsOf(Float32Array.from(vectorOf(`fgsm${budget}`))));
  });

  it.each(budgets)('gives the images of Linf PGD at epsilon %s', async (budget) => {
    const adversarial = await perturb(classifier, pgdOfTheVectors('linf'), images, labels, Number(budget));
    expectClose(adversarial, vectorOf(`pgdLinf${budget}`));
  });

  it.each(budgets)('gives the images of L2 PGD at epsilon %s', async (budget) => {
    const adversarial = await perturb(classifier, pgdOfTheVectors('l2'), images, labels, Number(budget));
    expectClose(adversarial, vectorOf(`pgdL2${budget}`));
  });

  it('finds the critical distances of FGSM', async () => {
    const request = { images, labels, epsilons: gridOf(network.criticalFgsm), batchSize: 4 };
    await expectStatuses(criticalDistances(classifier, fgsm(), request), network.criticalFgsm, request);
  });

  it('finds the critical distances of PGD', async () => {
    const request = { images, labels, epsilons: gridOf(network.criticalPgd), batchSize: 4 };
    await expectStatuses(criticalDistances(classifier, pgdOfThePaper, request), network.criticalPgd, request);
  });

  it('finds the critical distances of the given noise', async () => {
    const { noise } = network.criticalRandom;
    const attack = randomNoise({
      normals: (stream, first, out) => {
        const epsilonIndex = Number(stream.match(/^random noise, epsilon (\d+)$/)?.[1]);
        const start = epsilonIndex * images.length + first;
        out.set(noise.data.slice(start, start + out.length));
      },
    });
    const request = { images, labels, epsilons: gridOf(network.criticalRandom), batchSize: 4 };
    await expectStatuses(criticalDistances(classifier, attack, request), network.criticalRandom, request);
  });

  function vectorOf(name: string): readonly number[] {
    const vector = network.attacks[name];
    if (vector === undefined)
      throw new Error(`vectorOf: expected the attack ${name} among the vectors, got none`);
    return vector.data;
  }

  function signsOf(adversarial: Float32Array): number[] {
    return Array.from(adversarial, (value, i) => Math.sign(value - (images[i] as number)));
  }
});

async function expectStatuses(
  walk: Promise<{ images: ImageStatus[] }>,
  expected: (typeof networks)[number]['criticalFgsm'],
  { epsilons }: CriticalDistancesRequest,
): Promise<void> {
  const { images } = await walk;
  expect(images.map((image) => image.status)).toEqual(
    expected.correct.map((correct, i) => {
      if (!correct) return 'wrong from the start';
      return expected.eps[i] === null ? 'robust within the grid' : 'adversarial';
    }),
  );
  const found = images.flatMap((image) => (image.status === 'adversarial' ? [image] : []));
  const indexOf = (epsilon: number) => epsilons.findIndex((value) => Math.abs(value / epsilon - 1) < 1e-9);
  expect(found.map(({ epsilon }) => epsilons.indexOf(epsilon))).toEqual(
    expected.eps.flatMap((epsilon) => (epsilon === null ? [] : [indexOf(epsilon)])),
  );
  expectClose(
    found.map(({ distance }) => distance),
    expected.distance.flatMap((distance) => (distance === null ? [] : [distance])),
  );
}

function gridOf({ epsStart, epsStop, epsCount }: (typeof networks)[number]['criticalFgsm']): number[] {
  return logarithmicGrid(epsStart, epsStop, epsCount);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function marginsOf(logits: Float32Array, labels: Uint8Array): number[] {
  const classes = logits.length / labels.length;
  return Array.from(labels, (label, sample) => {
    const row = Array.from(logits.subarray(sample * classes, (sample + 1) * classes));
    return (row[label] as number) - Math.max(...row.filter((_, c) => c !== label));
  });
}

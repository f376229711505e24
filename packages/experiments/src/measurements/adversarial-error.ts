import { type Attack, fgsm, relativeAccuracy, secondOrder, targetedIterative } from '@hebblab/attacks';
import { normalisedImages } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import { accuracyOf } from '../accuracy-of.js';
import type { MeasurementConfig } from '../config.js';
import type { AdversarialErrorResult } from '../measurement-results.js';
import { classifierOf } from './attacks.js';
import { type MeasureContext, measuringBatch } from './context.js';

type AdversarialError = Extract<MeasurementConfig, { kind: 'adversarial-error' }>;

/** The share of images that are wrong at each epsilon: error, as arXiv 1703.09202 has it, rather than relative accuracy. */
export async function measureAdversarialError(
  { test, signal }: MeasureContext,
  network: OpenNetwork,
  { epsilons, attacks }: AdversarialError,
): Promise<AdversarialErrorResult> {
  const results: [string, AdversarialErrorResult[string]][] = [];
  for (const attack of attacks) {
    const count = Math.min(attack.images, test.count);
    const images = normalisedImages(test, count);
    const labels = test.images.labels.subarray(0, count);
    const right = accuracyOf(network, images, labels);
    // Without a correct image there is nothing to attack.
    if (right === 0) {
      const error = epsilons.map(() => 1);
      results.push([
        attack.kind,
        { images: count, epsilon: epsilons, error, calls: { forward: count, gradient: 0 } },
      ]);
      continue;
    }
    const { accuracy, calls } = await relativeAccuracy(classifierOf(network), methodOf(attack), {
      images,
      labels,
      epsilons,
      batchSize: measuringBatch,
      signal,
    });
    const error = accuracy.map((share) => 1 - share * right);
    results.push([attack.kind, { images: count, epsilon: epsilons, error, calls }]);
  }
  return Object.fromEntries(results);
}

function methodOf(attack: AdversarialError['attacks'][number]): Attack {
  switch (attack.kind) {
    case 'fgsm':
      return fgsm();
    case 'targeted':
      return targetedIterative({
        target: { kind: 'offset', offset: 1 },
        steps: attack.steps,
        stepSize: { kind: 'share of epsilon', share: attack.stepShare },
      });
    case 'second-order':
      return secondOrder({
        norm: 'linf',
        rounds: attack.rounds,
        steps: attack.steps,
        stepShare: attack.stepShare,
      });
  }
}

import {
  type Attack,
  cleanGradientPgd,
  type DifferentiableClassifier,
  fgsm,
  logarithmicGrid,
  pgd,
  predictedClass,
  relativeAccuracy,
} from '@hebblab/attacks';
import { normalisedImages } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import type { MeasurementConfig, ModelConfig } from '../config.js';
import type { FixedBudgetResult } from '../measurement-results.js';
import type { StoredModel } from '../open-stored-model.js';
import { classifierOf } from './attacks.js';
import { type MeasureContext, measuringBatch } from './context.js';

type FixedBudget = Extract<MeasurementConfig, { kind: 'fixed-budget' }>;

/** Accuracy at each epsilon under attacks on the cross-entropy, and on the whole loss of a model with an isometry. */
export async function measureFixedBudget(
  context: MeasureContext,
  { asNetwork, config }: StoredModel,
  measurement: FixedBudget,
): Promise<{ 'fixed-budget'?: FixedBudgetResult }> {
  if (asNetwork.kind === 'none') return {};
  const { losses } = measurement;
  const curves: Record<string, FixedBudgetResult['curves'][string]> = {};
  if (losses.includes('cross-entropy')) {
    using network = await asNetwork.open();
    curves['cross-entropy'] = await curvesOf(context, measurement, classifierOf(network), measuringBatch);
  }
  const isometric = isometryOf(config);
  if (losses.includes('with-isometry') && isometric !== undefined) {
    const { penalty, batchSize } = isometric;
    const [{ trainingLossObjective }, { penaltyOf }] = await Promise.all([
      import('@hebblab/models/networks'),
      import('../train-network.js'),
    ]);
    using network = await asNetwork.open(batchSize);
    using loss = trainingLossObjective(context.kernels, network, [penaltyOf(penalty)], context.test, {
      batchSize,
      seed: context.seed,
    });
    const whole = classifierOfLoss(network, loss);
    curves['with-isometry'] = await curvesOf(context, measurement, whole, batchSize);
  }
  return { 'fixed-budget': { images: imagesOf(context, measurement), curves } };
}

/** The isometry penalty of a model with one, and the batches that it was trained on. */
export function isometryOf(config: ModelConfig) {
  if (config.kind !== 'network') return undefined;
  const penalty = config.penalties.find((each) => each.kind === 'isometry');
  return penalty === undefined || penalty.weight === 0 ? undefined : { penalty, batchSize: config.batchSize };
}

/**
 * Attacks see the gradient of the whole loss alone. A sample's gradient then depends on its neighbours in the batch,
 * as it does in the code of arXiv 2211.01236.
 */
function classifierOfLoss(
  network: OpenNetwork,
  loss: Parameters<OpenNetwork['objectiveGradient']>[3],
): DifferentiableClassifier {
  const { inputs, classes, bounds, logits } = classifierOf(network);
  return {
    inputs,
    classes,
    bounds,
    logits,
    lossGradient: (images, labels, count) => network.objectiveGradient(images, labels, count, loss),
  };
}

async function curvesOf(
  context: MeasureContext,
  measurement: FixedBudget,
  classifier: DifferentiableClassifier,
  batchSize: number,
): Promise<FixedBudgetResult['curves'][string]> {
  const { test, signal } = context;
  const { grid, attacks, steps } = measurement;
  const count = imagesOf(context, measurement);
  const images = normalisedImages(test, count);
  const labels = test.images.labels.subarray(0, count);
  const epsilons = logarithmicGrid(grid.startExponent, grid.stopExponent, grid.count);
  const clean = await accuracyOf(classifier, images, labels);
  const curves: Record<string, { epsilon: number[]; accuracy: number[] }> = {};
  for (const attack of attacks) {
    const standing =
      clean === 0
        ? epsilons.map(() => 0)
        : (
            await relativeAccuracy(classifier, attackOf(attack, steps), {
              images,
              labels,
              epsilons,
              batchSize,
              signal,
            })
          ).accuracy;
    curves[attack] = { epsilon: epsilons, accuracy: standing.map((share) => share * clean) };
  }
  return curves;
}

function attackOf(kind: FixedBudget['attacks'][number], steps: number): Attack {
  switch (kind) {
    case 'fgsm':
      return fgsm();
    case 'pgd':
      return pgd({
        norm: 'linf',
        steps,
        stepSize: { kind: 'share of epsilon', share: 2.5 / steps },
        clip: 'every step',
      });
    case 'clean-gradient-pgd':
      return cleanGradientPgd({ steps });
  }
}

async function accuracyOf(
  { logits, inputs, classes }: DifferentiableClassifier,
  images: Float32Array,
  labels: Uint8Array,
): Promise<number> {
  const values = await logits(images, images.length / inputs);
  const correct = labels.filter((label, image) => predictedClass(values, classes, image) === label).length;
  return correct / labels.length;
}

function imagesOf({ test }: MeasureContext, { images }: FixedBudget): number {
  return Math.min(images, test.count);
}

import { predictedClass } from './classification.js';
import type { DifferentiableClassifier } from './classifier.js';
import { type Calls, type Evaluation, startEvaluation } from './evaluation.js';
import {
  gatherRows,
  type ImageSet,
  type NumberedImages,
  requireBatchSize,
  requireImageSet,
  selectRows,
} from './image-set.js';
import {
  type ImageResult,
  type ImageStatus,
  placeStatuses,
  resultsOf,
  startStatuses,
  statusOf,
} from './image-status.js';
import { initiallyCorrect } from './initially-correct.js';
import { annealed, type FastMinimumNorm } from './methods/fast-minimum-norm.js';
import { margins, type Objective } from './objective.js';
import { clip, euclideanDistance, euclideanNorm, projectToBall, stepAlong } from './vectors.js';
import { judge, type Verdict } from './verification.js';

/** What {@link minimalDistances} is asked. */
export interface MinimalDistancesRequest extends ImageSet {
  /** Images per call of the classifier at most; changes the speed, never the result. */
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** One result for each image, in the order of the images. */
export interface MinimalDistances {
  readonly images: ImageResult[];
  readonly calls: Calls;
}

/** max_{j != y} z_j - z_y, which the attack raises above 0. */
const margin: Objective = { kind: 'margin' };

/**
 * Minimal norm: the shortest perturbation in L2 that the attack finds for each initially correct image, whatever its
 * direction; distances along sign directions (FGSM, Linf PGD) overstate robustness, so they should be read beside this.
 * Every one is checked again on the stored float32 values. An image is `adversarial` (its epsilon is its L2 distance),
 * `robust within the grid` where the steps led to no misclassification at all (which a gradient of zero does: it says
 * nothing about the image), `wrong from the start` or `unverified`.
 *
 * @throws Error where the request does not fit the classifier, logits or gradients are not finite, or the signal aborts
 * (its reason).
 *
 * @example
 * const found = await minimalDistances(classifier, fastMinimumNorm(), { images, labels, batchSize: 500 });
 * summariseCriticalDistances(found.images);
 */
export async function minimalDistances(
  classifier: DifferentiableClassifier,
  attack: FastMinimumNorm,
  request: MinimalDistancesRequest,
): Promise<MinimalDistances> {
  const { labels, batchSize, signal } = request;
  requireImageSet('minimalDistances', classifier, request);
  requireBatchSize('minimalDistances', batchSize);
  const evaluation = startEvaluation('minimalDistances', classifier);
  const statuses = startStatuses(labels);
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    if (batch.labels.length === 0) continue;
    const found = await shortestAdversarials(evaluation, attack, batch, signal);
    placeStatuses(statuses, batch, await statusesOf(evaluation, batch, found));
  }
  return { images: resultsOf(statuses, evaluation), calls: evaluation.calls() };
}

/** The shortest adversarial of each row, [count, inputs], and its length: infinite where there is none. */
interface Shortest {
  readonly images: Float32Array;
  readonly lengths: number[];
}

async function shortestAdversarials(
  evaluation: Evaluation,
  { steps, stepShare, radiusShare, bisections }: FastMinimumNorm,
  batch: NumberedImages,
  signal: AbortSignal | undefined,
): Promise<Shortest> {
  const { inputs, classes, bounds } = evaluation.classifier;
  const rows = Array.from(batch.labels.keys());
  const rowOf = (values: Float32Array, row: number) => values.subarray(row * inputs, (row + 1) * inputs);
  const images = batch.images.slice();
  const best: Shortest = { images: batch.images.slice(), lengths: rows.map(() => Number.POSITIVE_INFINITY) };
  let radii = rows.map(() => 0);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const current = { ...batch, images };
    const logits = await evaluation.logits(images, batch.imageNumbers);
    const lead = margins(logits, batch.labels, classes);
    const gradient = await evaluation.gradient(current, margin);
    const share = annealed(radiusShare, step, steps);
    radii = rows.map((row) => {
      const radius = radii[row] as number;
      const length = euclideanDistance(rowOf(images, row), rowOf(batch.images, row));
      if (predictedClass(logits, classes, row) !== batch.labels[row]) {
        keepShorter(best, row, rowOf(images, row), length);
        return Math.min(radius * (1 - share), best.lengths[row] as number);
      }
      if (Number.isFinite(best.lengths[row])) return radius * (1 + share);
      const slope = euclideanNorm(rowOf(gradient, row));
      // At least by the share, since a tie of logits is no flip, and what the bounds cut off is missing from the length.
      const estimate = slope === 0 ? 0 : length + (lead[row] as number) / slope;
      return Math.max(estimate, radius * (1 + share));
    });
    const lengths = radii.map((radius) => radius * annealed(stepShare, step, steps));
    stepAlong('l2', images, gradient, inputs, lengths);
    projectToBall('l2', images, batch.images, inputs, radii);
    clip(images, bounds);
  }
  await lookAtLast(evaluation, batch, images, best);
  return drawNearer(evaluation, batch, best, bisections);
}

function keepShorter(best: Shortest, row: number, image: Float32Array, length: number): void {
  if (!(length < (best.lengths[row] as number))) return;
  best.lengths[row] = length;
  best.images.set(image, row * image.length);
}

async function lookAtLast(
  evaluation: Evaluation,
  batch: NumberedImages,
  images: Float32Array,
  best: Shortest,
): Promise<void> {
  const { inputs } = evaluation.classifier;
  const predicted = await evaluation.predict(images, batch.imageNumbers);
  predicted.forEach((label, row) => {
    if (label === batch.labels[row]) return;
    const image = images.subarray(row * inputs, (row + 1) * inputs);
    const centre = batch.images.subarray(row * inputs, (row + 1) * inputs);
    keepShorter(best, row, image, euclideanDistance(image, centre));
  });
}

/** Bisection on the line between each image and its adversarial. */
async function drawNearer(
  evaluation: Evaluation,
  batch: NumberedImages,
  { images, lengths }: Shortest,
  bisections: number,
): Promise<Shortest> {
  const { inputs } = evaluation.classifier;
  const rows = Array.from(lengths.keys()).filter((row) => Number.isFinite(lengths[row]));
  const centres = selectRows(batch, inputs, rows);
  const far = gatherRows(images, inputs, rows);
  const best: Shortest = { images: images.slice(), lengths: [...lengths] };
  const stood = rows.map(() => 0);
  const fell = rows.map(() => 1);
  for (let round = 0; round < bisections && rows.length > 0; round++) {
    const middles = rows.map((_, index) => ((stood[index] as number) + (fell[index] as number)) / 2);
    const candidates = far.map((value, i) => {
      const centre = centres.images[i] as number;
      return centre + (middles[Math.floor(i / inputs)] as number) * (value - centre);
    });
    const predicted = await evaluation.predict(candidates, centres.imageNumbers);
    rows.forEach((row, index) => {
      const side = predicted[index] === centres.labels[index] ? stood : fell;
      side[index] = middles[index] as number;
      if (side === stood) return;
      const candidate = candidates.subarray(index * inputs, (index + 1) * inputs);
      const centre = centres.images.subarray(index * inputs, (index + 1) * inputs);
      keepShorter(best, row, candidate, euclideanDistance(candidate, centre));
    });
  }
  return best;
}

async function statusesOf(
  evaluation: Evaluation,
  batch: NumberedImages,
  { images, lengths }: Shortest,
): Promise<ImageStatus[]> {
  const { inputs, bounds } = evaluation.classifier;
  const statuses: ImageStatus[] = lengths.map(() => ({ status: 'robust within the grid' }));
  const rows = Array.from(lengths.keys()).filter((row) => Number.isFinite(lengths[row]));
  if (rows.length === 0) return statuses;
  const verdicts = await judge(evaluation, {
    ...selectRows(batch, inputs, rows),
    adversarial: gatherRows(images, inputs, rows),
    budgets: rows.map((row) => ({ kind: 'l2', epsilon: lengths[row] as number })),
    bounds,
  });
  rows.forEach((row, index) => {
    statuses[row] = statusOf(verdicts[index] as Verdict, lengths[row] as number);
  });
  return statuses;
}

import type { Attack, GradientFreeAttack } from './attack.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import { type Calls, type Evaluation, startEvaluation } from './evaluation.js';
import { judgeFlips } from './grid-walk.js';
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
} from './image-status.js';
import { initiallyCorrect } from './initially-correct.js';
import type { PerturbRows } from './perturb-rows.js';
import { preparePerturbation } from './perturbation.js';

/** How closely, and where, {@link bisectCriticalDistances} looks. */
export interface BisectionSearch {
  /** First epsilon of the upward search, above 0. */
  readonly lowest: number;
  /** Last epsilon: an image that stands here and at every coarse step below is robust. */
  readonly highest: number;
  /** Factor between the epsilons of the upward search, above 1. */
  readonly coarseFactor: number;
  /** Stop once the epsilon that flips is at most this share above one that does not, above 0. */
  readonly relativeTolerance: number;
}

/** What {@link bisectCriticalDistances} is asked. */
export interface BisectionRequest extends ImageSet {
  readonly search: BisectionSearch;
  /** Images per call of the classifier at most; changes the speed, never the result. */
  readonly batchSize: number;
  readonly signal?: AbortSignal;
}

/** One result for each image, in the order of the images. */
export interface BisectedDistances {
  readonly images: ImageResult[];
  readonly search: BisectionSearch;
  readonly calls: Calls;
}

/**
 * Critical distance by bisection: epsilon goes up by `coarseFactor` until an image flips, then the interval between the
 * last epsilon that it stood and the first at which it fell is halved, in its logarithm, down to `relativeTolerance`. The
 * recorded epsilon is the lowest that was seen to flip. With n coarse steps up it costs
 * n + log2(log coarseFactor / log(1 + relativeTolerance)) attacks, where a grid of the same resolution costs
 * log(epsilon / lowest) / log(1 + relativeTolerance): about 11 against 190 on the FGSM grid of arXiv 2405.00679 with a
 * factor of 4 and a tolerance of 0.04.
 *
 * Flips are not monotone in epsilon: an image may fall, stand again and fall again, and bisection can find the later
 * fall. {@link compareWithGrid} says how often.
 *
 * Attacks that draw at random read the same numbers at every epsilon here (the draw `every epsilon`), since with fresh
 * ones there is nothing to close in on. For random noise that is another question than the grid's: the distance along
 * one direction of each image, where the first flip on a grid is the nearest of as many directions as it has tried. The
 * medians differ by a factor (about 2 against a grid of 400 values from 1e-6 to 8.25), so compare noise by grids alone,
 * or by bisection alone.
 *
 * @throws Error where the request does not fit the classifier, the search makes no sense, logits or gradients are not
 * finite, or the signal aborts (its reason).
 *
 * @example
 * const search = { lowest: 1e-6, highest: 8.25, coarseFactor: 4, relativeTolerance: 0.04 };
 * const { images: found } = await bisectCriticalDistances(classifier, fgsm(), { images, labels, search, batchSize: 500 });
 * summariseCriticalDistances(found);
 */
export function bisectCriticalDistances(
  classifier: DifferentiableClassifier,
  attack: Attack,
  request: BisectionRequest,
): Promise<BisectedDistances>;
export function bisectCriticalDistances(
  classifier: Classifier,
  attack: GradientFreeAttack,
  request: BisectionRequest,
): Promise<BisectedDistances>;
export async function bisectCriticalDistances(
  classifier: Classifier,
  attack: Attack,
  request: BisectionRequest,
): Promise<BisectedDistances> {
  const { labels, search, batchSize, signal } = request;
  requireImageSet('bisectCriticalDistances', classifier, request);
  requireBatchSize('bisectCriticalDistances', batchSize);
  requireSearch(search);

  const evaluation = startEvaluation('bisectCriticalDistances', classifier);
  const statuses = startStatuses(labels);
  for (let first = 0; first < labels.length; first += batchSize) {
    signal?.throwIfAborted();
    const batch = await initiallyCorrect(evaluation, request, first, batchSize);
    if (batch.labels.length === 0) continue;
    const found = await searchBatch(evaluation, attack, batch, search, signal);
    placeStatuses(statuses, batch, found);
  }
  return { images: resultsOf(statuses, evaluation), search, calls: evaluation.calls() };
}

/** The lowest epsilon seen to flip an image, the highest below it seen not to (0: none was tried), and the flip. */
interface Bracket {
  readonly row: number;
  readonly stood: number;
  readonly fell: number;
  readonly adversarial: Float32Array;
}

async function searchBatch(
  evaluation: Evaluation,
  attack: Attack,
  batch: NumberedImages,
  search: BisectionSearch,
  signal: AbortSignal | undefined,
): Promise<ImageStatus[]> {
  const perturbRows = await preparePerturbation(evaluation, attack, batch);
  const tryRows = (rows: readonly number[], epsilons: readonly number[]) => {
    signal?.throwIfAborted();
    return tryEpsilons(evaluation, perturbRows, batch, rows, epsilons);
  };
  const brackets = await searchUpward(tryRows, batch.labels.length, search);
  const closed = await halve(tryRows, brackets, search.relativeTolerance);

  const statuses: ImageStatus[] = Array.from(batch.labels, () => ({ status: 'robust within the grid' }));
  if (closed.length === 0) return statuses;
  const { inputs } = evaluation.classifier;
  const adversarial = new Float32Array(closed.length * inputs);
  closed.forEach((bracket, index) => {
    adversarial.set(bracket.adversarial, index * inputs);
  });
  const rows = closed.map(({ row }) => row);
  const epsilons = closed.map(({ fell }) => fell);
  const found = await judgeFlips(evaluation, attack, selectRows(batch, inputs, rows), adversarial, epsilons);
  rows.forEach((row, index) => {
    statuses[row] = found[index] as ImageStatus;
  });
  return statuses;
}

/** The adversarial image of each row, none where the row stood. */
type TryRows = (
  rows: readonly number[],
  epsilons: readonly number[],
) => Promise<(Float32Array | undefined)[]>;

async function tryEpsilons(
  evaluation: Evaluation,
  perturbRows: PerturbRows,
  { labels, imageNumbers }: NumberedImages,
  rows: readonly number[],
  epsilons: readonly number[],
): Promise<(Float32Array | undefined)[]> {
  const perturbed = await perturbRows(rows, epsilons, 'every epsilon');
  const numbers = rows.map((row) => imageNumbers[row] as number);
  const predicted = await evaluation.predict(perturbed, numbers);
  const { inputs } = evaluation.classifier;
  return rows.map((row, index) =>
    predicted[index] === labels[row] ? undefined : gatherRows(perturbed, inputs, [index]),
  );
}

async function searchUpward(tryRows: TryRows, count: number, search: BisectionSearch): Promise<Bracket[]> {
  const brackets: Bracket[] = [];
  let standing = Array.from({ length: count }, (_, row) => row);
  let stood = 0;
  for (const epsilon of coarseSteps(search)) {
    if (standing.length === 0) break;
    const flips = await tryRows(
      standing,
      standing.map(() => epsilon),
    );
    standing.forEach((row, index) => {
      const adversarial = flips[index];
      if (adversarial !== undefined) brackets.push({ row, stood, fell: epsilon, adversarial });
    });
    standing = standing.filter((_, index) => flips[index] === undefined);
    stood = epsilon;
  }
  return brackets;
}

/** Halves every bracket that is still wider than the tolerance, all of them in each call. */
async function halve(
  tryRows: TryRows,
  brackets: readonly Bracket[],
  relativeTolerance: number,
): Promise<Bracket[]> {
  const isOpen = ({ stood, fell }: Bracket) => stood > 0 && fell > stood * (1 + relativeTolerance);
  let all = [...brackets];
  for (;;) {
    const open = all.filter(isOpen);
    if (open.length === 0) return all;
    const middles = open.map(({ stood, fell }) => Math.sqrt(stood * fell));
    const flips = await tryRows(
      open.map(({ row }) => row),
      middles,
    );
    const halved = open.map((bracket, index) => {
      const middle = middles[index] as number;
      const adversarial = flips[index];
      return adversarial === undefined
        ? { ...bracket, stood: middle }
        : { ...bracket, fell: middle, adversarial };
    });
    all = [...all.filter((bracket) => !isOpen(bracket)), ...halved];
  }
}

function coarseSteps({ lowest, highest, coarseFactor }: BisectionSearch): number[] {
  const steps: number[] = [];
  for (let epsilon = lowest; epsilon < highest; epsilon *= coarseFactor) steps.push(epsilon);
  return [...steps, highest];
}

function requireSearch({ lowest, highest, coarseFactor, relativeTolerance }: BisectionSearch): void {
  const operation = 'bisectCriticalDistances';
  if (!(lowest > 0 && lowest < highest && Number.isFinite(highest))) {
    throw new Error(`${operation}: expected 0 < lowest < highest, got ${lowest} and ${highest}`);
  }
  if (!(coarseFactor > 1 && Number.isFinite(coarseFactor))) {
    throw new Error(`${operation}: expected a coarseFactor above 1, got ${coarseFactor}`);
  }
  // Below float32 rounding two epsilons would give the same image.
  if (!(relativeTolerance >= 1e-6 && Number.isFinite(relativeTolerance))) {
    throw new Error(`${operation}: expected a relativeTolerance of at least 1e-6, got ${relativeTolerance}`);
  }
}

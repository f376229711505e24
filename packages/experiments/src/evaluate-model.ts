import {
  type BisectionSearch,
  bisectCriticalDistances,
  type Calls,
  type CriticalDistanceSummary,
  compareWithGrid,
  type DifferentiableClassifier,
  fastMinimumNorm,
  type GridComparison,
  type ImageResult,
  minimalDistances,
  publishedEpsilons,
  summariseCriticalDistances,
  sweepAttack,
} from '@hebblab/attacks';
import { DataError } from '@hebblab/data';
import { normalisedImages, type OpenModel, type Samples } from '@hebblab/models';
import type { Kernels } from '@hebblab/wasm';
import { firstCorrectImages } from './measurements/attacked-images.js';
import { classifierOf, publishedAttack, searchWithin } from './measurements/attacks.js';
import { measuringBatch } from './measurements/context.js';

/** Attacks of an evaluation; `minimal` looks for the shortest L2 perturbation in any direction. */
export const evaluatedAttacks = ['random', 'fgsm', 'pgd', 'minimal'] as const;
export type EvaluatedAttack = (typeof evaluatedAttacks)[number];

/** How critical distances are looked for: on every epsilon of a grid, by bisection between its ends, or in both ways. */
export const evaluationForms = ['grid', 'bisection', 'both'] as const;
export type EvaluationForm = (typeof evaluationForms)[number];

/** The grids of arXiv 2405.00679, and the coarser ones of another implementation of it. */
export const evaluationGrids = ['published', 'independent'] as const;
export type EvaluationGrid = (typeof evaluationGrids)[number];

/** What {@link evaluateModel} is asked. */
export interface EvaluationRequest {
  readonly kernels: Kernels;
  readonly open: OpenModel;
  readonly test: Samples;
  readonly attacks: readonly EvaluatedAttack[];
  readonly form: EvaluationForm;
  readonly grid: EvaluationGrid;
  /** The first test images that the model classifies correctly; all of them where there are fewer. */
  readonly images: number | 'all';
  /** Of the random noise. */
  readonly seed: number;
  readonly onAttack: (attack: EvaluatedAttack, form: AttackMeasurement['form']) => void;
  readonly signal: AbortSignal;
}

/** A model on test images, without and with attacks. */
export interface ModelEvaluation {
  readonly testImages: number;
  readonly accuracy: number;
  /** Which test images were attacked, in order. */
  readonly attackedImages: readonly number[];
  /** In the order of the request; grid before bisection. */
  readonly measurements: readonly AttackMeasurement[];
}

/** What an attack did. `images` are in the order of `attackedImages`; each distance was checked again. */
export type AttackMeasurement = {
  readonly attack: EvaluatedAttack;
  readonly criticalDistance: CriticalDistanceSummary;
  readonly images: readonly ImageResult[];
  readonly calls: Calls;
} & (
  | {
      readonly form: 'grid';
      /** Share of the attacked images that stay correct at each epsilon; empty where no image is attacked. */
      readonly relativeAccuracy: {
        readonly epsilon: readonly number[];
        readonly accuracy: readonly number[];
      };
    }
  | {
      readonly form: 'bisection';
      readonly search: BisectionSearch;
      /** Present where the grid was walked as well: flips are not monotone in epsilon. */
      readonly againstGrid?: GridComparison;
    }
  | { readonly form: 'minimal norm' }
);

/**
 * Accuracy on all test images, and each attack on the first ones that the model classifies correctly: critical distances
 * and relative accuracy as in arXiv 2405.00679. The same request gives the same result.
 *
 * @throws DataError where the images are not in [0, 1], to which attacks clip, or do not fit the model
 * @example
 * const { accuracy, measurements } = await evaluateModel({ kernels, open, test, attacks: ['fgsm'], form: 'grid', ... });
 */
export async function evaluateModel(request: EvaluationRequest): Promise<ModelEvaluation> {
  const { open, test, attacks, images: wanted, signal } = request;
  expectFitting(open, test);
  const values = normalisedImages(test, test.count);
  expectInsideBounds(values);
  const { numbers, images, labels, correct } = firstCorrectImages(
    open,
    test,
    values,
    wanted === 'all' ? test.count : wanted,
  );
  const attacked: AttackRequest = { images, labels, batchSize: measuringBatch, signal };
  const classifier = classifierOf(open);
  const measurements: AttackMeasurement[] = [];
  for (const attack of attacks) {
    measurements.push(
      ...(attack === 'minimal'
        ? [await measureMinimalNorm(request, classifier, attacked)]
        : await measureAttack(request, classifier, attacked, attack)),
    );
  }
  return { testImages: test.count, accuracy: correct / test.count, attackedImages: numbers, measurements };
}

interface AttackRequest {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

type GriddedAttack = Exclude<EvaluatedAttack, 'minimal'>;

async function measureAttack(
  request: EvaluationRequest,
  classifier: DifferentiableClassifier,
  attacked: AttackRequest,
  attack: GriddedAttack,
): Promise<AttackMeasurement[]> {
  const { form, grid, onAttack } = request;
  const method = publishedAttack(request.kernels, request.seed, attack);
  const epsilons = publishedEpsilons(`${gridNames[grid]}-${attack}`);
  const measured: AttackMeasurement[] = [];
  if (form !== 'bisection') {
    onAttack(attack, 'grid');
    const { epsilon, stillCorrect, initiallyCorrect, images, calls } = await sweepAttack(classifier, method, {
      ...attacked,
      epsilons,
    });
    const accuracy =
      initiallyCorrect === 0 ? undefined : stillCorrect.map((count) => count / initiallyCorrect);
    measured.push({
      attack,
      form: 'grid',
      criticalDistance: summariseCriticalDistances(images),
      relativeAccuracy: accuracy === undefined ? { epsilon: [], accuracy: [] } : { epsilon, accuracy },
      images,
      calls,
    });
  }
  if (form !== 'grid') {
    onAttack(attack, 'bisection');
    const search = searchWithin(epsilons);
    const { images, calls } = await bisectCriticalDistances(classifier, method, { ...attacked, search });
    const [walked] = measured;
    const { relativeTolerance } = search;
    const againstGrid =
      walked && compareWithGrid({ bisection: images, grid: walked.images, epsilons, relativeTolerance });
    measured.push({
      attack,
      form: 'bisection',
      criticalDistance: summariseCriticalDistances(images),
      search,
      ...(againstGrid === undefined ? {} : { againstGrid }),
      images,
      calls,
    });
  }
  return measured;
}

async function measureMinimalNorm(
  { onAttack }: EvaluationRequest,
  classifier: DifferentiableClassifier,
  attacked: AttackRequest,
): Promise<AttackMeasurement> {
  onAttack('minimal', 'minimal norm');
  const { images, calls } = await minimalDistances(classifier, fastMinimumNorm(), attacked);
  const criticalDistance = summariseCriticalDistances(images);
  return { attack: 'minimal', form: 'minimal norm', criticalDistance, images, calls };
}

const gridNames = { published: 'holzhausen', independent: 'independent' } as const;

function expectFitting({ inputs, classes }: OpenModel, test: Samples): void {
  if (test.inputs !== inputs)
    throw new DataError(`evaluate: expected images of ${inputs} values for the model, got ${test.inputs}`);
  if (test.classes > classes)
    throw new DataError(`evaluate: expected at most ${classes} classes for the model, got ${test.classes}`);
}

function expectInsideBounds(inputs: Float32Array): void {
  // Written so that NaN fails as well.
  const outside = inputs.find((value) => !(value >= 0 && value <= 1));
  if (outside !== undefined)
    throw new DataError(
      `evaluate: expected normalised images in [0, 1], to which attacks clip, got ${outside}`,
    );
}

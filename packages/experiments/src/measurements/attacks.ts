import { quantiles } from '@hebblab/analysis';
import {
  type Attack,
  type BisectionSearch,
  bisectCriticalDistances,
  type Calls,
  type CriticalDistanceSummary,
  compareWithGrid,
  criticalDistances,
  type DifferentiableClassifier,
  fastMinimumNorm,
  fgsm,
  type ImageStatus,
  logarithmicGrid,
  minimalDistances,
  type Normals,
  pgd,
  randomNoise,
  summariseCriticalDistances,
  sweepAttack,
} from '@hebblab/attacks';
import { normalisedImages, type OpenModel, type Samples } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import type { AttackConfig } from '../config.js';
import type { BisectedDistanceResult, CriticalDistanceResult } from '../measurement-results.js';
import type { ModelResult } from '../results.js';
import { type AttackedImages, firstCorrectImages, firstImages } from './attacked-images.js';
import { type MeasureContext, measuringBatch } from './context.js';

type AttackResults = Pick<ModelResult, 'criticalDistance' | 'relativeAccuracy' | 'bisectedDistance'>;

/** Every attack of a run on one model. */
export async function measureAttacks(context: MeasureContext, open: OpenModel): Promise<AttackResults> {
  const criticalDistance: Record<string, CriticalDistanceResult> = {};
  const relative: Record<string, { epsilon: readonly number[]; accuracy: readonly number[] }> = {};
  const bisected: Record<string, BisectedDistanceResult> = {};
  for (const attack of context.attacks) {
    const how = attack.kind !== 'minimal' && attack.form === 'bisection' ? ' by bisection' : '';
    context.onProgress({ kind: 'measuring', model: context.model, what: `${attack.kind} attack${how}` });
    if (attack.kind === 'minimal') {
      criticalDistance.minimal = await minimalAttack(context, open, attack);
    } else if (attack.form === 'bisection') {
      bisected[attack.kind] = await bisectionAttack(context, open, attack);
    } else {
      const result = await gridAttack(context, open, attack);
      criticalDistance[attack.kind] = result.criticalDistance;
      if (result.relativeAccuracy !== undefined) relative[attack.kind] = result.relativeAccuracy;
    }
  }
  const bisectedDistance = Object.keys(bisected).length === 0 ? {} : { bisectedDistance: bisected };
  return { criticalDistance, relativeAccuracy: relative, ...bisectedDistance };
}

/**
 * A model as `@hebblab/attacks` takes one, with the derivatives that a network on tfjs-core offers. Normalised images lie
 * in [0, 1], to which arXiv 2405.00679 clips FGSM.
 *
 * @example
 * const { accuracy } = await relativeAccuracy(classifierOf(open), fgsm(), request);
 */
export function classifierOf(open: OpenModel | OpenNetwork): DifferentiableClassifier {
  const { inputs, classes, logits, lossGradient } = open;
  const plain = {
    inputs,
    classes,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits,
    lossGradient,
  } as const;
  if (!('objectiveGradient' in open)) return plain;
  const { objectiveGradient, jacobian, hessianVectorProduct } = open;
  return { ...plain, objectiveGradient, jacobian, hessianVectorProduct };
}

type GridAttackConfig = Exclude<AttackConfig, { kind: 'minimal' }>;

async function gridAttack(
  context: MeasureContext,
  open: OpenModel,
  attack: GridAttackConfig,
): Promise<{
  criticalDistance: CriticalDistanceResult;
  /** None where the model gets no image right: there is nothing to be relative to. */
  relativeAccuracy: { epsilon: number[]; accuracy: number[] } | undefined;
}> {
  const { kernels, test, seed, signal } = context;
  const request = { ...attackedImages(open, test, attack), batchSize: measuringBatch, signal };
  const epsilons = epsilonsOf(attack);
  const classifier = classifierOf(open);
  const method = publishedAttack(kernels, seed, attack.kind);
  const sweep = await sweepAttack(classifier, method, { ...request, epsilons });
  const criticalDistance = describeDistances(sweep.images, sweep.calls);
  if (criticalDistance.total === 0) return { criticalDistance, relativeAccuracy: undefined };
  const accuracy = sweep.stillCorrect.map((count) => count / sweep.initiallyCorrect);
  return { criticalDistance, relativeAccuracy: { epsilon: sweep.epsilon, accuracy } };
}

/** The same resolution as the grid; beside it how often the grid itself disagrees on the first images. */
async function bisectionAttack(
  context: MeasureContext,
  open: OpenModel,
  attack: GridAttackConfig,
): Promise<BisectedDistanceResult> {
  const { kernels, test, seed, signal } = context;
  const epsilons = epsilonsOf(attack);
  const search = searchWithin(epsilons);
  const classifier = classifierOf(open);
  const method = publishedAttack(kernels, seed, attack.kind);
  const all = { ...attackedImages(open, test, attack), batchSize: measuringBatch, signal };
  const { images, calls } = await bisectCriticalDistances(classifier, method, { ...all, search });

  const count = Math.min(comparedImages, all.labels.length);
  const few = {
    ...all,
    images: all.images.subarray(0, count * open.inputs),
    labels: all.labels.subarray(0, count),
  };
  const grid = await criticalDistances(classifier, method, { ...few, epsilons });
  const bisection = images.slice(0, count);
  const compared = compareWithGrid({
    bisection,
    grid: grid.images,
    epsilons,
    relativeTolerance: search.relativeTolerance,
  });
  return {
    ...describeDistances(images, calls),
    gridComparison: {
      images: compared.compared,
      disagreeing: compared.share,
      callsShare: count === 0 ? 1 : callsOf(bisection) / callsOf(grid.images),
    },
  };
}

/** Between the ends of a grid, to its spacing. */
export function searchWithin(epsilons: readonly number[]): BisectionSearch {
  const [lowest = Number.NaN, second = Number.NaN] = epsilons;
  const highest = epsilons.at(-1) ?? Number.NaN;
  return { lowest, highest, coarseFactor, relativeTolerance: second / lowest - 1 };
}

/** Steps of the upward search; with the grids of arXiv 2405.00679 about a tenth of the calls of the grid. */
const coarseFactor = 4;

/** Images on which bisection is held against the grid. */
const comparedImages = 100;

function callsOf(images: readonly { readonly calls: Calls }[]): number {
  return images.reduce((sum, { calls }) => sum + calls.forward + calls.gradient, 0);
}

async function minimalAttack(
  { test, signal }: MeasureContext,
  open: OpenModel,
  attack: Extract<AttackConfig, { kind: 'minimal' }>,
): Promise<CriticalDistanceResult> {
  const request = { ...attackedImages(open, test, attack), batchSize: measuringBatch, signal };
  const { images, calls } = await minimalDistances(classifierOf(open), fastMinimumNorm(), request);
  return describeDistances(images, calls);
}

function epsilonsOf({ grid }: GridAttackConfig): number[] {
  return logarithmicGrid(grid.startExponent, grid.stopExponent, grid.count);
}

/** An attack with the settings of arXiv 2405.00679. */
export function publishedAttack(kernels: Kernels, seed: number, kind: GridAttackConfig['kind']): Attack {
  switch (kind) {
    case 'random': {
      const normals: Normals = (stream, first, out) =>
        randomNormal(kernels, { seed, stream: `attack, ${stream}`, first }, out);
      return randomNoise({ normals });
    }
    case 'fgsm':
      return fgsm();
    case 'pgd':
      return pgd({
        norm: 'linf',
        steps: 20,
        stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
        clip: 'after the last step',
      });
  }
}

/** The first images, or the first that the model gets right. */
function attackedImages(
  open: OpenModel,
  test: Samples,
  { images: wanted, chosen }: Pick<AttackConfig, 'images' | 'chosen'>,
): Pick<AttackedImages, 'images' | 'labels'> {
  const { images, labels } =
    chosen === 'first'
      ? firstImages(test, wanted)
      : firstCorrectImages(open, test, normalisedImages(test, test.count), wanted);
  return { images, labels };
}

function describeDistances(images: readonly ImageStatus[], calls: Calls): CriticalDistanceResult {
  const summary: CriticalDistanceSummary = summariseCriticalDistances(images);
  const { found, total, unverified } = summary;
  const counts = { found, total, unverified, calls };
  if (summary.kind === 'none found') return counts;
  const { median, q25, q75 } = summary;
  const distances = images.flatMap((image) => (image.status === 'adversarial' ? [image.distance] : []));
  const [p5 = q25, p95 = q75] = quantiles(distances, [0.05, 0.95]);
  return { ...counts, median, q25, q75, p5, p95 };
}

import { type Classifier, type DifferentiableClassifier, isDifferentiable } from '../classifier.js';
import type { Calls } from '../evaluation.js';
import {
  gatherRows,
  type ImageSet,
  requireBatchSize,
  requireEpsilon,
  requireImageSet,
} from '../image-set.js';
import type { Normals } from '../random-source.js';
import { type Ball, putBack, startAnywhere } from './ball.js';
import { checkBlindDirections } from './blind-directions.js';
import { type AuditCheck, type AuditCheckName, notMeasured } from './check.js';
import { compareAttacks, type EpsilonResult } from './compare-attacks.js';
import { startDraws } from './draws.js';
import { checkFiniteDifferences } from './finite-differences.js';
import { checkGradientSize, checkZeroGradients, type Findings, gatherFindings } from './gradient-checks.js';
import { checkLogits, checkRepeatability } from './logit-checks.js';
import { type Probe, predictions, startProbe } from './probe.js';
import { rowOf } from './search.js';
import { type AuditVerdict, judgeChecks } from './verdict.js';

/** What {@link audit} is asked. */
export interface AuditRequest extends ImageSet {
  /** The ball of the attacks; linf unless told. */
  readonly norm?: 'linf' | 'l2';
  /**
   * Budgets, ascending, finite, above 0, in units of the inputs. Unless told shares of the range of the inputs: 0.01,
   * 0.03, 0.1 and 0.3 for linf; 0.006, 0.02, 0.06 and 0.15 times the square root of the inputs for l2.
   */
  readonly epsilons?: readonly number[];
  /** Standard normal numbers by stream and position, as {@link Normals} says: all that is random comes from them. */
  readonly normals: Normals;
  /** Gradients of the same function that do not underflow; its logits are not asked. */
  readonly stabilised?: DifferentiableClassifier;
  /** A plainly trained network of the same inputs and classes, whose adversarial images are tried. */
  readonly twin?: DifferentiableClassifier;
  /** Steps of a descent, at least 1; 40 unless told. */
  readonly steps?: number;
  /** Runs of the white-box attack after the first, at least 2; 2 unless told. */
  readonly restarts?: number;
  /** Queries of the square attack; 300 unless told. */
  readonly queries?: number;
  /** Images per call of the classifier at most; 250 unless told. The figures do not depend on it. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  /** Told before each part of the work. */
  readonly onProgress?: (progress: AuditProgress) => void;
}

/** Which part of the work begins; parts are counted from 0. */
export interface AuditProgress {
  readonly part: string;
  readonly done: number;
  readonly total: number;
}

/** What an audit came to. */
export interface AuditReport {
  readonly verdict: AuditVerdict;
  /** Why: one sentence for each check that speaks against trust, or one that says that none does. */
  readonly reasons: readonly string[];
  /** In the order of docs/audit/README.md. */
  readonly checks: readonly AuditCheck[];
  readonly norm: 'linf' | 'l2';
  /** Accuracies, as shares of the correct images, at each epsilon and at the full range (the last). */
  readonly epsilons: readonly EpsilonResult[];
  readonly images: { readonly given: number; readonly correct: number };
  /** Spent on the classifier, in images; `stabilised` and `twin` apart. */
  readonly calls: Calls;
  readonly otherCalls: Calls;
}

/** How many images the checks look at that compare each of them with many others. */
const imagesLookedInto = 40;

/** How many points beside images finite differences look at. */
const placesLookedInto = 20;

/**
 * Asks whether a classifier's robustness against gradient attacks is real: fifteen checks of its logits, its gradients
 * and of attacks that should or should not be stronger than others, and a verdict. What each check measures, its limits
 * and their reasons are under docs/audit; the limits are {@link auditThresholds}. After Athalye et al. 2018
 * (arXiv 1802.00420), Carlini et al. 2019 (arXiv 1902.06705) and Brendel & Bethge 2017 (arXiv 1704.01547).
 *
 * A classifier without `lossGradient` is `inconclusive` at best.
 *
 * @throws Error where the request does not fit the classifier, an answer has the wrong length, or the signal aborts (its
 * reason). Values that are not finite are found, not thrown.
 *
 * @example
 * const { verdict, reasons } = await audit(classifier, {
 *   images, labels, epsilons: [0.05, 0.1, 0.2],
 *   normals: (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out),
 * });
 */
export async function audit(classifier: Classifier, request: AuditRequest): Promise<AuditReport> {
  const { images, labels, normals, stabilised, twin, signal, onProgress } = request;
  const norm = request.norm ?? 'linf';
  const batchSize = request.batchSize ?? 250;
  requireRequest(classifier, request, batchSize);
  const range = rangeOf(classifier, images);
  const epsilons = request.epsilons ?? defaultEpsilons(norm, range.upper - range.lower, classifier.inputs);
  const parts = 3 + epsilons.length + 1;
  const tell = (part: string, done: number) => {
    signal?.throwIfAborted();
    onProgress?.({ part, done, total: parts });
  };

  tell('logits', 0);
  const probe = startProbe(classifier, batchSize, signal);
  const logits = await probe.logits(images);
  const checks: AuditCheck[] = [
    checkLogits(logits, probe.classes),
    await checkRepeatability(probe, images, logits),
  ];
  const predicted = predictions(logits, probe.classes);
  const correct = [...labels.keys()].filter((row) => predicted[row] === labels[row]);
  const chosen = {
    images: gatherRows(images, probe.inputs, correct),
    labels: Uint8Array.from(correct, (row) => labels[row] as number),
  };

  tell('gradients', 1);
  if (probe.differentiable && correct.length > 0) {
    const findings = await gatherFindings(
      probe,
      chosen.images,
      chosen.labels,
      gatherRows(logits, probe.classes, correct),
    );
    const rows = evenly(correct.length, imagesLookedInto);
    const width = range.upper - range.lower;
    checks.push(checkZeroGradients(findings, probe.inputs));
    checks.push(checkGradientSize(findings, probe, width));
    const places = [
      ...rows.map((row) => ({ findings, row })),
      ...(await nearbyPlaces(probe, chosen, { norm, epsilon: middleOf(epsilons) }, normals)),
    ];
    const differences = startDraws(normals, 'finite differences');
    checks.push(await checkFiniteDifferences(probe, places, width, differences));
    tell('blind directions', 2);
    const blocks = startDraws(normals, 'blind directions');
    checks.push(await checkBlindDirections(probe, findings, rows, range, blocks));
  } else {
    const reason = probe.differentiable
      ? 'No image is classified correctly.'
      : 'The classifier offers no gradients.';
    for (const name of gradientChecks) checks.push(notMeasured(name, reason));
  }

  const others = [stabilised, twin].map((other) =>
    other === undefined ? undefined : startProbe(other, batchSize, signal),
  );
  const attacked = await compareAttacks({
    probe,
    stabilised: others[0],
    twin: others[1],
    chosen,
    aims: {
      images: [...labels.keys()].map((row) => images.subarray(row * probe.inputs, (row + 1) * probe.inputs)),
      predicted,
    },
    norm,
    epsilons,
    fullRange: (range.upper - range.lower) * (norm === 'linf' ? 1 : Math.sqrt(probe.inputs)),
    steps: request.steps ?? 40,
    restarts: request.restarts ?? 2,
    queries: request.queries ?? 300,
    normals,
    onEpsilon: (epsilon, index) => tell(`epsilon ${epsilon}`, 3 + index),
  });
  checks.push(...attacked.checks);
  const total = (count: keyof Calls) => others.reduce((sum, other) => sum + (other?.calls()[count] ?? 0), 0);
  return {
    ...judgeChecks(checks, correct.length, probe.differentiable),
    checks,
    norm,
    epsilons: attacked.epsilons,
    images: { given: labels.length, correct: correct.length },
    calls: probe.calls(),
    otherCalls: { forward: total('forward'), gradient: total('gradient') },
  };
}

/** Random points of the balls around some images: a gradient that is true at the images alone is found there. */
async function nearbyPlaces(
  probe: Probe,
  { images, labels }: ImageSet,
  ball: Ball,
  normals: Normals,
): Promise<{ findings: Findings; row: number }[]> {
  const { inputs } = probe;
  const rows = evenly(labels.length, placesLookedInto);
  const moved = gatherRows(images, inputs, rows);
  const draws = startDraws(normals, 'nearby places');
  rows.forEach((row, index) => {
    const image = rowOf(moved, inputs, index);
    startAnywhere(image, ball, draws);
    putBack(image, rowOf(images, inputs, row), ball, probe.bounds);
  });
  const theirs = Uint8Array.from(rows, (row) => labels[row] as number);
  const findings = await gatherFindings(probe, moved, theirs, await probe.logits(moved));
  return rows.map((_, row) => ({ findings, row }));
}

const gradientChecks: readonly AuditCheckName[] = [
  'zero gradients',
  'gradient size',
  'finite differences',
  'blind directions',
];

function requireRequest(classifier: Classifier, request: AuditRequest, batchSize: number): void {
  requireImageSet('audit', classifier, request);
  requireBatchSize('audit', batchSize);
  if (request.labels.length === 0) throw new Error('audit: expected at least one image, got none');
  (request.epsilons ?? []).forEach((epsilon, index, all) => {
    requireEpsilon('audit', epsilon);
    if (!(epsilon > (all[index - 1] ?? 0))) {
      throw new Error(
        `audit: expected ascending epsilons above 0, got ${epsilon} after ${all[index - 1] ?? 0}`,
      );
    }
  });
  if (request.epsilons?.length === 0) throw new Error('audit: expected at least one epsilon, got none');
  for (const [name, least] of [
    ['steps', 1],
    ['restarts', 2],
    ['queries', 1],
  ] as const) {
    const value = request[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
      throw new Error(`audit: expected ${name} as a whole number >= ${least}, got ${value}`);
    }
  }
  for (const name of ['stabilised', 'twin'] as const) {
    const other = request[name];
    if (other === undefined) continue;
    if (!isDifferentiable(other))
      throw new Error(`audit: expected ${name} with lossGradient, got one without`);
    if (other.inputs !== classifier.inputs || other.classes !== classifier.classes) {
      throw new Error(
        `audit: expected ${name} of ${classifier.inputs} inputs and ${classifier.classes} classes, got ${other.inputs} and ${other.classes}`,
      );
    }
  }
}

/** The bounds, or what the images span where there are none. */
function rangeOf({ bounds }: Classifier, images: Float32Array): { lower: number; upper: number } {
  if (bounds.kind === 'box') return { lower: bounds.lower, upper: bounds.upper };
  const lower = images.reduce((a, b) => Math.min(a, b));
  const upper = images.reduce((a, b) => Math.max(a, b));
  return upper > lower ? { lower, upper } : { lower: lower - 0.5, upper: upper + 0.5 };
}

function defaultEpsilons(norm: 'linf' | 'l2', range: number, inputs: number): number[] {
  if (norm === 'linf') return [0.01, 0.03, 0.1, 0.3].map((share) => share * range);
  return [0.006, 0.02, 0.06, 0.15].map((share) => share * range * Math.sqrt(inputs));
}

function middleOf(epsilons: readonly number[]): number {
  return epsilons[Math.floor((epsilons.length - 1) / 2)] as number;
}

/** Up to `most` of the numbers below `count`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.floor((index * count) / most));
}

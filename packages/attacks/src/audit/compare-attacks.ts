import type { ImageSet } from '../image-set.js';
import type { Normals } from '../random-source.js';
import { verifyStored } from './adversarial-check.js';
import type { Ball } from './ball.js';
import { type AuditCheck, type AuditCheckName, gradedShare, notMeasured, percent } from './check.js';
import { descend, runsOf, takeOneStep } from './descent.js';
import { startDraws } from './draws.js';
import { type Aims, moveTowardsOthers, tryRandomPerturbations } from './gradient-free.js';
import type { Probe } from './probe.js';
import { type Search, startSearch } from './search.js';
import { spsaAttack } from './spsa-attack.js';
import { squareAttack } from './square-attack.js';
import { auditThresholds } from './thresholds.js';

/** What the attacks need. */
export interface Comparison {
  readonly probe: Probe;
  readonly stabilised: Probe | undefined;
  readonly twin: Probe | undefined;
  /** Images classified correctly. */
  readonly chosen: ImageSet;
  readonly aims: Aims;
  readonly norm: Ball['norm'];
  readonly epsilons: readonly number[];
  readonly fullRange: number;
  readonly steps: number;
  readonly restarts: number;
  readonly queries: number;
  readonly normals: Normals;
  readonly onEpsilon: (epsilon: number, index: number) => void;
}

/** What the attacks came to at one epsilon. Shares are of the images that were classified correctly. */
export interface EpsilonResult {
  readonly epsilon: number;
  /** Standing after the white-box attack; 1 where there are no gradients. */
  readonly whiteBoxAccuracy: number;
  /** Standing after all attacks: the robustness that is left, an upper bound. */
  readonly accuracy: number;
  /** Broken by the attack and not by the white-box attack. */
  readonly missed: Readonly<Partial<Record<Rival, number>>>;
  /** Broken by each run of the white-box attack and by none before. */
  readonly runs: readonly number[];
}

/** The attacks that should not beat the white-box attack. */
export type Rival =
  | 'one step'
  | 'random perturbation'
  | 'gradient free'
  | 'stabilised gradients'
  | 'transfer';

interface Outcome extends EpsilonResult {
  readonly broken: ReadonlySet<number>;
  readonly missedImages: Readonly<Partial<Record<Rival, number>>>;
  readonly runImages: readonly number[];
  readonly refuted: number;
}

/** At most this many images are given to the gradient-free attacks at an epsilon. */
const gradientFreeImages = 50;
const randomTries = 10;
const spsa = { steps: 10, pairs: 16 };

/** Attacks at every epsilon and at the full range, and compares. docs/audit has a page for each comparison. */
export async function compareAttacks(
  comparison: Comparison,
): Promise<{ checks: AuditCheck[]; epsilons: EpsilonResult[] }> {
  const { epsilons, fullRange, chosen } = comparison;
  const correct = chosen.labels.length;
  const outcomes: Outcome[] = [];
  if (correct > 0) {
    for (const [index, epsilon] of [...epsilons, fullRange].entries()) {
      comparison.onEpsilon(epsilon, index);
      outcomes.push(await attackAt(comparison, epsilon));
    }
  }
  return {
    checks: checksOf(comparison, outcomes, correct),
    epsilons: outcomes.map(({ epsilon, whiteBoxAccuracy, accuracy, missed, runs }) => ({
      epsilon,
      whiteBoxAccuracy,
      accuracy,
      missed,
      runs,
    })),
  };
}

async function attackAt(comparison: Comparison, epsilon: number): Promise<Outcome> {
  const { probe, stabilised, twin, chosen, norm, steps, restarts, normals } = comparison;
  const ball: Ball = { norm, epsilon };
  const everyImage = [...chosen.labels.keys()];
  const draws = (attack: string) => startDraws(normals, `${attack}, ${norm}, epsilon ${epsilon}`);

  const whiteBox = startSearch(chosen, probe.inputs, everyImage);
  const runImages: number[] = [];
  if (probe.differentiable) {
    for (const [index, run] of runsOf(restarts).entries()) {
      const before = whiteBox.adversarial.size;
      await descend({ guide: probe, judge: probe }, whiteBox, ball, run, steps, draws(`run ${index}`));
      runImages.push(whiteBox.adversarial.size - before);
    }
  }
  const standing = whiteBox.standing();
  const missed: Partial<Record<Rival, number>> = {};
  const missedImages: Partial<Record<Rival, number>> = {};
  const broken = new Set(whiteBox.adversarial.keys());
  const fallen = new Set(broken);
  const tryRival = async (
    rival: Rival,
    numbers: readonly number[],
    attack: (search: Search) => Promise<void>,
  ) => {
    const search = startSearch(chosen, probe.inputs, numbers);
    await attack(search);
    for (const number of search.adversarial.keys()) fallen.add(number);
    const found = search.adversarial.size;
    missedImages[rival] = found;
    missed[rival] = found === 0 ? 0 : ((found / numbers.length) * standing.length) / everyImage.length;
  };
  if (probe.differentiable)
    await tryRival('one step', standing, (search) => takeOneStep(probe, search, ball));
  await tryRival('random perturbation', standing, (search) =>
    tryRandomPerturbations(probe, search, ball, randomTries, draws('random')),
  );
  for (const [rival, guide] of [
    ['stabilised gradients', stabilised],
    ['transfer', twin],
  ] as const) {
    if (guide === undefined) continue;
    await tryRival(rival, standing, async (search) => {
      // Stabilised gradients are directions already, of which a difference says nothing more.
      for (const [index, run] of runsOf(rival === 'transfer' ? 1 : 0).entries()) {
        const at = { ...run, start: 'at the image' } as const;
        await descend({ guide, judge: probe }, search, ball, at, steps, draws(`${rival} ${index}`));
      }
    });
  }
  await tryRival('gradient free', evenlyOf(standing, gradientFreeImages), async (search) => {
    await moveTowardsOthers(probe, search, ball, comparison.aims);
    await squareAttack(probe, search, ball, comparison.queries, draws('square'));
    await spsaAttack(probe, search, ball, spsa, draws('SPSA'));
  });
  return {
    epsilon,
    whiteBoxAccuracy: standing.length / everyImage.length,
    accuracy: 1 - fallen.size / everyImage.length,
    missed,
    missedImages,
    runs: runImages.map((count) => count / everyImage.length),
    runImages,
    broken,
    refuted: await verifyStored(probe, whiteBox, ball),
  };
}

function checksOf(
  { probe, stabilised, twin }: Comparison,
  outcomes: readonly Outcome[],
  correct: number,
): AuditCheck[] {
  const absent = !probe.differentiable ? 'The classifier offers no gradients.' : undefined;
  const none = correct === 0 ? 'No image is classified correctly.' : absent;
  const unless = (name: AuditCheckName, reason: string | undefined, check: () => AuditCheck) =>
    reason === undefined ? check() : notMeasured(name, reason);
  const rival = (name: Rival, reason = none) => unless(name, reason, () => checkRival(name, outcomes));
  return [
    unless('restarts', none, () => checkRestarts(outcomes)),
    rival('one step'),
    rival('random perturbation'),
    rival('gradient free'),
    rival('stabilised gradients', none ?? (stabilised ? undefined : 'No stabilised gradients were given.')),
    rival('transfer', none ?? (twin ? undefined : 'No twin was given.')),
    unless('larger budget', none, () => checkLargerBudget(outcomes, correct)),
    unless('full range', none, () => checkFullRange(outcomes, correct)),
    unless('verified adversarials', none, () => checkVerified(outcomes)),
  ];
}

function checkRestarts(outcomes: readonly Outcome[]): AuditCheck {
  const worst = largestBy(outcomes, ({ runs }) => runs.at(-1) ?? 0);
  const share = worst.runs.at(-1) ?? 0;
  const status = gradedShare(share, worst.runImages.at(-1) ?? 0, auditThresholds.restarts);
  return {
    name: 'restarts',
    status,
    measured: { share, epsilon: worst.epsilon },
    limits: auditThresholds.restarts,
    sentence: `The last run of the white-box attack alone broke ${percent(share)} of the images at epsilon ${worst.epsilon}.`,
  };
}

function checkRival(name: Rival, outcomes: readonly Outcome[]): AuditCheck {
  const worst = largestBy(outcomes, ({ missed }) => missed[name] ?? 0);
  const share = worst.missed[name] ?? 0;
  const status = gradedShare(share, worst.missedImages[name] ?? 0, auditThresholds.missedByWhiteBox);
  return {
    name,
    status,
    measured: { share, images: worst.missedImages[name] ?? 0, epsilon: worst.epsilon },
    limits: auditThresholds.missedByWhiteBox,
    sentence:
      share === 0
        ? `${titles[name]} broke nothing that the white-box attack had missed.`
        : `${titles[name]} broke ${percent(share)} of the images that the white-box attack had missed at epsilon ${worst.epsilon}.`,
  };
}

const titles: Readonly<Record<Rival, string>> = {
  'one step': 'A single step',
  'random perturbation': 'Random perturbation',
  'gradient free': 'Attacks without gradients',
  'stabilised gradients': 'The same attack with stabilised gradients',
  transfer: 'Transfer from the twin',
};

function checkLargerBudget(outcomes: readonly Outcome[], correct: number): AuditCheck {
  const pairs = outcomes.flatMap((small, index) =>
    outcomes.slice(index + 1).map((large) => ({
      small: small.epsilon,
      large: large.epsilon,
      images: [...small.broken].filter((number) => !large.broken.has(number)).length,
    })),
  );
  const worst = pairs.reduce((a, b) => (b.images > a.images ? b : a), { small: 0, large: 0, images: 0 });
  const share = worst.images / correct;
  return {
    name: 'larger budget',
    status: gradedShare(share, worst.images, auditThresholds.missedByWhiteBox),
    measured: { share, images: worst.images, smaller: worst.small, larger: worst.large },
    limits: auditThresholds.missedByWhiteBox,
    sentence:
      worst.images === 0
        ? 'What falls at an epsilon falls at every larger one.'
        : `${percent(share)} of the images fall at epsilon ${worst.small} and stand at ${worst.large}.`,
  };
}

function checkFullRange(outcomes: readonly Outcome[], correct: number): AuditCheck {
  const last = outcomes.at(-1);
  const share = last?.whiteBoxAccuracy ?? 1;
  return {
    name: 'full range',
    status: gradedShare(share, Math.round(share * correct), auditThresholds.fullRange),
    measured: { share, epsilon: last?.epsilon ?? 0 },
    limits: auditThresholds.fullRange,
    sentence: `Where every image is allowed, ${share === 0 ? 'none' : percent(share)} of the images stand${share === 0 ? 's' : ''}.`,
  };
}

function checkVerified(outcomes: readonly Outcome[]): AuditCheck {
  const stored = outcomes.reduce((sum, { broken }) => sum + broken.size, 0);
  const refuted = outcomes.reduce((sum, outcome) => sum + outcome.refuted, 0);
  const share = stored === 0 ? 0 : refuted / stored;
  return {
    name: 'verified adversarials',
    status:
      refuted === 0
        ? 'pass'
        : gradedShare(share, refuted, auditThresholds.unverified) === 'fail'
          ? 'fail'
          : 'warn',
    measured: { share, stored, refuted },
    limits: auditThresholds.unverified,
    sentence:
      refuted === 0
        ? `All ${stored} adversarial images were adversarial when checked again.`
        : `${refuted} of ${stored} adversarial images were not when checked again.`,
  };
}

function largestBy(outcomes: readonly Outcome[], figure: (outcome: Outcome) => number): Outcome {
  return outcomes.reduce((a, b) => (figure(b) > figure(a) ? b : a));
}

function evenlyOf(numbers: readonly number[], most: number): number[] {
  if (numbers.length <= most) return [...numbers];
  return Array.from(
    { length: most },
    (_, index) => numbers[Math.floor((index * numbers.length) / most)] as number,
  );
}

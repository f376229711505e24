import { type ClaimInput, type MeasuredModel, paperCClaims } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';

type Seed = NonNullable<MeasuredModel['perSeed']>[number];

interface Planted {
  readonly accuracy: number;
  readonly fgsm: number;
  readonly kurtosis: number;
  /** Of the first and the last hidden layer. */
  readonly silhouettes: readonly [number, number];
  readonly largest: number;
  readonly effectiveRank: number;
  readonly verdict: 'trustworthy' | 'masked';
  /** Share of the 90 correct of 100 audited images that stand. */
  readonly standing: number;
}

const shifts = [-0.002, -0.001, 0, 0.001, 0.002];

function model(planted: Planted): MeasuredModel {
  const perSeed = shifts.map((shift) => seed(planted, shift));
  return { ...seed(planted, 0), perSeed };
}

/** A seed whose figures are off by `shift`, in another order than in other models. */
function seed(planted: Planted, shift: number): Seed {
  const error = planted.fgsm + shift;
  const layers = ['layer 1', 'layer 2', 'readout'];
  const calls = { forward: 1, gradient: 1 };
  return {
    accuracy: planted.accuracy + shift,
    criticalDistance: {},
    measurements: {
      'adversarial-error': {
        fgsm: { images: 100, epsilon: [0.05, 0.25, 0.3], error: [error / 2, error, error], calls },
      },
      'weight-kurtosis': {
        layers: layers.map((layer) => ({
          layer,
          excessKurtosis: planted.kurtosis + 10 * shift,
          normRatio: 0.8,
        })),
      },
      'layer-similarity': {
        drawn: [1, 1],
        layers: layers.map((layer, index) => ({
          layer,
          silhouette: (planted.silhouettes[index] ?? 0) + shift * (index + 1),
          silhouetteByClass: [],
          withinClasses: 1,
          acrossClasses: 0,
          directionless: 0,
          matrix: [],
        })),
      },
      'jacobian-paths': {
        pairs: 1,
        singularValues: [],
        largest: planted.largest + shift,
        effectiveRank: planted.effectiveRank + shift,
      },
      audit: {
        verdict: planted.verdict,
        checks: {},
        epsilons: [
          { epsilon: 0.25, whiteBoxAccuracy: 1, accuracy: planted.standing + shift },
          { epsilon: 1, whiteBoxAccuracy: 0, accuracy: 0 },
        ],
        images: 100,
        correct: 90,
      },
    },
  };
}

const vanilla: Planted = {
  accuracy: 0.98,
  fgsm: 0.9,
  kurtosis: 0.5,
  silhouettes: [0.1, 0.3],
  largest: 10,
  effectiveRank: 8,
  verdict: 'trustworthy',
  standing: 0.1,
};

/** What the paper and its critique say of every network, with room. */
function asPublished(changes: Partial<Planted> = {}): ClaimInput {
  const models = Object.fromEntries(
    ['sigmoid', 'relu', 'cnn'].flatMap((name) => [
      [name, model(vanilla)],
      [`${name}-fgsm`, model({ ...vanilla, fgsm: 0.2 })],
      [`${name}-pgd`, model({ ...vanilla, fgsm: 0.15, standing: 0.6 })],
      [
        `${name}-saturated`,
        model({
          accuracy: 0.975,
          fgsm: 0.05,
          kurtosis: 5,
          silhouettes: [0.2, 0.6],
          largest: 1,
          effectiveRank: 3,
          verdict: 'masked',
          standing: 0.05,
          ...changes,
        }),
      ],
    ]),
  );
  const curve = (theory: number) => ({ theory, measured: shifts.map((shift) => theory + shift) });
  const shape = (b: number, linf: number) => ({
    shape: b,
    kurtosis: curve(0),
    normRatio: curve(0.8),
    cleanError: curve(0.02),
    linfError: curve(linf),
    l2Error: curve(0.16),
  });
  const linear = { linfEpsilon: 0.1, l2Epsilon: 1, shapes: [shape(1, 0.2), shape(2, 0.34), shape(10, 0.4)] };
  return { models, testImages: 100, experiments: { 'linear-kurtosis': linear } };
}

const failing = (input: ClaimInput) =>
  paperCClaims(input).flatMap(({ claim, verdict }) => (verdict === 'fails' ? [claim] : []));

describe('paperCClaims', () => {
  it('finds both halves in results that were made to say so', () => {
    const claims = paperCClaims(asPublished());
    expect(claims.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    // Ten of each network, one of linear classifiers.
    expect(claims).toHaveLength(31);
  });

  it('counts images that were wrong from the start as errors of the audit', () => {
    const [left] = paperCClaims(asPublished()).filter(({ claim }) => claim.includes('is not real'));
    // 1 - 0.05 * 90 / 100.
    expect(left?.evidence).toContain('error at 0.25 0.955 [');
  });

  it.each<[Partial<Planted>, RegExp]>([
    [{ fgsm: 0.12 }, /at most 7 % error/],
    [{ accuracy: 0.9 }, /clean accuracy/],
    [{ fgsm: 0.3 }, /than after adversarial training/],
    [{ kurtosis: 0.1 }, /heavier tails of the weights/],
    [{ silhouettes: [0.6, 0.2] }, /classes separate/],
    [{ largest: 20 }, /flatter map/],
    [{ verdict: 'trustworthy' }, /masked gradients/],
    [{ standing: 1.1 }, /is not real/],
    [{ standing: 0.9 }, /no more accurate/],
  ])('fails the claim that %o contradicts', (changes, claim) => {
    expect(failing(asPublished(changes))).toEqual(expect.arrayContaining([expect.stringMatching(claim)]));
  });

  it('leaves what was not measured, or with one seed, undecided', () => {
    const { models } = asPublished();
    const { perSeed: _, ...single } = models['relu-saturated'] as MeasuredModel;
    const claims = paperCClaims({ models: { ...models, 'relu-saturated': single }, testImages: 100 });
    const undecided = claims.filter(({ verdict }) => verdict === 'undecided').map(({ claim }) => claim);
    expect(undecided).toHaveLength(11);
    expect(undecided.filter((claim) => claim.startsWith('relu'))).toHaveLength(10);
  });

  it('speaks of the first and the last layer where no network was measured', () => {
    const [evidence] = paperCClaims({ models: {}, testImages: 100 })
      .filter(({ claim }) => claim.includes('classes separate'))
      .map((claim) => claim.evidence);
    expect(evidence).toContain('silhouette, the last layer - the first layer: not measured');
  });
});

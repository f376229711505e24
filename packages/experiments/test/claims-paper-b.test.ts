import { paperBClaims, paperBHierarchyClaims } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';

type Input = Parameters<typeof paperBClaims>[0];

/** What the claims read of one seed. */
interface Planted {
  readonly accuracy: number;
  /** Of every attack, at two epsilons. */
  readonly budget: readonly [number, number];
  /** The same where the penalty is attacked too; absent without one. */
  readonly withIsometry?: readonly [number, number];
  readonly correlation: number;
  readonly slope: number;
  readonly residual: number;
}

const epsilon = [0.01, 1];

function seedOf({ accuracy, budget, withIsometry, correlation, slope, residual }: Planted) {
  const curves = (values: readonly number[]) =>
    Object.fromEntries(
      ['fgsm', 'pgd', 'clean-gradient-pgd'].map((attack) => [attack, { epsilon, accuracy: values }]),
    );
  const line = { pairs: 10, intercept: 0, slope, correlation };
  return {
    accuracy,
    criticalDistance: {},
    measurements: {
      'fixed-budget': {
        images: 100,
        curves: {
          'cross-entropy': curves(budget),
          ...(withIsometry === undefined ? {} : { 'with-isometry': curves(withIsometry) }),
        },
      },
      isometry: {
        images: 100,
        ...(withIsometry === undefined ? {} : { factor: 10 }),
        layers: [{ layer: 'hidden 1', pairs: 10, intercept: 0, slope: 9, correlation: 0.1 }, line],
        boundary: [{ layer: 'hidden 2', residualCorrelation: residual, groups: [] }],
        shown: { input: [], boundary: [], layers: [] },
      },
    },
  };
}

function modelOf(seeds: readonly Planted[]) {
  const perSeed = seeds.map(seedOf);
  return { ...perSeed[0], perSeed } as unknown as Input['models'][string];
}

const cse: Planted = { accuracy: 0.97, budget: [0.8, 0.1], correlation: 0.5, slope: 0.5, residual: 0 };
const beta: Planted = {
  accuracy: 0.97,
  budget: [0.7, 0.1],
  withIsometry: [0.9, 0.5],
  correlation: 0.95,
  slope: 0.1,
  residual: -0.4,
};
const jittered = (planted: Planted, by: number): Planted => ({
  ...planted,
  accuracy: planted.accuracy + by,
  correlation: planted.correlation + by,
  residual: planted.residual + by,
});
const models = {
  cse: modelOf([cse, cse]),
  'beta-1e-1': modelOf([jittered(beta, 0.001), jittered(beta, -0.001)]),
};

function verdictOf(claims: ReturnType<typeof paperBClaims>, start: string): string | undefined {
  return claims.find(({ claim }) => claim.startsWith(start))?.verdict;
}

describe('paperBClaims', () => {
  const claims = paperBClaims({ models, testImages: 1000 });

  it('judges robustness on the cross-entropy apart from that on the loss of the training', () => {
    // Means over epsilon: (0.7 + 0.1) / 2 = 0.40 against 0.45, and (0.9 + 0.5) / 2 = 0.70 against 0.45.
    const attack = (loss: string) => `Robustness to PGD on ${loss}`;
    expect(verdictOf(claims, attack('the cross-entropy'))).toBe('fails');
    expect(verdictOf(claims, attack('the loss of the training'))).toBe('holds');
    const evidence = claims.find(({ claim }) => claim.startsWith(attack('the loss')))?.evidence;
    expect(evidence).toContain('beta-1e-1 - cse 0.250 [0.250, 0.250]');
  });

  it('judges the last hidden layer by correlation and K times the slope', () => {
    // 12.706 sqrt(2 x 0.001^2 / 1 / 2) = 0.0127: 0.95 +- 0.0127 is above 0.9; 10 x 0.1 is 1.
    expect(verdictOf(claims, 'The last hidden layer of beta-1e-1 is isometric')).toBe('holds');
    const flatter = { ...beta, slope: 0.05 };
    const others = paperBClaims({
      models: { ...models, 'beta-1e-1': modelOf([flatter, flatter]) },
      testImages: 1,
    });
    expect(verdictOf(others, 'The last hidden layer of beta-1e-1 is isometric')).toBe('fails');
    expect(verdictOf(claims, 'The last hidden layer of beta-1e-1 is more isometric')).toBe('holds');
    expect(verdictOf(claims, 'Isometry of beta-1e-1 breaks near')).toBe('holds');
  });

  it('judges the accuracy over seeds', () => {
    // The mean difference is 0 with a half width of 12.706 x 0.001 = 0.0127, beyond the tolerance of 0.01.
    expect(verdictOf(claims, 'Accuracy kept: beta-1e-1')).toBe('undecided');
  });

  it('decides nothing but the accuracy from one seed', () => {
    const single = { cse: seedOf(cse), 'beta-1': seedOf(beta) } as unknown as Input['models'];
    const verdicts = paperBClaims({ models: single, testImages: 1_000_000 });
    expect(verdictOf(verdicts, 'Accuracy kept')).toBe('holds');
    expect(new Set(verdicts.slice(1).map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
  });
});

describe('paperBHierarchyClaims', () => {
  const seed = (coarse: number, distance: number) => ({
    accuracy: 0.9,
    criticalDistance: {},
    measurements: {
      hierarchy: {
        treeDistance: { mean: distance },
        // The first of two states and the finest level are not looked at.
        levels: [coarse, 0].map((correlation) => ({ distances: [{ correlation: 1 }, { correlation }] })),
      },
    },
  });
  const model = (coarse: number, distance: number) => {
    const perSeed = [seed(coarse, distance), seed(coarse, distance)];
    return { ...perSeed[0], perSeed };
  };

  it('holds where coarse distances and the tree are kept, and fails where they are not', () => {
    const judged = (hierarchy: object, flat: object) =>
      paperBHierarchyClaims({ models: { hierarchy, flat }, testImages: 1 } as unknown as Input).map(
        ({ verdict }) => verdict,
      );
    expect(judged(model(0.8, 0.2), model(0.6, 0.3))).toEqual(['holds', 'holds']);
    expect(judged(model(0.6, 0.3), model(0.8, 0.2))).toEqual(['fails', 'fails']);
  });
});

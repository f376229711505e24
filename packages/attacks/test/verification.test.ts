import { verifyAdversarial } from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';
import { comparison } from './helpers/classifiers.js';

const images = Float32Array.of(0.5, 0.375);
const labels = Uint8Array.of(0);
const { bounds } = comparison;
const linf = { kind: 'linf', epsilon: 0.125 } as const;

describe('verification of an adversarial image', () => {
  it('confirms what is misclassified, within the budget and within the bounds', async () => {
    const adversarial = Float32Array.of(0.375, 0.5);
    const verdicts = await verifyAdversarial(comparison, {
      images,
      labels,
      adversarial,
      budget: linf,
      bounds,
    });
    expect(verdicts).toEqual([{ kind: 'verified', distance: Math.hypot(0.125, 0.125), linfDistance: 0.125 }]);
  });

  it('refutes what is classified correctly', async () => {
    const request = { images, labels, adversarial: images, budget: linf, bounds };
    expect(await verifyAdversarial(comparison, request)).toEqual([
      { kind: 'refuted', reason: 'classified as 0, which is right, when asked again' },
    ]);
  });

  it.each([
    ['linf', 0.125],
    // The L2 distance is 0.177 where the Linf distance is 0.125.
    ['l2', 0.17],
  ] as const)('refutes what lies beyond the %s budget', async (kind, epsilon) => {
    const adversarial = Float32Array.of(0.375, kind === 'linf' ? 0.50001 : 0.5);
    const request = { images, labels, adversarial, budget: { kind, epsilon }, bounds };
    expect(await verifyAdversarial(comparison, request)).toEqual([
      { kind: 'refuted', reason: 'lies further from its image than the budget allows' },
    ]);
  });

  it('refutes what lies outside the bounds', async () => {
    const adversarial = Float32Array.of(0.5, 1.25);
    const budget = { kind: 'none' } as const;
    expect(await verifyAdversarial(comparison, { images, labels, adversarial, budget, bounds })).toEqual([
      { kind: 'refuted', reason: 'value 1.25 lies outside the bounds' },
    ]);
  });

  it('confirms the same where neither a budget nor bounds are asked for', async () => {
    const adversarial = Float32Array.of(0.5, 1.25);
    const request = {
      images,
      labels,
      adversarial,
      budget: { kind: 'none' },
      bounds: { kind: 'unbounded' },
    } as const;
    expect(await verifyAdversarial(comparison, request)).toEqual([
      { kind: 'verified', distance: 0.875, linfDistance: 0.875 },
    ]);
  });

  it('refuses adversarial images of another number', async () => {
    const request = { images, labels, adversarial: new Float32Array(4), budget: linf, bounds };
    await expect(verifyAdversarial(comparison, request)).rejects.toThrow(
      'verifyAdversarial: expected as many adversarial values as image values, 2, got 4',
    );
  });
});

import { learningRateAt, type Schedule } from '@hebblab/models';
import { describe, expect, it } from 'vitest';
import { readVectors } from './support/vectors.js';

const { schedule: published } = readVectors('kh.json') as {
  schedule: { epochs: number; eps0: number; learningRates: number[] };
};

describe('a learning rate', () => {
  it('falls linearly over epochs 1 to epochs - 1, as published', () => {
    const { epochs, eps0, learningRates } = published;
    const schedule: Schedule = { kind: 'linear', value: eps0 };
    const rates = Array.from({ length: epochs - 1 }, (_, index) =>
      learningRateAt(schedule, index + 1, epochs),
    );
    expect(rates).toHaveLength(learningRates.length);
    rates.forEach((rate, index) => {
      expect(rate).toBeCloseTo(learningRates[index] as number, 12);
    });
  });

  it('keeps a constant', () => {
    expect(learningRateAt({ kind: 'constant', value: 0.1 }, 7, 10)).toBe(0.1);
  });

  it('takes the step that the epoch is in, as the SHLP of arXiv 2405.00679', () => {
    const schedule: Schedule = {
      kind: 'steps',
      steps: [
        { until: 30, value: 1e-3 },
        { until: 90, value: 5e-4 },
      ],
      after: 1e-5,
    };
    const rates = [1, 30, 31, 90, 91, 1000].map((epoch) => learningRateAt(schedule, epoch, 1000));
    expect(rates).toEqual([1e-3, 1e-3, 5e-4, 5e-4, 1e-5, 1e-5]);
  });
});

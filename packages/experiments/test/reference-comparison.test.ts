import {
  compareWithReference,
  independentPaperA,
  type ModelConfig,
  publishedPaperA,
  type ReferenceRequest,
} from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';

const spectrum = { fit: [10, 500] as const, eigenvalues: [] };

function shlp(epochs: number): ReferenceRequest {
  const settings: ModelConfig = {
    kind: 'backpropagation',
    hidden: 2000,
    power: 1,
    epochs,
    batchSize: 1000,
    learningRate: { kind: 'constant', value: 1e-3 },
    penalties: [],
  };
  const fgsm = { median: 0.049, q25: 0.02, q75: 0.08, found: 500, total: 500, unverified: 0 };
  return {
    models: {
      shlp: {
        accuracy: 0.57,
        criticalDistance: { fgsm },
        spectrum: { images: { ...spectrum, alpha: 2.9 }, noise: spectrum },
      },
    },
    settings: { shlp: settings },
  };
}

describe('compareWithReference', () => {
  it('sets each figure that both have beside the other, and says whether they agree', () => {
    // 0.57 - 0.556 = 0.014 > 0.01; 0.049 / 0.048 = 1.021; 2.9 / 2.93 = 0.990. No alpha on noise here.
    expect(compareWithReference(shlp(165), independentPaperA)).toEqual([
      {
        model: 'shlp',
        figure: 'test accuracy',
        here: 0.57,
        reference: 0.556,
        sameBudget: true,
        agrees: false,
      },
      expect.objectContaining({ here: 0.049, reference: 0.048, sameBudget: true, agrees: true }),
      { model: 'shlp', figure: 'alpha images', here: 2.9, reference: 2.93, sameBudget: true, agrees: true },
    ]);
  });

  it('tells a run of other epochs, whose figures differ for that alone', () => {
    const rows = compareWithReference(shlp(165), publishedPaperA);
    expect(rows.map(({ sameBudget }) => sameBudget)).toEqual([false, false, false]);
    // 0.049 / 0.040 = 1.225
    expect(rows[1]).toMatchObject({ agrees: false });
  });
});

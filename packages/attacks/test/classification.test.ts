import { classifierFromFunctions, crossEntropy, logarithmicGrid, predictedClass } from '@hebblab/attacks';
import { describe, expect, it } from 'vitest';

describe('the predicted class', () => {
  it('is the largest logit of its row', () => {
    expect(predictedClass(Float32Array.of(9, 0, 0, 1, 3, 2), 3, 1)).toBe(1);
  });

  it('is the lower index of a tie', () => {
    expect(predictedClass(Float32Array.of(0, 2, 2), 3, 0)).toBe(1);
  });

  it('refuses a row that is not there and logits that are not finite', () => {
    expect(() => predictedClass(Float32Array.of(0, 1), 2, 1)).toThrow(
      'predictedClass: expected a sample of 2 logits, got sample 1 of 2 values',
    );
    expect(() => predictedClass(Float32Array.of(0, Number.NaN), 2, 0)).toThrow(
      'predictedClass: expected finite logits, got NaN for class 1 of sample 0',
    );
  });
});

describe('cross-entropy', () => {
  it('is the logarithm of the number of classes for equal logits', () => {
    expect(crossEntropy(Float32Array.of(7, 7, 7, 7), Uint8Array.of(2), 4)[0]).toBeCloseTo(Math.log(4), 12);
  });

  it('does not overflow', () => {
    // log(1 + e^-2000) = 0 and 2000 in float64.
    const losses = crossEntropy(Float32Array.of(1000, -1000, 1000, -1000), Uint8Array.of(0, 1), 2);
    expect(Array.from(losses)).toEqual([0, 2000]);
  });

  it('refuses labels that are no class and rows that do not fit', () => {
    expect(() => crossEntropy(Float32Array.of(0, 1), Uint8Array.of(2), 2)).toThrow(
      'crossEntropy: expected labels below 2, got 2 at sample 0',
    );
    expect(() => crossEntropy(Float32Array.of(0, 1, 2), Uint8Array.of(1), 2)).toThrow(
      'crossEntropy: expected 1 x 2 logits, one row for each label, got 3 values',
    );
  });
});

describe('the logarithmic grid', () => {
  it('includes both ends and keeps the ratio', () => {
    expect(logarithmicGrid(-2, 2, 5)).toEqual([0.01, 0.1, 1, 10, 100]);
  });

  it('refuses what is no ascending grid', () => {
    expect(() => logarithmicGrid(1, 1, 5)).toThrow(
      'logarithmicGrid: expected ascending exponents, got 1 and 1',
    );
    expect(() => logarithmicGrid(0, 1, 1)).toThrow('logarithmicGrid: expected at least 2 values, got 1');
  });
});

describe('a classifier from functions of one image', () => {
  const functions = {
    inputs: 2,
    classes: 2,
    bounds: { kind: 'unbounded' } as const,
    logits: (image: Float32Array) => Array.from(image),
  };

  it('answers for each image of a batch', async () => {
    const answers = await classifierFromFunctions(functions).logits(Float32Array.of(1, 2, 3, 4), 2);
    expect(answers).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('gives each gradient function the label of its image', async () => {
    const classifier = classifierFromFunctions({
      ...functions,
      lossGradient: ([x = 0], label) => [x, label],
    });
    const gradient = await classifier.lossGradient(Float32Array.of(5, 0, 6, 0), Uint8Array.of(1, 0), 2);
    expect(gradient).toEqual(Float32Array.of(5, 1, 6, 0));
  });

  it('refuses an answer of the wrong length', async () => {
    const classifier = classifierFromFunctions({ ...functions, logits: () => [1, 2, 3] });
    await expect(classifier.logits(new Float32Array(2), 1)).rejects.toThrow(
      'classifierFromFunctions: expected 2 values from logits, got 3',
    );
  });

  it('refuses numbers that make no sense', () => {
    expect(() => classifierFromFunctions({ ...functions, inputs: 0 })).toThrow(
      'classifierFromFunctions: expected a positive number of inputs, got 0',
    );
    expect(() => classifierFromFunctions({ ...functions, classes: 257 })).toThrow(
      'classifierFromFunctions: expected 2 to 256 classes, got 257',
    );
    expect(() =>
      classifierFromFunctions({ ...functions, bounds: { kind: 'box', lower: 1, upper: 1 } }),
    ).toThrow('classifierFromFunctions: expected bounds with lower < upper, got 1 and 1');
  });
});

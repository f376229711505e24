import { fitLine, pearson, spearman } from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('fitLine', () => {
  it('is the least-squares line', () => {
    // Deviations of x: -1, 0, 1; of y: -2, 1, 1: product 3, squares 2 and 6.
    const { slope, intercept, correlation } = fitLine([1, 2, 3], [0, 3, 3]);
    expect(slope).toBeCloseTo(1.5, 12);
    expect(intercept).toBeCloseTo(2 - 1.5 * 2, 12);
    expect(correlation).toBeCloseTo(3 / Math.sqrt(12), 12);
  });

  it('has slope 0 and no correlation where y does not vary', () => {
    expect(fitLine([1, 2, 4], [0.1, 0.1, 0.1])).toEqual({
      slope: 0,
      intercept: 0.1,
      correlation: undefined,
    });
  });

  it('refuses x that does not vary', () => {
    expect(() => fitLine([0.1, 0.1, 0.1], [1, 2, 3])).toThrow('x that varies, got 3 equal values');
  });
});

describe('pearson', () => {
  it('is 1 or -1 on a line, whatever its slope', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: -50, max: 50 }), (slope, shift) => {
        const x = [0, 1, 3, 4, 9];
        const line = x.map((value) => slope * value + shift);
        expect(pearson(x, line)).toBeCloseTo(1, 12);
        expect(
          pearson(
            x,
            line.map((value) => -value),
          ),
        ).toBeCloseTo(-1, 12);
      }),
    );
  });

  it('does not exist where one does not vary', () => {
    expect(pearson([1, 2], [5, 5])).toBeUndefined();
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeUndefined();
  });

  it('refuses arrays that do not fit or are not finite', () => {
    expect(() => pearson([1, 2], [1])).toThrow('one length, at least 2, got 2 and 1 values');
    expect(() => pearson([1, 2], [1, Number.NaN])).toThrow('finite values, got NaN');
  });
});

describe('spearman', () => {
  it('is 1 for any rising relation', () => {
    expect(spearman([1, 2, 3, 4], [1, 10, 11, 1e6])).toBeCloseTo(1, 12);
  });

  it('is 1 - 6 sum d^2 / (n (n^2 - 1)) without ties', () => {
    // Ranks 1..5 against 2, 1, 4, 3, 5: d^2 sums to 4, so 1 - 24 / 120.
    expect(spearman([10, 20, 30, 40, 50], [7, 6, 9, 8, 12])).toBeCloseTo(0.8, 12);
  });

  it('gives equal values their mean rank', () => {
    // Ranks (1.5, 1.5, 3, 4) and (1, 2, 3, 4): deviations (-1, -1, 0.5, 1.5) and (-1.5, -0.5, 0.5, 1.5), so
    // products 4.5 in all and squares 4.5 and 5.
    expect(spearman([4, 4, 9, 10], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });
});

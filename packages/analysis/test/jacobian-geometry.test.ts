import {
  jacobianEffectiveRanks,
  jacobianNorms,
  jacobianSingularValues,
  singularValues,
} from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networks } from './helpers/network-vectors.js';
import { normalNumbers } from './helpers/random-numbers.js';
import { expectClose } from './helpers/vectors.js';

describe.each(networks)('reference Jacobians of a $activation network', (vectors) => {
  const [count, classes, inputs] = vectors.jacobian.shape;
  const jacobians = Float64Array.from(vectors.jacobian.data);

  it('have the Frobenius norms', () => {
    const norms = jacobianNorms(jacobians, { count, classes, inputs });
    expectClose(norms, vectors.jacobianFrobenius.data, 1e-10);
  });

  it('have the singular values', () => {
    const values = jacobianSingularValues(jacobians, { count, classes, inputs });
    expectClose(values, vectors.jacobianSingularValues.data, 1e-10);
  });
});

describe('singularValues', () => {
  it('gives those of a matrix made of known ones', () => {
    // A reflection I - 2 v v' / v'v of each side around diag(5, 2, 1e-9): small values keep their digits.
    const known = [5, 2, 1e-9];
    const left = reflection([1, 2, 3]);
    const right = reflection([1, -1, 2, 5]);
    const matrix = Float64Array.from({ length: 12 }, (_, i) => {
      const row = Math.floor(i / 4);
      return known.reduce((sum, value, k) => sum + left(row, k) * value * right(k, i % 4), 0);
    });
    const measured = singularValues(matrix, { rows: 3, columns: 4 });
    // The entries are rounded to 1e-16 of 5, which moves a singular value by no more.
    known.forEach((value, k) => {
      expect(Math.abs((measured[k] as number) - value)).toBeLessThan(1e-14);
    });
  });

  it('is the same for the transposed matrix', () => {
    const wide = normalNumbers(3, 60);
    const tall = wide.map((_, i) => wide[(i % 5) * 12 + Math.floor(i / 5)] as number);
    expectClose(
      singularValues(tall, { rows: 12, columns: 5 }),
      singularValues(wide, { rows: 5, columns: 12 }),
      1e-14,
    );
  });

  it('has the sum of squares of the matrix, at any scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom(1e-200, 1e-40, 1, 1e150),
        (rows, columns, seed, scale) => {
          const matrix = Float64Array.from(normalNumbers(seed, rows * columns));
          const squares = matrix.reduce((sum, value) => sum + value * value, 0);
          const values = singularValues(
            matrix.map((value) => value * scale),
            { rows, columns },
          );
          const fromValues = values.reduce((sum, value) => sum + (value / scale) ** 2, 0);
          expect(Math.abs(fromValues / squares - 1)).toBeLessThan(1e-12);
          expect([...values]).toEqual([...values].sort((a, b) => b - a));
        },
      ),
    );
  });

  it('gives zeros for zeros and for rank that is missing', () => {
    expect([...singularValues(new Float64Array(6), { rows: 2, columns: 3 })]).toEqual([0, 0]);
    // Rows (1, 2) and (2, 4): rank 1, with 1 + 4 + 4 + 16 = 25 as the sum of squares.
    const [first, second] = singularValues(Float64Array.of(1, 2, 2, 4), { rows: 2, columns: 2 });
    expect(first).toBeCloseTo(5, 14);
    expect(second).toBeLessThan(1e-15);
  });

  it('refuses values that are not finite', () => {
    expect(() => singularValues(Float64Array.of(1, Number.NaN), { rows: 2, columns: 1 })).toThrow(
      'singularValues: expected finite values, got NaN in row 1',
    );
  });
});

describe('jacobianEffectiveRanks', () => {
  it('is the number of equal singular values', () => {
    expect([...jacobianEffectiveRanks(Float64Array.of(3, 3, 3, 0, 7, 0, 0, 0), 4)]).toEqual([
      expect.closeTo(3, 12),
      expect.closeTo(1, 12),
    ]);
  });

  it('is exp of the entropy of their shares', () => {
    // Shares 3/4 and 1/4.
    const [rank] = jacobianEffectiveRanks(Float64Array.of(3e-200, 1e-200), 2);
    expect(rank).toBeCloseTo(Math.exp(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25)), 12);
  });

  it('is 0 for a Jacobian of zeros', () => {
    expect([...jacobianEffectiveRanks(new Float64Array(2), 2)]).toEqual([0]);
  });

  it('refuses values that are no singular values', () => {
    expect(() => jacobianEffectiveRanks(Float64Array.of(1, -1), 2)).toThrow('at least 0, got -1');
    expect(() => jacobianEffectiveRanks(Float64Array.of(1, 1, 1), 2)).toThrow('got [1.5, 2]');
  });
});

function reflection(vector: readonly number[]): (row: number, column: number) => number {
  const squares = vector.reduce((sum, value) => sum + value * value, 0);
  return (row, column) =>
    (row === column ? 1 : 0) - (2 * (vector[row] as number) * (vector[column] as number)) / squares;
}

import { principalPlane } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { covarianceOf, eigensystemOf } from './helpers/jacobi.js';
import { normalNumbers } from './helpers/random-numbers.js';

const near = (values: ArrayLike<number>) => Array.from(values, (value) => expect.closeTo(value, 10));

describe('principalPlane', () => {
  it('finds the directions of largest variance', () => {
    // +-3 along (0, 1, 0), +-1 along (3, 0, 4) / 5, about (1, 1, 1): scatter 18 and 2.
    const data = Float64Array.of(1, 4, 1, 1, -2, 1, 1.6, 1, 1.8, 0.4, 1, 0.2);
    const { axes, coordinates, explained } = principalPlane(data, { rows: 4, columns: 3 });
    expect([...axes]).toEqual(near([0, 1, 0, 0.6, 0, 0.8]));
    expect([...coordinates]).toEqual(near([3, 0, -3, 0, 0, 1, 0, -1]));
    expect(explained).toEqual(near([0.9, 0.1]));
  });

  it('agrees with the eigenvectors of the covariance, up to their signs', () => {
    const data = Float64Array.from(normalNumbers(3, 30 * 6), (value, i) => value * (1 + (i % 6)));
    const { values, vectors } = eigensystemOf(covarianceOf(data, 30, 6), 6);
    const { axes, explained } = principalPlane(data, { rows: 30, columns: 6 });
    const total = values.reduce((sum, value) => sum + value, 0);
    for (const axis of [0, 1]) {
      expect(explained[axis]).toBeCloseTo((values[axis] as number) / total, 10);
      const ours = axes.subarray(6 * axis, 6 * axis + 6);
      const theirs = vectors.subarray(6 * axis, 6 * axis + 6);
      const cosine = ours.reduce((sum, value, i) => sum + value * (theirs[i] as number), 0);
      expect(Math.abs(cosine)).toBeCloseTo(1, 8);
    }
  });

  it('has the same signs for mirrored data but for the mirror', () => {
    const data = Float64Array.from(normalNumbers(6, 20 * 4));
    const { axes } = principalPlane(data, { rows: 20, columns: 4 });
    expect([
      ...principalPlane(
        data.map((value) => -value),
        { rows: 20, columns: 4 },
      ).axes,
    ]).toEqual(near(axes));
    for (const axis of [axes.subarray(0, 4), axes.subarray(4)]) {
      expect(Math.max(...axis)).toBe(Math.max(...axis.map(Math.abs)));
    }
  });

  it('has orthonormal axes for points on a line and for a single place', () => {
    const line = Float64Array.from({ length: 30 }, (_, i) => Math.floor(i / 3) * ((i % 3) + 1));
    for (const data of [line, new Float64Array(30)]) {
      const { axes, explained, coordinates } = principalPlane(data, { rows: 10, columns: 3 });
      const product = (a: number, b: number) =>
        [0, 1, 2].reduce((sum, i) => sum + (axes[3 * a + i] as number) * (axes[3 * b + i] as number), 0);
      expect([product(0, 0), product(1, 1), product(0, 1)]).toEqual(near([1, 1, 0]));
      expect(explained[0]).toBeCloseTo(data === line ? 1 : 0, 10);
      expect(coordinates.every(Number.isFinite)).toBe(true);
    }
  });

  it('refuses data without two dimensions', () => {
    expect(() => principalPlane(new Float64Array(3), { rows: 3, columns: 1 })).toThrow('got 3 x 1');
    expect(() => principalPlane(new Float64Array(3), { rows: 2, columns: 2 })).toThrow('2 x 2 values, got 3');
  });
});

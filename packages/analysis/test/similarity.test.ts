import {
  classOrder,
  directionless,
  dissimilarities,
  layerSeparation,
  type SimilarityMeasure,
  silhouette,
  similarityMatrix,
} from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalNumbers } from './helpers/random-numbers.js';

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

describe('similarityMatrix', () => {
  it('gives correlations over the units', () => {
    // (1, 2, 3) with (2, 4, 6), (3, 2, 1), (1, 0, 1): 1, -1, 0.
    const rows = Float64Array.of(1, 2, 3, 2, 4, 6, 3, 2, 1, 1, 0, 1);
    const matrix = similarityMatrix(rows, { rows: 4, columns: 3 }, 'correlation', [0, 1, 2, 3]);
    expect([...matrix]).toEqual(near([1, 1, -1, 0, 1, 1, -1, 0, -1, -1, 1, 0, 0, 0, 0, 1]));
  });

  it('gives cosines', () => {
    const rows = Float64Array.of(1, 0, 5, 5, 0, 2);
    const matrix = similarityMatrix(rows, { rows: 3, columns: 2 }, 'cosine', [0, 1, 2]);
    const half = Math.SQRT1_2;
    expect([...matrix]).toEqual(near([1, half, 0, half, 1, half, 0, half, 1]));
  });

  it('gives Euclidean distances', () => {
    const matrix = similarityMatrix(
      Float32Array.of(1, 1, 4, 5),
      { rows: 2, columns: 2 },
      'euclidean',
      [0, 1],
    );
    expect([...matrix]).toEqual([0, 5, 5, 0]);
  });

  it('takes the images asked for in the order asked for', () => {
    const rows = Float32Array.of(0, 10, 30, 60);
    const matrix = similarityMatrix(rows, { rows: 4, columns: 1 }, 'euclidean', [3, 0, 2]);
    expect([...matrix]).toEqual([0, 60, 30, 60, 0, 30, 30, 30, 0]);
  });

  it('is symmetric, 1 on the diagonal, never above 1, and blind to scale (and, for correlation, to a shift)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 3, max: 6 }), (seed, columns) => {
        const rows = Float64Array.from(normalNumbers(seed, 4 * columns));
        for (const measure of ['correlation', 'cosine'] as const) {
          const shape = { rows: 4, columns };
          const matrix = similarityMatrix(rows, shape, measure, [0, 1, 2, 3]);
          const moved = rows.map((value) => 1e-30 * (value + (measure === 'correlation' ? 7 : 0)));
          const again = similarityMatrix(moved, shape, measure, [0, 1, 2, 3]);
          for (let i = 0; i < 4; i++) {
            expect(matrix[5 * i]).toBe(1);
            for (let j = 0; j < 4; j++) {
              expect(matrix[4 * i + j]).toBe(matrix[4 * j + i]);
              expect(Math.abs(matrix[4 * i + j] as number)).toBeLessThanOrEqual(1);
              expect(again[4 * i + j]).toBeCloseTo(matrix[4 * i + j] as number, 9);
            }
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives representations without direction 0 with all others, and counts them', () => {
    const rows = Float32Array.of(0.1, 0.1, 0.1, 1, 2, 4, 0, 0, 0);
    const shape = { rows: 3, columns: 3 };
    const matrix = similarityMatrix(rows, shape, 'correlation', [0, 1, 2]);
    expect([...matrix]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const counts = (['correlation', 'cosine', 'euclidean'] as SimilarityMeasure[]).map((measure) =>
      directionless(rows, shape, measure),
    );
    expect(counts).toEqual([2, 1, 0]);
  });

  it('refuses images that are not there', () => {
    expect(() => similarityMatrix(new Float32Array(4), { rows: 2, columns: 2 }, 'cosine', [2])).toThrow(
      'expected images below 2, got 2',
    );
  });
});

describe('classOrder', () => {
  it('puts classes side by side and keeps the order within', () => {
    expect([...classOrder([2, 0, 1, 0, 2])]).toEqual([1, 3, 2, 0, 4]);
  });

  it('refuses labels that are none', () => {
    expect(() => classOrder([0, -1])).toThrow('whole numbers from 0, got -1');
  });
});

describe('silhouette', () => {
  const distancesOf = (places: readonly number[]) =>
    Float64Array.from(places.flatMap((a) => places.map((b) => Math.abs(a - b))));

  it('compares the mean distance within with that to the nearest other class', () => {
    // Places 0, 1 against 5, 7: a = 1, 1, 2, 2 and b = 6, 5, 4.5, 6.5.
    const { values, byClass, overall } = silhouette(distancesOf([0, 1, 5, 7]), [3, 3, 8, 8]);
    const expected = [5 / 6, 4 / 5, 2.5 / 4.5, 4.5 / 6.5];
    expect([...values]).toEqual(near(expected));
    const [a = 0, b = 0, c = 0, d = 0] = expected;
    expect(byClass).toEqual([
      { label: 3, images: 2, mean: expect.closeTo((a + b) / 2, 12) },
      { label: 8, images: 2, mean: expect.closeTo((c + d) / 2, 12) },
    ]);
    expect(overall).toBeCloseTo((a + b + c + d) / 4, 12);
  });

  it('takes the nearest of several classes', () => {
    // The image at 0 of class 0: a = 1; class 1 at 3, class 2 at 10: b = 3.
    const { values } = silhouette(distancesOf([0, 1, 3, 10]), [0, 0, 1, 2]);
    expect(values[0]).toBeCloseTo(2 / 3, 12);
  });

  it('is 0 for the only image of a class and for images that all coincide', () => {
    expect([...silhouette(distancesOf([0, 1, 5]), [0, 0, 1]).values].at(-1)).toBe(0);
    expect(silhouette(distancesOf([2, 2, 2, 2]), [0, 0, 1, 1]).overall).toBe(0);
  });

  it('is negative for images among another class', () => {
    expect(silhouette(distancesOf([0, 10, 0.5, 10.5]), [0, 0, 1, 1]).overall).toBeLessThan(0);
  });

  it('takes similarities as dissimilarities', () => {
    const correlations = Float64Array.of(1, 0.75, 0.75, 1);
    expect([...dissimilarities(correlations, 'correlation')]).toEqual([0, 0.25, 0.25, 0]);
    expect([...dissimilarities(correlations, 'euclidean')]).toEqual([...correlations]);
  });

  it('refuses a single class and a matrix that does not fit', () => {
    expect(() => silhouette(distancesOf([0, 1]), [1, 1])).toThrow('at least 2 classes, got 1');
    expect(() => silhouette(distancesOf([0, 1]), [0, 1, 1])).toThrow('3 x 3 values, got 4');
  });
});

describe('layerSeparation', () => {
  const labels = [1, 0, 1, 0];
  const layers = [
    { layer: 'hidden 1', representations: Float64Array.of(0, 1, 4, 9), units: 1 },
    { layer: 'hidden 2', representations: Float64Array.of(10, 0, 0, 0, 10, 1, 0, 2), units: 2 },
  ];

  it('has the images by class, and the means within and across classes', () => {
    const [first, second] = layerSeparation(layers, labels, 'euclidean');
    expect([...(first?.order ?? [])]).toEqual([1, 3, 0, 2]);
    // Places 1, 9 of class 0 and 0, 4 of class 1.
    expect([...(first?.matrix ?? [])]).toEqual([0, 8, 1, 3, 8, 0, 9, 5, 1, 9, 0, 4, 3, 5, 4, 0]);
    expect(first).toMatchObject({ layer: 'hidden 1', withinClasses: 6, acrossClasses: 4.5 });
    // (0, 0), (0, 2) against (10, 0), (10, 1): within 2 and 1.
    expect(second).toMatchObject({ layer: 'hidden 2', withinClasses: 1.5, directionless: 0 });
    expect(second?.silhouette.overall).toBeGreaterThan(0.8);
    expect(first?.silhouette.overall).toBeLessThan(0);
  });

  it('has the silhouette of the dissimilarities', () => {
    const [, second] = layerSeparation(layers, labels, 'cosine');
    const matrix = second?.matrix ?? new Float64Array();
    expect(second?.silhouette).toEqual(silhouette(dissimilarities(matrix, 'cosine'), [0, 0, 1, 1]));
    // (0, 0) has no direction.
    expect(second?.directionless).toBe(1);
  });

  it('has no mean within classes of one image', () => {
    const [first] = layerSeparation(layers.slice(0, 1), [0, 1, 2, 3], 'euclidean');
    expect(first?.withinClasses).toBeUndefined();
  });
});

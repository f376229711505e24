import { isometryByBoundary, layerIsometry, pairDistances, pairsWithinClasses } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { normalNumbers, uniformNumbers } from './helpers/random-numbers.js';

const images = 60;
const labels = Array.from({ length: images }, (_, image) => image % 3);
const pairs = pairsWithinClasses(labels, uniformNumbers(5, 800));

describe('pairsWithinClasses', () => {
  it('joins different images of one class', () => {
    expect(pairs.first).toHaveLength(400);
    pairs.first.forEach((a, pair) => {
      const b = pairs.second[pair] as number;
      expect(a).not.toBe(b);
      expect(labels[a]).toBe(labels[b]);
    });
  });

  it('reaches every image and every partner', () => {
    const reached = new Set(pairs.first);
    expect(reached.size).toBe(images);
    // Image 0 of a class of 3: the second number chooses among the other two.
    const partners = [0, 0.49, 0.5, 0.99].map((u) => pairsWithinClasses([7, 7, 7], [0, u]).second[0]);
    expect(partners).toEqual([1, 1, 2, 2]);
  });

  it('leaves out classes of a single image', () => {
    const { first, second } = pairsWithinClasses([0, 1, 1], uniformNumbers(2, 100));
    expect(new Set([...first, ...second])).toEqual(new Set([1, 2]));
  });

  it('refuses labels without a pair', () => {
    expect(() => pairsWithinClasses([0, 1], [0, 0])).toThrow('a class with 2 images, got none');
    expect(() => pairsWithinClasses([0, 0], [1, 0])).toThrow('in [0, 1), got 1');
  });
});

describe('pairDistances', () => {
  it('are Euclidean', () => {
    const data = Float32Array.of(0, 0, 3, 4, 3, 0);
    const some = { first: Uint32Array.of(0, 1), second: Uint32Array.of(1, 2) };
    expect([...pairDistances(data, { rows: 3, columns: 2 }, some)]).toEqual([5, 4]);
  });

  it('keep the digits of near points far from the origin', () => {
    const data = Float64Array.of(1e6, 1e6, 1e6 + 1e-6, 1e6);
    const some = { first: Uint32Array.of(0), second: Uint32Array.of(1) };
    const [distance] = pairDistances(data, { rows: 2, columns: 2 }, some);
    // 1e6 + 1e-6 is a multiple of 2^-33 away from 1e6, by 1e-6 to 1.2e-10.
    expect(Math.abs((distance as number) - 1e-6)).toBeLessThan(1.2e-10);
  });

  it('refuse a row that is not there', () => {
    const some = { first: Uint32Array.of(0), second: Uint32Array.of(2) };
    expect(() => pairDistances(new Float32Array(4), { rows: 2, columns: 2 }, some)).toThrow(
      'rows below 2, got the pair 0, 2',
    );
  });
});

describe('layerIsometry', () => {
  const inputs = Float64Array.from(normalNumbers(8, images * 4));
  const inputDistances = pairDistances(inputs, { rows: images, columns: 4 }, pairs);

  it('is perfect for a rotated and shrunk copy', () => {
    // Turned by 37 degrees in each of two planes, divided by 10 as K = 10 asks for.
    const [c, s] = [Math.cos(0.65), Math.sin(0.65)];
    const hidden = inputs.map((value, i) => {
      const other = inputs[i % 2 === 0 ? i + 1 : i - 1] as number;
      return (c * value + (i % 2 === 0 ? -s : s) * other) / 10;
    });
    const distances = pairDistances(hidden, { rows: images, columns: 4 }, pairs);
    const [layer] = layerIsometry(inputDistances, [{ layer: 'hidden 5', distances }]);
    expect(layer).toMatchObject({ layer: 'hidden 5', pairs: 400 });
    expect(layer?.slope).toBeCloseTo(0.1, 10);
    expect(layer?.intercept).toBeCloseTo(0, 10);
    expect(layer?.correlation).toBeCloseTo(1, 10);
  });

  it('has no slope for a layer that collapses classes', () => {
    const [layer] = layerIsometry(inputDistances, [{ layer: 'last', distances: new Float64Array(400) }]);
    expect(layer).toEqual({ layer: 'last', pairs: 400, slope: 0, intercept: 0, correlation: undefined });
  });
});

describe('isometryByBoundary', () => {
  const inputDistances = Float64Array.from(uniformNumbers(3, 400), (value) => 1 + value);
  const boundaryDistances = Float64Array.from({ length: images }, (_, image) => image + 1);
  const nearer = Float64Array.from(pairs.first, (a, pair) => Math.min(a, pairs.second[pair] as number) + 1);
  const noise = normalNumbers(4, 400);

  it('finds where a map is isometric away from the boundary only', () => {
    const hiddenDistances = inputDistances.map(
      (distance, pair) => 0.5 * distance + (0.5 * (noise[pair] as number)) / (nearer[pair] as number),
    );
    const { groups, residualCorrelation } = isometryByBoundary({
      inputDistances,
      hiddenDistances,
      pairs,
      boundaryDistances,
      groups: 4,
    });
    expect(groups.map((group) => group.pairs)).toEqual([100, 100, 100, 100]);
    expect(groups[0]?.from).toBe(Math.min(...nearer));
    expect(groups[3]?.to).toBe(Math.max(...nearer));
    expect(groups[3]?.correlation).toBeGreaterThan(0.95);
    expect(groups[0]?.correlation).toBeLessThan(groups[3]?.correlation ?? 0);
    expect(groups[3]?.slope).toBeCloseTo(0.5, 1);
    expect(residualCorrelation).toBeLessThan(-0.3);
  });

  it('finds none where the map does not care', () => {
    const hiddenDistances = inputDistances.map((distance, pair) => distance + 0.1 * (noise[pair] as number));
    const { residualCorrelation } = isometryByBoundary({
      inputDistances,
      hiddenDistances,
      pairs,
      boundaryDistances,
      groups: 2,
    });
    // The standard error of a rank correlation of 400 independent pairs is 0.05.
    expect(Math.abs(residualCorrelation ?? 1)).toBeLessThan(0.2);
  });

  it('puts images that never flip into the last group', () => {
    const some = boundaryDistances.map((distance) => (distance > 50 ? Number.POSITIVE_INFINITY : distance));
    const { groups } = isometryByBoundary({
      inputDistances,
      hiddenDistances: inputDistances.map((distance) => distance / 2),
      pairs,
      boundaryDistances: some,
      groups: 2,
    });
    expect(groups[1]?.to).toBe(Number.POSITIVE_INFINITY);
    expect(groups.map(({ slope }) => slope)).toEqual([expect.closeTo(0.5, 10), expect.closeTo(0.5, 10)]);
  });

  it('refuses images without a boundary distance and too many groups', () => {
    const settings = { inputDistances, hiddenDistances: inputDistances, pairs, boundaryDistances, groups: 2 };
    expect(() => isometryByBoundary({ ...settings, boundaryDistances: [1, 2] })).toThrow(
      'got NaN for the pair',
    );
    expect(() => isometryByBoundary({ ...settings, groups: 201 })).toThrow(
      '1 to 200 groups of 400 pairs, got 201',
    );
    expect(() => isometryByBoundary({ ...settings, hiddenDistances: new Float64Array(3) })).toThrow(
      'distances of 400 pairs, got 400 and 3',
    );
  });
});

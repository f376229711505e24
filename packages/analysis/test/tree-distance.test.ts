import { levelOf, requireLevels, treeDistanceError } from '@hebblab/analysis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const levels = [
  levelOf(
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ],
    8,
  ),
  levelOf(
    [
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ],
    8,
  ),
  [0, 1, 2, 3, 4, 5, 6, 7],
];

describe('levelOf', () => {
  it('numbers the groups by their place', () => {
    expect(levelOf([[2], [0, 3], [1]], 4)).toEqual([1, 2, 0, 1]);
  });

  it('refuses a partition with a label that is missing, double or unknown', () => {
    expect(() => levelOf([[0, 1], [3]], 4)).toThrow('each of 4 labels in a group, got none for label 2');
    expect(() => levelOf([[0, 1], [1]], 2)).toThrow('got label 1 in groups 0 and 1');
    expect(() => levelOf([[0], [2]], 2)).toThrow('labels 0 to 1, got 2 in group 1');
  });
});

describe('requireLevels', () => {
  it('takes levels that nest', () => {
    expect(() => requireLevels(levels)).not.toThrow();
    expect(() => requireLevels([[0, 0, 1]])).not.toThrow();
  });

  it('refuses a label missing from a level', () => {
    expect(() =>
      requireLevels([
        [0, 0, 1],
        [0, 1],
      ]),
    ).toThrow('a group for each of 3 labels at level 2, got undefined for label 2');
    expect(() =>
      requireLevels([
        [0, 1],
        [0, 1, 2],
      ]),
    ).toThrow('a group for each of 2 labels at level 2, got 2 for label 2');
    expect(() => requireLevels([[0, -1]])).toThrow('at level 1, got -1 for label 1');
    expect(() => requireLevels([])).toThrow('at least one level');
  });

  it('refuses levels that do not nest', () => {
    expect(() =>
      requireLevels([
        [0, 0, 1, 1],
        [0, 1, 1, 2],
      ]),
    ).toThrow('each group of level 2 within one group of level 1, got group 1 in 0 and 1');
  });
});

describe('treeDistanceError', () => {
  it('is twice the number of levels at which prediction and label are apart', () => {
    // Against label 0: itself, its neighbour, its half, the other half.
    const distances = [0, 1, 2, 7].map((label) => treeDistanceError(levels, [label], [0]).mean);
    expect(distances).toEqual([0, 2, 4, 6]);
  });

  it('gives the mean and the errors of each level', () => {
    const error = treeDistanceError(levels, [0, 1, 3, 7], [0, 0, 0, 0]);
    expect(error).toEqual({ mean: 3, largest: 6, levelErrors: [0.25, 0.5, 0.75] });
  });

  it('is a distance', () => {
    const label = fc.integer({ min: 0, max: 7 });
    fc.assert(
      fc.property(label, label, label, (a, b, c) => {
        const between = (x: number, y: number) => treeDistanceError(levels, [x], [y]).mean;
        expect(between(a, b)).toBe(between(b, a));
        expect(between(a, c)).toBeLessThanOrEqual(Math.max(between(a, b), between(b, c)));
        expect(between(a, b) === 0).toBe(a === b);
      }),
    );
  });

  it('refuses labels without a group and counts that differ', () => {
    expect(() => treeDistanceError(levels, [8], [0])).toThrow('labels below 8, got 8');
    expect(() => treeDistanceError(levels, [1, 2], [0])).toThrow('got 2 and 1');
    expect(() => treeDistanceError(levels, [], [])).toThrow('at least one, got 0 and 0');
  });
});

import { pairsAcrossClasses, singularValuesAlongPath, straightPath } from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { uniformNumbers } from './helpers/random-numbers.js';

describe('straightPath', () => {
  it('goes from one image to the other in equal steps', () => {
    expect([...straightPath(Float32Array.of(0, 8), Float32Array.of(4, 0), 5)]).toEqual([
      0, 8, 1, 6, 2, 4, 3, 2, 4, 0,
    ]);
  });

  it('ends exactly at the images', () => {
    const from = uniformNumbers(3, 20);
    const to = uniformNumbers(4, 20);
    const path = straightPath(from, to, 7);
    expect(path.subarray(0, 20)).toEqual(from);
    expect(path.subarray(120)).toEqual(to);
  });

  it('refuses images of different length and paths of one point', () => {
    expect(() => straightPath(new Float32Array(2), new Float32Array(3), 5)).toThrow('got 2 and 3 values');
    expect(() => straightPath(new Float32Array(2), new Float32Array(2), 1)).toThrow(
      'at least 2 points, got 1',
    );
  });
});

describe('singularValuesAlongPath', () => {
  it('takes the Jacobian at each point of the path', () => {
    // Logits (x0^2, x1) have the Jacobian diag(2 x0, 1).
    const jacobian = (inputs: Float32Array, count: number) =>
      Float32Array.from({ length: count * 4 }, (_, i) => {
        return [2 * (inputs[2 * Math.floor(i / 4)] as number), 0, 0, 1][i % 4] as number;
      });
    const values = singularValuesAlongPath({
      from: Float32Array.of(0, 3),
      to: Float32Array.of(1, 5),
      points: 5,
      classes: 2,
      jacobian,
    });
    // x0 is 0, 1/4, 1/2, 3/4, 1.
    expect([...values]).toEqual([1, 0, 1, 0.5, 1, 1, 1.5, 1, 2, 1]);
  });
});

describe('pairsAcrossClasses', () => {
  const labels = [0, 1, 0, 2, 1, 1];

  it('joins images of different classes, the same for the same numbers', () => {
    const pairs = pairsAcrossClasses(labels, uniformNumbers(9, 200));
    expect(pairs).toHaveLength(100);
    for (const { from, to } of pairs) expect(labels[from]).not.toBe(labels[to]);
    expect(pairsAcrossClasses(labels, uniformNumbers(9, 200))).toEqual(pairs);
  });

  it('draws the first from all and the second from the other classes', () => {
    // 0.5 of 6 images is image 3, the only one of class 2; 0.99 of the five others is image 5.
    expect(pairsAcrossClasses(labels, [0.5, 0.99])).toEqual([{ from: 3, to: 5 }]);
    // Image 0 has class 0: of images 1, 3, 4, 5 the number 0.3 takes the second.
    expect(pairsAcrossClasses(labels, [0, 0.3])).toEqual([{ from: 0, to: 3 }]);
  });

  it('refuses a single class and numbers out of range', () => {
    expect(() => pairsAcrossClasses([1, 1], [0, 0])).toThrow('at least 2 classes, got 1');
    expect(() => pairsAcrossClasses(labels, [0, 1])).toThrow('in [0, 1), got 1');
  });
});

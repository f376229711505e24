import {
  decisions,
  landscapeAxis,
  landscapeBatches,
  latentJacobianNorms,
  randomPlane,
  squaredUnitNorms,
} from '@hebblab/analysis';
import { describe, expect, it } from 'vitest';
import { normalNumbers } from './helpers/random-numbers.js';

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] as number), 0);

describe('randomPlane', () => {
  it('has two orthonormal directions', () => {
    const { first, second } = randomPlane(normalNumbers(1, 600));
    expect(first).toHaveLength(300);
    expect(dot(first, first)).toBeCloseTo(1, 6);
    expect(dot(second, second)).toBeCloseTo(1, 6);
    expect(dot(first, second)).toBeCloseTo(0, 6);
  });

  it('keeps the first direction, and the plane of both', () => {
    const { first, second } = randomPlane(Float32Array.of(3, 4, 0, 5, 0, 2));
    expect([...first]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6), 0]);
    // (5, 0, 2) less 3 (0.6, 0.8, 0) is (3.2, -2.4, 2), of length sqrt(20).
    expect([...second]).toEqual([3.2, -2.4, 2].map((value) => expect.closeTo(value / Math.sqrt(20), 6)));
  });

  it('refuses directions that are none', () => {
    expect(() => randomPlane(new Float32Array(5))).toThrow('two directions of at least 2 values, got 5');
    expect(() => randomPlane(Float32Array.of(1, 0, 0, 0))).toThrow('one of length 0');
  });
});

describe('landscapeBatches', () => {
  const plane = { first: Float32Array.of(1, 0, 0), second: Float32Array.of(0, 0, 1) };
  const grid = { centre: Float32Array.of(10, 20, 30), plane, from: -2, to: 2, side: 3 };

  it('walks the grid row by row, e along a row and z from row to row', () => {
    const points = [...landscapeBatches(grid, 9)].flatMap(({ inputs }) => [...inputs]);
    const expected = [-2, 0, 2].flatMap((z) => [-2, 0, 2].flatMap((e) => [10 + e, 20, 30 + z]));
    expect(points).toEqual(expected);
  });

  it('gives the same points in batches of any size', () => {
    const batches = [...landscapeBatches(grid, 4)];
    expect(batches.map(({ first, count }) => [first, count])).toEqual([
      [0, 4],
      [4, 4],
      [8, 1],
    ]);
    const [whole] = landscapeBatches(grid, 9);
    expect(batches.flatMap(({ inputs }) => [...inputs])).toEqual([...(whole?.inputs ?? [])]);
  });

  it('has both ends on its axis', () => {
    expect([...landscapeAxis({ from: -20, to: 20, side: 5 })]).toEqual([-20, -10, 0, 10, 20]);
  });

  it('refuses a grid that is none', () => {
    expect(() => [...landscapeBatches({ ...grid, side: 1 }, 4)]).toThrow('at least 2 points, got 1');
    expect(() => [...landscapeBatches({ ...grid, from: 2 }, 4)]).toThrow('from < to, got 2 and 2');
    expect(() => [...landscapeBatches({ ...grid, centre: new Float32Array(2) }, 4)]).toThrow(
      'a plane of 2 values, got 3 and 3',
    );
    expect(() => [...landscapeBatches(grid, 0)]).toThrow('a positive batch size, got 0');
  });
});

describe('latentJacobianNorms', () => {
  const hidden = 5;
  const inputs = 4;
  const weights = normalNumbers(7, hidden * inputs);
  const preactivations = (x: readonly number[]) =>
    Float64Array.from({ length: hidden }, (_, unit) =>
      dot(weights.subarray(unit * inputs, (unit + 1) * inputs), x),
    );

  it.each([1, 2, 4.5])('is the norm of the Jacobian by finite differences at power %d', (power) => {
    const latent = (x: readonly number[]) => preactivations(x).map((h) => Math.max(0, h) ** power);
    const x = [0.3, -0.8, 1.1, 0.4];
    const step = 1e-5;
    let squares = 0;
    for (let i = 0; i < inputs; i++) {
      const at = (sign: number) => latent(x.map((value, k) => (k === i ? value + sign * step : value)));
      const after = at(1);
      at(-1).forEach((before, unit) => {
        squares += (((after[unit] as number) - before) / (2 * step)) ** 2;
      });
    }
    const [norm] = latentJacobianNorms(
      preactivations(x),
      squaredUnitNorms(weights, { hidden, inputs }),
      power,
    );
    expect((norm as number) / Math.sqrt(squares)).toBeCloseTo(1, 7);
  });

  it('adds up the slopes of the active units', () => {
    // (2 * 3)^2 * 4 + 0 + (2 * 1)^2 * 9 = 180 for the first point; all units silent in the second.
    const h = Float32Array.of(3, -5, 1, -1, 0, -2);
    expect([...latentJacobianNorms(h, Float64Array.of(4, 100, 9), 2)]).toEqual([
      expect.closeTo(Math.sqrt(180), 12),
      0,
    ]);
  });

  it('gives a unit at 0 no slope, for ReLU too', () => {
    expect([...latentJacobianNorms(Float32Array.of(0), Float64Array.of(4), 1)]).toEqual([0]);
  });

  it('refuses what does not fit', () => {
    expect(() => latentJacobianNorms(Float32Array.of(1, 2, 3), Float64Array.of(1, 1), 1)).toThrow(
      'got [1.5, 2]',
    );
    expect(() => latentJacobianNorms(Float32Array.of(1), Float64Array.of(1), 0.5)).toThrow(
      'a power of at least 1, got 0.5',
    );
  });
});

describe('decisions', () => {
  it('gives the largest logit and its softmax probability', () => {
    // Logits log 1, log 2, log 5: probabilities 1/8, 2/8, 5/8; of equals the lower class.
    const { classes, confidences } = decisions(
      Float64Array.of(0, Math.log(2), Math.log(5), 7, 7, Number.MIN_SAFE_INTEGER),
      3,
    );
    expect([...classes]).toEqual([2, 0]);
    expect([...confidences]).toEqual([expect.closeTo(5 / 8, 12), 0.5]);
  });

  it('does not overflow', () => {
    expect([...decisions(Float32Array.of(1e4, -1e4), 2).confidences]).toEqual([1]);
  });

  it('refuses logits that do not fit', () => {
    expect(() => decisions(Float32Array.of(1, 2, 3), 2)).toThrow('decisions:');
    expect(() => decisions(Float32Array.of(1, Number.NaN), 2)).toThrow('finite values, got NaN');
  });
});

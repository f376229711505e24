import {
  entangledRingsPoints,
  generateToyDataset,
  greyLevelsPerUnit,
  type ToyPointsOptions,
  torusPoints,
  toyDatasets,
  toyLevels,
} from '@hebblab/data';
import { loadDataset } from '@hebblab/data/files';
import { describe, expect, it } from 'vitest';
import { faultOf, hashedNormals } from './builders.js';

const normals = hashedNormals(1);
const exact: ToyPointsOptions = { count: 1600, placement: 'even', noise: 0, normals, stream: 'train' };
const placements = ['even', 'random'] as const;

/** The points as [x, y, z, label]. */
function rows({ coordinates, labels }: ReturnType<typeof torusPoints>) {
  return Array.from(labels, (label, i) => {
    const [x = 0, y = 0, z = 0] = coordinates.subarray(3 * i, 3 * i + 3);
    return { x, y, z, label };
  });
}

/** Anticlockwise from the x axis, in [0, 2 pi). */
const angleOf = (y: number, x: number) => (Math.atan2(y, x) + 2 * Math.PI) % (2 * Math.PI);

describe('torusPoints', () => {
  it.each(placements)('lie on the torus of radii 0.67 and 0.33 (%s)', (placement) => {
    for (const { x, y, z } of rows(torusPoints({ ...exact, placement }))) {
      expect(Math.hypot(Math.hypot(x, y) - 0.67, z)).toBeCloseTo(0.33, 6);
    }
  });

  it.each(placements)('have the eighth of the way round as class (%s)', (placement) => {
    for (const { x, y, label } of rows(torusPoints({ ...exact, placement }))) {
      expect(Math.floor(angleOf(y, x) / (Math.PI / 4))).toBe(label);
    }
  });

  it('have 200 of each class and an even grid of both angles', () => {
    const points = rows(torusPoints(exact));
    for (let label = 0; label < 8; label++) {
      expect(points.filter((point) => point.label === label)).toHaveLength(200);
    }
    const around = new Set(points.map(({ x, y }) => Math.round((angleOf(y, x) * 80) / (2 * Math.PI))));
    const across = new Set(
      points.map(({ x, y, z }) => Math.round((angleOf(z, Math.hypot(x, y) - 0.67) * 80) / (2 * Math.PI))),
    );
    // Angles (i + 1/2) of 40: the odd numbers of 80.
    const odd = new Set(Array.from({ length: 40 }, (_, i) => 2 * i + 1));
    expect(around).toEqual(odd);
    expect(across).toEqual(odd);
  });

  it('have random places all over it', () => {
    const points = rows(torusPoints({ ...exact, placement: 'random' }));
    for (let label = 0; label < 8; label++) {
      // 200 on average, with a standard deviation of sqrt(1600 * 1/8 * 7/8) = 13.
      const { length } = points.filter((point) => point.label === label);
      expect(Math.abs(length - 200)).toBeLessThan(60);
    }
    for (const [up, right] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ]) {
      // 400 on average, with a standard deviation of sqrt(1600 * 1/4 * 3/4) = 17: the angles are independent.
      const { length } = points.filter(({ y, z }) => z > 0 === up && y > 0 === right);
      expect(Math.abs(length - 400)).toBeLessThan(80);
    }
  });

  it('have normal noise of the deviation given', () => {
    const clean = torusPoints(exact).coordinates;
    const noisy = torusPoints({ ...exact, noise: 1e-3 }).coordinates;
    const squares = noisy.reduce((sum, value, i) => sum + (value - (clean[i] as number)) ** 2, 0);
    const mean = noisy.reduce((sum, value, i) => sum + value - (clean[i] as number), 0) / 4800;
    // The standard errors of 4800 values are 1 / sqrt(4800) = 1.4 % and 1 / sqrt(9600) = 1 %.
    expect(Math.abs(mean)).toBeLessThan(0.07e-3);
    expect(Math.abs(Math.sqrt(squares / 4800) / 1e-3 - 1)).toBeLessThan(0.05);
  });

  it('depend on the seed and the stream alone', () => {
    const settings = { ...exact, noise: 1e-3 };
    expect(torusPoints(settings)).toEqual(torusPoints({ ...settings, normals: hashedNormals(1) }));
    expect(torusPoints(settings)).not.toEqual(torusPoints({ ...settings, normals: hashedNormals(2) }));
    expect(torusPoints(settings)).not.toEqual(torusPoints({ ...settings, stream: 'test' }));
  });

  it('are refused where no grid has that many, or the noise is negative', () => {
    expect(faultOf(() => torusPoints({ ...exact, count: 1000 }))).toBe(
      'torusPoints: expected a square number of points, got 1000',
    );
    expect(faultOf(() => torusPoints({ ...exact, noise: -1 }))).toContain('a noise of at least 0, got -1');
    expect(torusPoints({ ...exact, placement: 'random', count: 1000 }).count).toBe(1000);
  });
});

describe('entangledRingsPoints', () => {
  it.each(placements)('lie on two rings, by their class (%s)', (placement) => {
    for (const { x, y, z, label } of rows(entangledRingsPoints({ ...exact, placement }))) {
      const [flat, upright] = [label < 4, label >= 4];
      expect(flat ? z : y).toBe(0);
      expect(Math.hypot(x + (flat ? 1 : -1) / 3, flat ? y : z)).toBeCloseTo(2 / 3, 6);
      const angle = angleOf(upright ? z : y, x + (flat ? 1 : -1) / 3);
      expect(Math.floor(angle / (Math.PI / 2))).toBe(label % 4);
    }
  });

  it('go through each other', () => {
    // The upright ring crosses the plane of the flat one at (-1/3, 0) and (1, 0): once inside, once outside of it.
    const upright = rows(entangledRingsPoints(exact)).filter(({ label }) => label >= 4);
    const crossings = upright.flatMap((point, i) => {
      const next = upright[(i + 1) % upright.length];
      return next && point.z > 0 !== next.z > 0 ? [(point.x + next.x) / 2] : [];
    });
    expect(crossings).toHaveLength(2);
    expect(crossings.map((x) => Math.abs(x + 1 / 3) < 2 / 3).sort()).toEqual([false, true]);
  });

  it('are refused where they are no even number', () => {
    expect(faultOf(() => entangledRingsPoints({ ...exact, count: 7 }))).toContain('got 7');
  });
});

describe('toyLevels', () => {
  it('has 2, 4 and 8 groups that nest', () => {
    expect(toyLevels.map((level) => new Set(level).size)).toEqual([2, 4, 8]);
    toyLevels.slice(1).forEach((level, number) => {
      const coarser = toyLevels[number] ?? [];
      level.forEach((group, label) => {
        expect(coarser[level.indexOf(group)]).toBe(coarser[label]);
      });
    });
  });

  it('joins neighbouring parts', () => {
    // Classes go round in order, so that a group is a run of them.
    for (const level of toyLevels) {
      expect(level).toEqual(level.toSorted((a, b) => a - b));
      const sizes = [...new Set(level)].map((group) => level.filter((each) => each === group).length);
      expect(new Set(sizes).size).toBe(1);
    }
  });

  it('parts the rings first', () => {
    const { labels, coordinates } = entangledRingsPoints(exact);
    labels.forEach((label, i) => {
      expect(coordinates[3 * i + 2] === 0).toBe(toyLevels[0]?.[label] === 0);
    });
  });
});

describe.each(toyDatasets)('the toy set $name', ({ name, train, test, shape, classNames }) => {
  it('is loaded by its name', async () => {
    const dataset = await loadDataset(name, { normals });
    expect(dataset).toEqual(generateToyDataset(name, normals));
    expect([dataset.origin, dataset.train.count, dataset.test.count]).toEqual(['generated', train, test]);
    expect(dataset.train.shape).toEqual(shape);
    expect(classNames).toHaveLength(8);
  });

  it('has the coordinates as grey values, to half a level', () => {
    const pointsOf = name === 'torus' ? torusPoints : entangledRingsPoints;
    const dataset = generateToyDataset(name, normals);
    for (const [split, placement] of [
      ['train', 'even'],
      ['test', 'random'],
    ] as const) {
      const stream = `${name} ${split}`;
      const { count, pixels, labels } = dataset[split];
      const points = pointsOf({ count, placement, noise: 1e-3, normals, stream });
      expect(labels).toEqual(points.labels);
      pixels.forEach((pixel, i) => {
        const value = 127.5 + greyLevelsPerUnit * (points.coordinates[i] as number);
        expect(Math.abs(pixel - value)).toBeLessThanOrEqual(0.5);
      });
    }
  });
});

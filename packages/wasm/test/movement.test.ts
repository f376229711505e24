import {
  allocateUint8,
  concat,
  fill,
  gather,
  type KernelArray,
  type MovedKind,
  oneHot,
  pad,
  reverse,
  slice,
  tile,
  topK,
  transpose,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Bench, describeVariants } from './support/variants.js';

const kinds: readonly MovedKind[] = ['float32', 'int32', 'uint8'];
const shapes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 17), { minLength: 1, maxLength: 4 });
const anyKind = fc.constantFrom(...kinds);
const runs = { numRuns: 120 };

describeVariants('movement', (bench) => {
  it('transposes by any permutation', () => {
    fc.assert(
      fc.property(shapes, anyKind, fc.infiniteStream(fc.nat()), (shape, kind, order) => {
        const permutation = shape
          .map((_, axis) => [order.next().value ?? 0, axis] as const)
          .sort(([one], [other]) => one - other)
          .map(([, axis]) => axis);
        const target = permutation.map((axis) => shape[axis] as number);
        const from = counted(bench, kind, shape);
        const to = made(bench, kind, target);
        transpose(bench.kernels, { from, to, shape, permutation });
        expectValues(to, target, (place) => {
          const index = shape.map(() => 0);
          permutation.forEach((axis, own) => {
            index[axis] = place[own] as number;
          });
          return valueAt(shape, index);
        });
      }),
      runs,
    );
  });

  it('transposes matrices beyond every block', () => {
    for (const [rows, columns] of [
      [33, 70],
      [1, 300],
      [257, 19],
    ] as const) {
      const from = counted(bench, 'float32', [rows, columns]);
      const to = made(bench, 'float32', [columns, rows]);
      transpose(bench.kernels, { from, to, shape: [rows, columns], permutation: [1, 0] });
      expectValues(to, [columns, rows], ([column, row]) =>
        valueAt([rows, columns], [row as number, column as number]),
      );
    }
  });

  it('slices with steps forwards and backwards', () => {
    fc.assert(
      fc.property(shapes, anyKind, fc.gen(), (shape, kind, draw) => {
        const size = shape.map((length) => draw(fc.integer, { min: 0, max: length }));
        const strides = shape.map((length, axis) => {
          const most = Math.max(1, Math.floor((length - 1) / Math.max(1, (size[axis] as number) - 1)));
          return draw(fc.integer, { min: 1, max: most }) * (draw(fc.boolean) ? 1 : -1);
        });
        const begin = shape.map((length, axis) => {
          const reach = Math.max(0, (size[axis] as number) - 1) * (strides[axis] as number);
          return draw(fc.integer, { min: Math.max(0, -reach), max: length - 1 - Math.max(0, reach) });
        });
        const to = made(bench, kind, size);
        slice(bench.kernels, { from: counted(bench, kind, shape), to, shape, begin, size, strides });
        expectValues(to, size, (place) =>
          valueAt(
            shape,
            place.map((step, axis) => (begin[axis] as number) + step * (strides[axis] as number)),
          ),
        );
      }),
      runs,
    );
  });

  it('reverses some of the axes', () => {
    const shape = [2, 3, 4];
    const to = made(bench, 'uint8', shape);
    reverse(bench.kernels, { from: counted(bench, 'uint8', shape), to, shape, axes: [0, 2] });
    expectValues(to, shape, ([i, j, k]) =>
      valueAt(shape, [1 - (i as number), j as number, 3 - (k as number)]),
    );
  });

  it('pads with a constant', () => {
    fc.assert(
      fc.property(shapes, anyKind, fc.gen(), (shape, kind, draw) => {
        const [before, after] = [shape, shape].map((sizes) =>
          sizes.map(() => draw(fc.integer, { min: 0, max: 2 })),
        ) as [number[], number[]];
        const target = shape.map((size, axis) => (before[axis] as number) + size + (after[axis] as number));
        const to = made(bench, kind, target);
        pad(bench.kernels, { from: counted(bench, kind, shape), to, shape, before, after, value: 250 });
        expectValues(to, target, (place) => {
          const index = place.map((step, axis) => step - (before[axis] as number));
          const isInside = index.every((step, axis) => step >= 0 && step < (shape[axis] as number));
          return isInside ? valueAt(shape, index) : 250;
        });
      }),
      runs,
    );
  });

  it('repeats along each axis', () => {
    fc.assert(
      fc.property(shapes, anyKind, fc.gen(), (shape, kind, draw) => {
        const repeats = shape.map(() => draw(fc.integer, { min: 0, max: 3 }));
        const target = shape.map((size, axis) => size * (repeats[axis] as number));
        const to = made(bench, kind, target);
        tile(bench.kernels, { from: counted(bench, kind, shape), to, shape, repeats });
        expectValues(to, target, (place) =>
          valueAt(
            shape,
            place.map((step, axis) => step % (shape[axis] as number)),
          ),
        );
      }),
      runs,
    );
  });

  it('puts arrays side by side', () => {
    const parts = [2, 0, 3].map((size) => ({ from: counted(bench, 'int32', [4, size, 5]), size }));
    const to = made(bench, 'int32', [4, 5, 5]);
    concat(bench.kernels, { parts, to, outer: 4, inner: 5 });
    expectValues(to, [4, 5, 5], ([outer, place, inner]) => {
      const [size, first] = (place as number) < 2 ? [2, 0] : [3, 2];
      return valueAt([4, size, 5], [outer as number, (place as number) - first, inner as number]);
    });
  });

  it('gathers rows of each batch by its own indices', () => {
    const [batches, outer, axis, inner] = [2, 3, 4, 5];
    const from = counted(bench, 'float32', [batches, outer, axis, inner]);
    const picked = [3, 0, 3, 1, 2, 2];
    const to = made(bench, 'float32', [batches, outer, 3, inner]);
    const indices = bench.int32([batches, 3], picked);
    gather(bench.kernels, { from, indices, to, batches, outer, axis, inner });
    expectValues(to, [batches, outer, 3, inner], ([b, o, i, x]) => {
      const index = picked[(b as number) * 3 + (i as number)] as number;
      return valueAt([batches, outer, axis, inner], [b as number, o as number, index, x as number]);
    });
  });

  it('writes one-hot rows of every type', () => {
    const indices = bench.int32([4], [1, -1, 2, 3]);
    for (const kind of kinds) {
      const to = made(bench, kind, [4, 3]);
      oneHot(bench.kernels, { indices, to, depth: 3, on: 7, off: 2 });
      expect(Array.from(to.view())).toEqual([2, 7, 2, 2, 2, 2, 2, 2, 7, 2, 2, 2]);
    }
  });

  it('fills with any value of the type', () => {
    const floats = bench.float32([3]);
    for (const value of [0.1, Number.NaN, Number.NEGATIVE_INFINITY]) {
      fill(bench.kernels, floats, value);
      expect(Array.from(floats.view())).toEqual(Array(3).fill(Math.fround(value)));
    }
    const integers = bench.int32([2]);
    fill(bench.kernels, integers, -5);
    expect(Array.from(integers.view())).toEqual([-5, -5]);
    expect(() => fill(bench.kernels, integers, 0.5)).toThrow('fill: expected the value as a whole number');
  });

  it('finds the largest of each row, equal ones in their order', () => {
    const rows = [3, 1, 3, 2, -1, -2, -1, -0.5];
    const [values, indices] = [bench.float32([2, 3]), bench.int32([2, 3])];
    topK(bench.kernels, { from: bench.float32([2, 4], rows), rows: 2, columns: 4, k: 3, values, indices });
    expect(Array.from(values.view())).toEqual([3, 3, 2, -0.5, -1, -1]);
    expect(Array.from(indices.view())).toEqual([0, 2, 3, 3, 0, 2]);
    const [whole, places] = [bench.int32([1]), bench.int32([1])];
    const from = bench.int32([3], [-(2 ** 31), 2 ** 31 - 1, 0]);
    topK(bench.kernels, { from, rows: 1, columns: 3, k: 1, values: whole, indices: places });
    expect([whole.view()[0], places.view()[0]]).toEqual([2 ** 31 - 1, 1]);
  });

  it('refuses what does not fit', () => {
    const { kernels } = bench;
    const [from, to] = [bench.float32([6]), bench.float32([6])];
    const shape = [2, 3];
    expect(() => transpose(kernels, { from, to, shape, permutation: [0, 0] })).toThrow(
      'transpose: expected a permutation of 2 axes, got [0,0]',
    );
    expect(() => transpose(kernels, { from, to: from, shape, permutation: [1, 0] })).toThrow(
      'copyStrided: expected to apart from the other arrays, got memory shared with one that is written',
    );
    expect(() => slice(kernels, { from, to, shape, begin: [0, 1], size: [2, 3] })).toThrow(
      'slice: expected indices from 0 to 2 of axis 1, got 1 to 3',
    );
    expect(() => pad(kernels, { from, to, shape, before: [0, 0], after: [0, 1], value: 0 })).toThrow(
      'pad: expected 8 values in to, got 6',
    );
    expect(() =>
      gather(kernels, {
        from,
        indices: bench.int32([1], [2]),
        to: bench.float32([3]),
        outer: 1,
        axis: 2,
        inner: 3,
      }),
    ).toThrow('gather: expected indices from 0 to 1, got 2 at index 0');
    expect(() =>
      topK(kernels, { from, rows: 2, columns: 3, k: 4, values: to, indices: bench.int32([8]) }),
    ).toThrow('topK: expected k as a whole number from 0 to 3, got 4');
    const other = allocateUint8(kernels, [6]);
    expect(() => transpose(kernels, { from, to: other as never, shape, permutation: [1, 0] })).toThrow(
      'movement: expected two arrays of one type, got float32 and uint8',
    );
    other.dispose();
  });
});

function made(bench: Bench, kind: MovedKind, shape: readonly number[]): KernelArray<MovedKind> {
  const array = {
    float32: () => bench.float32(shape),
    int32: () => bench.int32(shape),
    uint32: () => bench.uint32(shape),
    uint8: () => bench.uint8(shape),
  }[kind]();
  (array.view() as Uint8Array).fill(99);
  return array as KernelArray<MovedKind>;
}

/** An array in which every value tells where it stands, as far as a byte can. */
function counted(bench: Bench, kind: MovedKind, shape: readonly number[]): KernelArray<MovedKind> {
  const array = made(bench, kind, shape);
  const view = array.view();
  for (let place = 0; place < view.length; place++) view[place] = place % 241;
  return array;
}

function valueAt(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((place, size, axis) => place * size + (index[axis] as number), 0) % 241;
}

function expectValues(
  to: KernelArray<MovedKind>,
  shape: readonly number[],
  value: (index: readonly number[]) => number,
): void {
  const want: number[] = [];
  const visit = (index: readonly number[]): void => {
    if (index.length === shape.length) want.push(value(index));
    else for (let step = 0; step < (shape[index.length] as number); step++) visit([...index, step]);
  };
  visit([]);
  expect(Array.from(to.view())).toEqual(want);
}

import { expect, it } from 'vitest';
import { inFreshProcess, relaxedFlags } from './support/child-node.js';
import { variants } from './support/variants.js';

it.each(variants)(
  'elementwise functions and reductions of %s have the same bits on two threads',
  async (variant) => {
    const program = `
    import { createHash } from 'node:crypto';
    import * as wasm from '@hebblab/wasm';
    const [rows, columns] = [1501, 203];
    const length = rows * columns;
    const found = [];
    for (const threads of [1, 2]) {
      const kernels = await wasm.openKernels({ variant: '${variant}', threads });
      const [a, b, out] = [[rows, columns], [columns], [rows, columns]].map((shape) => wasm.allocateFloat32(kernels, shape));
      a.view().forEach((_, index, view) => { view[index] = Math.fround(Math.sin(index * 1.7) * 9); });
      b.view().forEach((_, index, view) => { view[index] = Math.fround(Math.cos(index * 2.3) * 3); });
      const bytes = wasm.allocateUint8(kernels, [length]);
      const hash = createHash('sha256');
      const add = (array) => hash.update(new Uint8Array(array.view().slice().buffer));
      for (const name of ['tanh', 'relu', 'exp', 'log1p', 'sin']) { wasm.unary(kernels, name, a, out); add(out); }
      for (const name of ['add', 'pow', 'maximum']) {
        wasm.binary(kernels, name, a, [rows, columns], b, [columns], out);
        add(out);
      }
      wasm.compare(kernels, 'less', a, [rows, columns], b, [columns], bytes);
      add(bytes);
      for (const name of ['sum', 'mean', 'max', 'product']) {
        for (const extents of [
          { outer: 1, reduced: length, inner: 1 },
          { outer: rows, reduced: columns, inner: 1 },
          { outer: 1, reduced: rows, inner: columns },
          { outer: 1, reduced: rows * 7, inner: 29 },
        ]) {
          const result = wasm.allocateFloat32(kernels, [extents.outer * extents.inner]);
          wasm.reduce(kernels, name, a, extents, result);
          add(result);
          result.dispose();
        }
      }
      wasm.softmax(kernels, a, columns, out);
      add(out);
      found.push([kernels.threads, hash.digest('hex')]);
      await kernels.dispose();
    }
    console.log(JSON.stringify(found));`;
    const [[one, bits], [two, same]] = (await inFreshProcess(program, relaxedFlags)) as [
      [number, string],
      [number, string],
    ];
    expect([one, two]).toEqual([1, 2]);
    expect(same).toBe(bits);
  },
);

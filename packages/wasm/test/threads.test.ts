import { availableParallelism } from 'node:os';
import { openKernels, type Variant } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { inFreshProcess, relaxedFlags } from './support/child-node.js';
import { variants } from './support/variants.js';

/** What every program below begins with: `workers` collects the workers that the kernels start. */
const prelude = `
  import { syncBuiltinESMExports } from 'node:module';
  import threading from 'node:worker_threads';
  import * as wasm from '@hebblab/wasm';
  const workers = [];
  const { Worker } = threading;
  threading.Worker = class extends Worker {
    constructor(...parameters) {
      super(...parameters);
      workers.push(this);
    }
  };
  syncBuiltinESMExports();
  const messageOf = (call) => {
    try {
      return call();
    } catch (error) {
      return error.message;
    }
  };
  const product = (kernels) => {
    const [a, b, out] = [[2, 2], [2, 1], [2, 1]].map((shape) => wasm.allocateFloat32(kernels, shape));
    a.set([1, 2, 3, 4]);
    b.set([5, 6]);
    wasm.gemm(kernels, 'NN', a, b, out);
    const values = Array.from(out.view());
    for (const array of [a, b, out]) array.dispose();
    return values;
  };
  const { setTimeout: sleep } = await import('node:timers/promises');
  const print = (value) => console.log(JSON.stringify(value));
`;
const open = (variant: Variant, threads: string) =>
  `wasm.openKernels({ variant: '${variant}', threads: ${threads} })`;

describe.each(variants)('threads of %s', (variant) => {
  const run = (program: string) => inFreshProcess(`${prelude}${program}`, relaxedFlags);

  it('are as many as asked for, the caller among them', async () => {
    const program = `
      const kernels = await ${open(variant, '3')};
      const { threads, threadsReason, state } = kernels;
      print({ threads, threadsReason, state, workers: workers.length, product: product(kernels) });`;
    expect(await run(program)).toEqual({
      threads: 3,
      threadsReason: 'as asked',
      state: 'open',
      workers: 2,
      product: [17, 39],
    });
  });

  it('are by auto as many as run at the same time', async () => {
    const program = `const { threads, threadsReason } = await ${open(variant, `'auto'`)}; print({ threads, threadsReason });`;
    const threads = availableParallelism();
    const threadsReason = threads === 1 ? 'one processor' : 'as asked';
    expect(await run(program)).toEqual({ threads, threadsReason });
  });

  it('are one where nothing is said', async () => {
    const program = `const { threads } = await wasm.openKernels({ variant: '${variant}' }); print([threads, workers.length]);`;
    expect(await run(program)).toEqual([1, 0]);
  });

  it('share an instance that is opened twice; another number is refused', async () => {
    const program = `
      const [one, two] = await Promise.all([${open(variant, '2')}, ${open(variant, '2')}]);
      const other = await ${open(variant, '3')}.then(() => 'opened', (error) => error.message);
      const auto = await ${open(variant, `'auto'`)};
      print([one === two, auto === one, other]);`;
    expect(await run(program)).toEqual([
      true,
      true,
      `openKernels: expected 2 threads, as ${variant} is open with, got 3; dispose of it first`,
    ]);
  });

  it('give the call that waits for one that trapped an error, and the instance says to be opened again', async () => {
    const program = `
      const kernels = await ${open(variant, '2')};
      const trapped = messageOf(() => kernels.raw.threadsTrap());
      const state = kernels.state;
      const refused = messageOf(() => product(kernels));
      const again = await ${open(variant, '2')};
      print({ trapped, state, refused, other: again !== kernels, threads: again.threads, product: product(again) });`;
    expect(await run(program)).toEqual({
      trapped:
        'threads: expected every thread to finish its piece, got a failure of thread 1; open the kernels again',
      state: 'failed',
      refused: expect.stringMatching(
        /^kernels: expected every thread to run, got a failure of .+; open them again$/,
      ),
      other: true,
      threads: 2,
      product: [17, 39],
    });
  });

  it('that end between two calls are an error of the next', async () => {
    const program = `
      const kernels = await ${open(variant, '2')};
      await workers[0].terminate();
      await sleep(0);
      const refused = messageOf(() => product(kernels));
      print([kernels.state, refused, product(await ${open(variant, '2')})]);`;
    expect(await run(program)).toEqual([
      'failed',
      'kernels: expected every thread to run, got a failure of its end (1); open them again',
      [17, 39],
    ]);
  });

  it('give convolutions and pooling the bits of one', async () => {
    const program = `
      const axes = { filterHeight: 3, filterWidth: 3, strideHeight: 2, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
      const sizes = { batch: 9, inHeight: 21, inWidth: 20, outHeight: 11, outWidth: 20, padTop: 1, padLeft: 1 };
      const run = async (threads) => {
        const kernels = await wasm.openKernels({ variant: '${variant}', threads });
        const values = (stream, length) => {
          const array = wasm.allocateFloat32(kernels, [length]);
          wasm.randomNormal(kernels, { seed: 1, stream }, array);
          return array;
        };
        const input = values('input', 9 * 21 * 20 * 18);
        const bits = [];
        const into = (length, call) => {
          const out = wasm.allocateFloat32(kernels, [length]);
          call(out);
          bits.push(...new Uint32Array(out.view().slice().buffer));
        };
        for (const [outChannels, filterLength, names] of [
          [10, 9 * 18 * 10, ['conv2d', 'conv2dBackpropInput', 'conv2dBackpropFilter']],
          [36, 9 * 36, ['depthwiseConv2d', 'depthwiseConv2dBackpropInput', 'depthwiseConv2dBackpropFilter']],
        ]) {
          const geometry = { ...axes, ...sizes, inChannels: 18, outChannels };
          const filter = values('filter', filterLength);
          const outGradient = values('gradient', 9 * 11 * 20 * outChannels);
          into(outGradient.length, (out) => wasm[names[0]](kernels, geometry, input, filter, out));
          into(input.length, (out) => wasm[names[1]](kernels, geometry, outGradient, filter, out));
          into(filter.length, (out) => wasm[names[2]](kernels, geometry, input, outGradient, out));
        }
        const geometry = { ...axes, ...sizes, inChannels: 18, outChannels: 18 };
        const outGradient = values('gradient', 9 * 11 * 20 * 18);
        into(outGradient.length, (out) => wasm.maxPool(kernels, geometry, input, out));
        into(outGradient.length, (out) => wasm.avgPool(kernels, geometry, input, out));
        into(input.length, (out) => wasm.maxPoolBackprop(kernels, geometry, outGradient, input, out));
        into(input.length, (out) => wasm.avgPoolBackprop(kernels, geometry, outGradient, 'window', out));
        return { threads: kernels.threads, bits };
      };
      const [one, three] = [await run(1), await run(3)];
      print([one.threads, three.threads, one.bits.length, one.bits.every((bits, index) => bits === three.bits[index])]);`;
    expect(await run(program)).toEqual([
      1,
      3,
      // Of each family output, input and filter; then two outputs and two inputs of pooling.
      1980 * 46 + 2 * 68040 + 9 * 18 * 10 + 9 * 36 + 2 * 1980 * 18 + 2 * 68040,
      true,
    ]);
  });

  it('are gone when dispose resolves, and the instance refuses calls', async () => {
    const program = `
      const kernels = await ${open(variant, '3')};
      await kernels.dispose();
      await kernels.dispose();
      print([workers.map(({ threadId }) => threadId), kernels.state, messageOf(() => product(kernels))]);`;
    expect(await run(program)).toEqual([
      [-1, -1],
      'disposed',
      'kernels: expected an open instance, got one that was disposed of',
    ]);
  });

  it('do not keep the process alive', async () => {
    expect(await run(`print(product(await ${open(variant, '2')}));`)).toEqual([17, 39]);
  });

  it('are one where the engine refuses a shared memory', async () => {
    const program = `
      const { Memory } = WebAssembly;
      WebAssembly.Memory = class extends Memory {
        constructor(descriptor) {
          if (descriptor.shared) throw new RangeError('could not allocate memory');
          super(descriptor);
        }
      };
      const kernels = await ${open(variant, '2')};
      print([kernels.threads, kernels.threadsReason, product(kernels)]);`;
    expect(await run(program)).toEqual([1, 'the engine refused a shared memory', [17, 39]]);
  });

  it('take a smaller memory where the largest is refused', async () => {
    const program = `
      const { Memory } = WebAssembly;
      const asked = [];
      WebAssembly.Memory = class extends Memory {
        constructor(descriptor) {
          asked.push(descriptor.maximum);
          if (descriptor.maximum > 2 ** 15) throw new RangeError('could not allocate memory');
          super(descriptor);
        }
      };
      const kernels = await ${open(variant, '2')};
      print([kernels.threads, asked]);`;
    expect(await run(program)).toEqual([2, [2 ** 16, 2 ** 15]]);
  });

  it('are one where a worker cannot start', async () => {
    const program = `
      threading.Worker = class {
        constructor() {
          throw new Error('no more of them');
        }
      };
      syncBuiltinESMExports();
      const kernels = await ${open(variant, '2')};
      print([kernels.threads, kernels.threadsReason, product(kernels)]);`;
    expect(await run(program)).toEqual([1, 'a worker could not start: no more of them', [17, 39]]);
  });
});

describe('a number of threads', () => {
  it.each([0, 65, 1.5, -1, Number.NaN, '2'])('is refused: %s', async (threads) => {
    await expect(openKernels({ threads: threads as number })).rejects.toThrow(
      `openKernels: expected threads auto or from 1 to 64, got ${threads}`,
    );
  });
});

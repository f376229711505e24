import {
  avgPool,
  avgPoolBackprop,
  conv2dBackpropInput,
  type ImageGeometry,
  maxPool,
  maxPoolBackprop,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { axes, channelCounts, forEachTap, geometryOf, same, valid } from './support/images.js';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants } from './support/variants.js';
import { convolutionVectors, expectClose } from './support/vectors.js';

describeVariants('pooling', (bench) => {
  it('and its gradients are what their definitions say', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 3 }), channelCounts, axes, axes),
        fc.nat({ max: 1e6 }),
        fc.boolean(),
        ([batch, channels, rows, columns], seed, few) => {
          const { kernels } = bench;
          const geometry = geometryOf(batch, channels, channels, rows, columns);
          const drawn = pseudoRandom(batch * rows.inputs * columns.inputs * channels, seed);
          // Few different values: the first of the largest counts.
          const values = few ? drawn.map((value) => Math.floor(value * 2)) : drawn;
          const gradients = pseudoRandom(batch * rows.outputs * columns.outputs * channels, seed + 1);
          const [input, outGradient] = [
            bench.float32([values.length], values),
            bench.float32([gradients.length], gradients),
          ];
          const [out, inputGradient] = [bench.float32([gradients.length]), bench.float32([values.length])];
          const expected = definitions(geometry, values, gradients);
          maxPool(kernels, geometry, input, out);
          expect(Array.from(out.view())).toEqual(expected.largest);
          avgPool(kernels, geometry, input, out);
          expectNear(out.view(), expected.mean);
          maxPoolBackprop(kernels, geometry, outGradient, input, inputGradient);
          expectNear(inputGradient.view(), expected.largestGradient);
          avgPoolBackprop(kernels, geometry, outGradient, 'window', inputGradient);
          expectNear(inputGradient.view(), expected.windowGradient);
          avgPoolBackprop(kernels, geometry, outGradient, 'filter', inputGradient);
          expectNear(inputGradient.view(), expected.filterGradient);
          for (const array of [input, outGradient, out, inputGradient]) array.dispose();
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(convolutionVectors.cases.map((vectors, index) => ({ ...vectors, index })))(
    'after ReLU gives reference vectors $index, and its gradient goes on through the convolution',
    ({ x, filter, y, stride, pad, reluMaxPool2, dPool, dxThroughPool }) => {
      const { kernels } = bench;
      const [batch, height, width, channels] = y.shape as [number, number, number, number];
      const geometry = geometryOf(batch, channels, channels, valid(height, 2, 2), valid(width, 2, 2));
      const relu = bench.float32(
        y.shape,
        Array.from(y.data, (value) => Math.max(0, value)),
      );
      const out = bench.float32(reluMaxPool2.shape);
      maxPool(kernels, geometry, relu, out);
      expectClose(out.view(), reluMaxPool2.data);

      const gradient = bench.float32(y.shape);
      maxPoolBackprop(kernels, geometry, bench.float32Of(dPool), relu, gradient);
      gradient.set(gradient.view().map((value, index) => ((y.data[index] as number) > 0 ? value : 0)));
      const [, inHeight, inWidth, inChannels] = x.shape as [number, number, number, number];
      const [filterHeight, filterWidth] = filter.shape as [number, number];
      const axis = pad === 'same' ? same : valid;
      const convolution = geometryOf(
        batch,
        inChannels,
        channels,
        axis(inHeight, filterHeight, stride),
        axis(inWidth, filterWidth, stride),
      );
      const inputGradient = bench.float32(x.shape);
      conv2dBackpropInput(kernels, convolution, gradient, bench.float32Of(filter), inputGradient);
      expectClose(inputGradient.view(), dxThroughPool.data);
    },
  );

  it('passes over NaN for the largest value, not for the mean', () => {
    const geometry = geometryOf(1, 1, 1, valid(1, 1, 1), valid(2, 2, 1));
    const input = bench.float32([2]);
    input.view().set([Number.NaN, -3]);
    const [out, inputGradient] = [bench.float32([1]), bench.float32([2])];
    maxPool(bench.kernels, geometry, input, out);
    expect(out.view()[0]).toBe(-3);
    maxPoolBackprop(bench.kernels, geometry, bench.float32([1], [5]), input, inputGradient);
    expect(Array.from(inputGradient.view())).toEqual([0, 5]);
    avgPool(bench.kernels, geometry, input, out);
    expect(out.view()[0]).toBeNaN();
  });

  it('counts what is inside of the image alone; its gradient by either divisor', () => {
    // Windows of 3 over [6, 9] with a value of padding before and behind: both hold 6 and 9.
    const geometry = geometryOf(1, 1, 1, valid(1, 1, 1), same(2, 3, 1));
    const out = bench.float32([2]);
    avgPool(bench.kernels, geometry, bench.float32([2], [6, 9]), out);
    expect(Array.from(out.view())).toEqual([7.5, 7.5]);
    const inputGradient = bench.float32([2]);
    const gradientBy = (divisor: 'window' | 'filter') => {
      avgPoolBackprop(bench.kernels, geometry, bench.float32([2], [3, 9]), divisor, inputGradient);
      return Array.from(inputGradient.view());
    };
    expect(gradientBy('window')).toEqual([6, 6]);
    expect(gradientBy('filter')).toEqual([4, 4]);
  });

  it('refuses another number of out channels', () => {
    const geometry = geometryOf(1, 2, 3, valid(1, 1, 1), valid(1, 1, 1));
    expect(() => maxPool(bench.kernels, geometry, bench.float32([2]), bench.float32([3]))).toThrow(
      'maxPool: expected 2 out channels, as many as in channels, got 3',
    );
  });
});

/** At most 16 values of magnitude 2 are summed, each rounded to 2^-24 of at most 32. */
function expectNear(got: Float32Array, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  const worst = expected.reduce((kept, value, index) => {
    const found = got[index] as number;
    const same = Number.isNaN(value) ? Number.isNaN(found) : Math.abs(found - value) <= 16 * 32 * 2 ** -24;
    return same ? kept : `${found} instead of ${value} at ${index}`;
  }, '');
  expect(worst).toBe('');
}

function definitions(geometry: ImageGeometry, values: Float32Array, gradients: Float32Array) {
  const { inChannels, filterHeight, filterWidth } = geometry;
  const windows = Array.from(gradients, (): number[] => []);
  forEachTap(geometry, (inputPixel, _, outPixel) => {
    for (let channel = 0; channel < inChannels; channel++)
      windows[outPixel * inChannels + channel]?.push(inputPixel * inChannels + channel);
  });
  const valueAt = (place: number) => values[place] as number;
  const largest = windows.map((window) => Math.max(...window.map(valueAt)));
  const gradientBy = (share: (window: readonly number[], place: number) => number) => {
    const sums = new Array<number>(values.length).fill(0);
    windows.forEach((window, output) => {
      for (const place of window)
        sums[place] = (sums[place] as number) + share(window, place) * (gradients[output] as number);
    });
    return sums;
  };
  return {
    largest,
    mean: windows.map((window) => window.reduce((sum, place) => sum + valueAt(place), 0) / window.length),
    largestGradient: gradientBy((window, place) => {
      const top = Math.max(...window.map(valueAt));
      return window.find((other) => valueAt(other) === top) === place ? 1 : 0;
    }),
    windowGradient: gradientBy((window) => 1 / window.length),
    filterGradient: gradientBy(() => 1 / (filterHeight * filterWidth)),
  };
}

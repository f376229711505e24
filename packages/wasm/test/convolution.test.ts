import {
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  type Float32Buffer,
  type ImageGeometry,
  type Kernels,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { axes, channelCounts, forEachTap, geometryOf, same, valid } from './support/images.js';
import { pseudoRandom } from './support/pseudo-random.js';
import { type Bench, describeVariants } from './support/variants.js';
import { type ConvolutionVectors, convolutionVectors, expectClose } from './support/vectors.js';

type Part = 'input' | 'filter' | 'out';
type Run = (
  kernels: Kernels,
  geometry: ImageGeometry,
  first: Float32Buffer,
  second: Float32Buffer,
  result: Float32Buffer,
) => void;

/** What is computed from which two others. */
const dense: readonly (readonly [run: Run, first: Part, second: Part, result: Part])[] = [
  [conv2d, 'input', 'filter', 'out'],
  [conv2dBackpropInput, 'out', 'filter', 'input'],
  [conv2dBackpropFilter, 'input', 'out', 'filter'],
];
const depthwise: typeof dense = [
  [depthwiseConv2d, 'input', 'filter', 'out'],
  [depthwiseConv2dBackpropInput, 'out', 'filter', 'input'],
  [depthwiseConv2dBackpropFilter, 'input', 'out', 'filter'],
];

describeVariants('convolution', (bench) => {
  it('and its gradients are within the rounding-error bound of float64 loops', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 3 }), channelCounts, channelCounts, axes, axes),
        fc.nat({ max: 1e6 }),
        (sizes, seed) => {
          expectWithinBound(bench, dense, geometryOf(...sizes), seed);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of channels by themselves and its gradients are within it too', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 3 }), channelCounts, fc.integer({ min: 1, max: 3 }), axes, axes),
        fc.nat({ max: 1e6 }),
        ([batch, channels, multiplier, rows, columns], seed) => {
          const geometry = geometryOf(batch, channels, channels * multiplier, rows, columns);
          expectWithinBound(bench, depthwise, geometry, seed);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of large images and filters is within it too', () => {
    expectWithinBound(bench, dense, geometryOf(1, 3, 9, same(65, 5, 1), same(61, 5, 1)), 1);
    expectWithinBound(bench, dense, geometryOf(19, 130, 12, same(5, 3, 2), same(7, 3, 1)), 2);
    expectWithinBound(bench, depthwise, geometryOf(3, 70, 140, same(33, 3, 2), same(21, 5, 1)), 3);
  });

  it.each(convolutionVectors.cases.map((vectors, index) => ({ ...vectors, index })))(
    'gives reference vectors $index',
    (vectors) => {
      const { kernels } = bench;
      const geometry = geometryOfVectors(vectors);
      const [input, filter] = [bench.float32Of(vectors.x), bench.float32Of(vectors.filter)];
      const out = bench.float32(vectors.y.shape);
      conv2d(kernels, geometry, input, filter, out, { bias: bench.float32Of(vectors.bias) });
      expectClose(out.view(), vectors.y.data);
      const outGradient = bench.float32Of(vectors.dy);
      const inputGradient = bench.float32(vectors.x.shape);
      conv2dBackpropInput(kernels, geometry, outGradient, filter, inputGradient);
      expectClose(inputGradient.view(), vectors.dx.data);
      const filterGradient = bench.float32(vectors.filter.shape);
      conv2dBackpropFilter(kernels, geometry, input, outGradient, filterGradient);
      expectClose(filterGradient.view(), vectors.dfilter.data);
    },
  );

  it('adds a bias and cuts negative values off', () => {
    const geometry = geometryOf(1, 1, 2, valid(1, 1, 1), valid(2, 1, 1));
    const input = bench.float32([1, 1, 2, 1], [1, 2]);
    const filter = bench.float32([1, 1, 1, 2], [10, -1]);
    const bias = bench.float32([2], [0.5, 1.5]);
    const out = bench.float32([1, 1, 2, 2]);
    for (const run of [conv2d, depthwiseConv2d]) {
      const after = (activation: Parameters<typeof conv2d>[5]) => {
        run(bench.kernels, geometry, input, filter, out, activation);
        return Array.from(out.view());
      };
      expect(after({})).toEqual([10, -1, 20, -2]);
      expect(after({ bias })).toEqual([10.5, 0.5, 20.5, -0.5]);
      expect(after({ relu: true })).toEqual([10, 0, 20, 0]);
      expect(after({ bias, relu: true })).toEqual([10.5, 0.5, 20.5, 0]);
    }
  });

  it('takes arrays of the right length in any shape', () => {
    const geometry = geometryOf(1, 1, 1, valid(2, 1, 1), valid(2, 1, 1));
    const out = bench.float32([4]);
    conv2d(bench.kernels, geometry, bench.float32([2, 2], [1, 2, 3, 4]), bench.float32([1], [2]), out);
    expect(Array.from(out.view())).toEqual([2, 4, 6, 8]);
  });

  it('counts denormal operands as zero', () => {
    const geometry = geometryOf(1, 1, 1, valid(1, 1, 1), valid(1, 1, 1));
    for (const family of [dense, depthwise]) {
      for (const [run] of family) {
        for (const values of [
          [1e-40, 2 ** 60],
          [2 ** 60, 1e-40],
        ] as const) {
          const [first, second] = values.map((value) => bench.float32([1], [value]));
          const result = bench.float32([1], [1]);
          run(bench.kernels, geometry, first as Float32Buffer, second as Float32Buffer, result);
          expect(result.view()[0]).toBe(0);
        }
      }
    }
  });

  it('refuses what does not fit in one sentence', () => {
    const { kernels } = bench;
    const geometry = geometryOf(1, 1, 1, valid(3, 2, 1), valid(3, 2, 1));
    const [nine, four, three] = [bench.float32([9]), bench.float32([4]), bench.float32([3])];
    const messages: readonly [string, () => void][] = [
      ['conv2d: expected 4 values in filter, got 3', () => conv2d(kernels, geometry, nine, three, four)],
      [
        'conv2d: expected 1 values in bias, got 3',
        () => conv2d(kernels, geometry, nine, four, bench.float32([4]), { bias: three }),
      ],
      [
        'conv2d: expected out apart from the other arrays, got memory shared with one that is written',
        () => conv2d(kernels, geometry, nine, four, four),
      ],
      [
        'conv2dBackpropInput: expected strideWidth as a whole number from 1 to 2147483647, got 0',
        () => conv2dBackpropInput(kernels, { ...geometry, strideWidth: 0 }, four, four, nine),
      ],
      [
        'depthwiseConv2d: expected out channels that are a multiple of 2 in channels, got 3',
        () => {
          const odd = geometryOf(1, 2, 3, valid(1, 1, 1), valid(1, 1, 1));
          depthwiseConv2d(kernels, odd, bench.float32([2]), three, bench.float32([3]));
        },
      ],
    ];
    for (const [message, call] of messages) expect(call).toThrow(message);
  });
});

function geometryOfVectors({ x, filter, y, stride, pad }: ConvolutionVectors): ImageGeometry {
  const [batch, height, width, inChannels] = x.shape as [number, number, number, number];
  const [filterHeight, filterWidth] = filter.shape as [number, number];
  const axis = pad === 'same' ? same : valid;
  return geometryOf(
    batch,
    inChannels,
    y.shape[3] as number,
    axis(height, filterHeight, stride),
    axis(width, filterWidth, stride),
  );
}

/**
 * Each product and sum on a value's way into its sum is rounded at most once, in any order, fused or not:
 * |error| <= gamma sum |a| |b| with gamma = n u / (1 - n u) (Higham, Accuracy and Stability of Numerical Algorithms, 3.1).
 */
function expectWithinBound(bench: Bench, family: typeof dense, geometry: ImageGeometry, seed: number): void {
  const g = geometry;
  const met = family === dense ? g.inChannels : 1;
  const lengths: Record<Part, number> = {
    input: g.batch * g.inHeight * g.inWidth * g.inChannels,
    filter: g.filterHeight * g.filterWidth * met * g.outChannels,
    out: g.batch * g.outHeight * g.outWidth * g.outChannels,
  };
  const values: Record<Part, Float32Array> = {
    input: pseudoRandom(lengths.input, seed),
    filter: pseudoRandom(lengths.filter, seed + 1),
    out: pseudoRandom(lengths.out, seed + 2),
  };
  for (const [run, first, second, result] of family) {
    const sums = new Float64Array(lengths[result]);
    const magnitudes = new Float64Array(lengths[result]);
    const terms = new Float64Array(lengths[result]);
    forEachProduct(geometry, family, (places) => {
      const product = (values[first][places[first]] as number) * (values[second][places[second]] as number);
      const place = places[result];
      sums[place] = (sums[place] as number) + product;
      magnitudes[place] = (magnitudes[place] as number) + Math.abs(product);
      terms[place] = (terms[place] as number) + 1;
    });
    const arrays = [first, second, result].map((part) => bench.float32([lengths[part]]));
    const [left, right, out] = arrays as [Float32Buffer, Float32Buffer, Float32Buffer];
    left.set(values[first]);
    right.set(values[second]);
    out.view().fill(Number.NaN);
    run(bench.kernels, geometry, left, right, out);
    const got = out.view().slice();
    for (const array of arrays) array.dispose();
    let worst = 0;
    for (let index = 0; index < got.length; index++) {
      const count = (terms[index] as number) + 2;
      const bound = ((count * 2 ** -24) / (1 - count * 2 ** -24)) * (magnitudes[index] as number) * 1.001;
      const error = Math.abs((got[index] as number) - (sums[index] as number));
      worst = Math.max(worst, error === 0 ? 0 : error / bound);
    }
    expect(worst).toBeLessThanOrEqual(1);
  }
}

function forEachProduct(
  geometry: ImageGeometry,
  family: typeof dense,
  product: (places: Record<Part, number>) => void,
): void {
  const { inChannels, outChannels } = geometry;
  forEachTap(geometry, (inputPixel, filterPixel, outPixel) => {
    for (let outChannel = 0; outChannel < outChannels; outChannel++) {
      const own = Math.floor(outChannel / (outChannels / inChannels));
      const out = outPixel * outChannels + outChannel;
      if (family === depthwise) {
        const filter = filterPixel * outChannels + outChannel;
        product({ input: inputPixel * inChannels + own, filter, out });
        continue;
      }
      for (let channel = 0; channel < inChannels; channel++) {
        const filter = (filterPixel * inChannels + channel) * outChannels + outChannel;
        product({ input: inputPixel * inChannels + channel, filter, out });
      }
    }
  });
}

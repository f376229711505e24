import {
  adamStep,
  addRowBias,
  columnSums,
  reluPower,
  reluPowerBackward,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pseudoRandom } from './support/pseudo-random.js';
import { describeVariants } from './support/variants.js';

/** The unit roundoff of float32. */
const unit = 2 ** -24;

describeVariants('Adam', (bench) => {
  it('follows a float64 transcription of algorithm 1 of Kingma & Ba 2015', () => {
    const runs = fc.record({
      size: fc.integer({ min: 1, max: 37 }),
      steps: fc.integer({ min: 1, max: 25 }),
      seed: fc.nat(),
      scale: fc.constantFrom(1e-4, 1, 30),
      beta1: fc.constantFrom(0, 0.5, 0.9),
      beta2: fc.constantFrom(0.5, 0.99, 0.999),
      learningRate: fc.constantFrom(1e-4, 1e-2),
    });
    fc.assert(
      fc.property(runs, ({ size, steps, seed, scale, ...rates }) => {
        const settings = { ...rates, epsilon: 1e-8 };
        const parameters = bench.float32([size], pseudoRandom(size, seed));
        const state = {
          parameters,
          gradient: bench.float32([size]),
          firstMoment: bench.float32([size]),
          secondMoment: bench.float32([size]),
        };
        const reference = startReference(parameters.view());
        for (let step = 1; step <= steps; step++) {
          state.gradient.set(pseudoRandom(size, seed + step).map((value) => value * scale));
          adamStep(bench.kernels, settings, step, state);
          stepReference(settings, step, reference, state.gradient.view());
        }
        // A step rounds the parameter (of magnitude below 2) once, and its own update to some 1e-5 of the rate.
        const tolerance = steps * (2 * unit + 1e-5 * settings.learningRate);
        reference.parameters.forEach((expected, index) => {
          expect(Math.abs((parameters.view()[index] as number) - expected)).toBeLessThanOrEqual(tolerance);
        });
        for (const array of Object.values(state)) array.dispose();
      }),
      { numRuns: 100 },
    );
  });
});

describeVariants('softmax cross-entropy', (bench) => {
  it('gives log 2 for two equal logits, and half of the probability back', () => {
    const losses = bench.float32([1]);
    const gradient = bench.float32([1, 2]);
    const arrays = {
      logits: bench.float32([1, 2], [3, 3]),
      labels: bench.uint32([1], [1]),
      losses,
      gradient,
      gradientScale: 1,
    };
    expect(softmaxCrossEntropy(bench.kernels, arrays)).toBeCloseTo(Math.LN2, 15);
    expect(Array.from(gradient.view())).toEqual([0.5, -0.5]);
    expect(losses.view()[0]).toBe(Math.fround(Math.LN2));
  });

  it('keeps its value and its gradient for logits far apart', () => {
    // Losses log(1 + e^-80) = e^-80 for the likely label and 80 + e^-80 for the other.
    const gradient = bench.float32([2, 2]);
    const losses = bench.float32([2]);
    const logits = bench.float32([2, 2], [80, 0, 80, 0]);
    const arrays = { logits, labels: bench.uint32([2], [0, 1]), losses, gradient, gradientScale: 1 };
    expect(softmaxCrossEntropy(bench.kernels, arrays)).toBe((80 + 2 * Math.exp(-80)) / 2);
    expect(Array.from(losses.view())).toEqual([Math.fround(Math.exp(-80)), 80]);
    const small = Math.fround(Math.exp(-80));
    expect(Array.from(gradient.view())).toEqual([-small, small, 1, -1]);
  });
});

describeVariants('the layers of a network', (bench) => {
  it('add a bias to every row and sum columns', () => {
    const matrix = bench.float32([2, 3], [1, 2, 3, 4, 5, 6]);
    addRowBias(bench.kernels, matrix, bench.float32([3], [10, 20, 30]));
    expect(Array.from(matrix.view())).toEqual([11, 22, 33, 14, 25, 36]);
    const sums = bench.float32([3], [9, 9, 9]);
    columnSums(bench.kernels, matrix, sums);
    expect(Array.from(sums.view())).toEqual([25, 47, 69]);
  });

  it.each([
    { power: 1, values: [-2, 0, 4], expected: [0, 0, 4], slopes: [0, 0, 1] },
    // 4^4.5 = 2^9, 4.5 * 4^3.5 = 4.5 * 2^7.
    { power: 4.5, values: [-2, 0, 4], expected: [0, 0, 512], slopes: [0, 0, 576] },
    // sqrt(4) = 2, 0.5 / sqrt(4) = 0.25.
    { power: 0.5, values: [-2, 0, 4], expected: [0, 0, 2], slopes: [0, 0, 0.25] },
  ])(
    'take the power $power of what is positive, and its slope back',
    ({ power, values, expected, slopes }) => {
      const active = bench.float32([3], values);
      reluPower(bench.kernels, active, power);
      expectRelative(active.view(), expected);
      const gradient = bench.float32([3], [10, 10, 10]);
      reluPowerBackward(bench.kernels, bench.float32([3], values), power, gradient);
      expectRelative(
        gradient.view(),
        slopes.map((slope) => 10 * slope),
      );
    },
  );
});

/** The kernels state a relative error below 1e-6 for powers. */
function expectRelative(actual: ArrayLike<number>, expected: readonly number[]): void {
  expected.forEach((value, index) => {
    expect(Math.abs((actual[index] as number) - value)).toBeLessThanOrEqual(1e-6 * value);
  });
}

interface Reference {
  readonly parameters: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function startReference(parameters: Float32Array): Reference {
  const zeros = () => new Float64Array(parameters.length);
  return { parameters: Float64Array.from(parameters), first: zeros(), second: zeros() };
}

/** m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; p -= a m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + e) */
function stepReference(
  settings: { learningRate: number; beta1: number; beta2: number; epsilon: number },
  step: number,
  { parameters, first, second }: Reference,
  gradient: Float32Array,
): void {
  const [learningRate, beta1, beta2, epsilon] = [
    Math.fround(settings.learningRate),
    Math.fround(settings.beta1),
    Math.fround(settings.beta2),
    Math.fround(settings.epsilon),
  ];
  gradient.forEach((g, index) => {
    const m = beta1 * (first[index] as number) + (1 - beta1) * g;
    const v = beta2 * (second[index] as number) + (1 - beta2) * g * g;
    first[index] = m;
    second[index] = v;
    const update = m / (1 - beta1 ** step) / (Math.sqrt(v / (1 - beta2 ** step)) + epsilon);
    parameters[index] = (parameters[index] as number) - learningRate * update;
  });
}

import type { ElementKind, Float32Buffer, KernelArray, Uint8Buffer } from './arrays.js';
import { expectLength } from './check.js';
import type { Kernels } from './open.js';

// Arrays need the right number of elements only: their shapes are not looked at.

/** A function of one float32 value that has no parameters. */
export type UnaryFunction = keyof typeof unaryCodes;

/**
 * `out[i] = f(input[i])`. Transcendental functions are the nearest float32 or its neighbour, also below the normal range;
 * NaN, infinities and zeros are treated as JavaScript's `Math` treats them, `sign` of NaN is 0.
 *
 * @param name `elu`, `selu`, `relu`, `relu6`, `sigmoid` (1 / (1 + e^-x)), `softplus` (log(1 + e^x)), `rsqrt`
 * (1 / sqrt(x)), `round` (the even one of two nearest integers) and those that are named as in `Math`
 * @param out may be `input`
 * @throws where the lengths differ, or `out` shares memory with another part of `input`
 * @example
 * unary(kernels, 'tanh', preactivations, activations);
 */
export function unary(kernels: Kernels, name: UnaryFunction, input: Float32Buffer, out: Float32Buffer): void {
  apply(kernels, name, unaryCodes[name], 0, 0, input, out);
}

/**
 * x where it is not negative, else `alpha x`.
 *
 * @param out may be `input`
 * @throws as {@link unary}
 * @example
 * leakyRelu(kernels, 0.2, preactivations, activations);
 */
export function leakyRelu(kernels: Kernels, alpha: number, input: Float32Buffer, out: Float32Buffer): void {
  apply(kernels, 'leakyRelu', 24, alpha, 0, input, out);
}

/**
 * 1 where x > 0, else `alpha`; NaN stays.
 *
 * @param out may be `input`
 * @throws as {@link unary}
 * @example
 * step(kernels, 0, preactivations, slopes);
 */
export function step(kernels: Kernels, alpha: number, input: Float32Buffer, out: Float32Buffer): void {
  apply(kernels, 'step', 25, alpha, 0, input, out);
}

/**
 * The bound where x is beyond it; NaN stays.
 *
 * @param out may be `input`
 * @throws as {@link unary}
 * @example
 * clip(kernels, 0, 1, perturbed, perturbed);
 */
export function clip(
  kernels: Kernels,
  lowest: number,
  highest: number,
  input: Float32Buffer,
  out: Float32Buffer,
): void {
  apply(kernels, 'clip', 26, lowest, highest, input, out);
}

/**
 * `out[i]` = `yes[i]` where the condition is not 0, else `no[i]`. Each value of `condition` stands for as many neighbours
 * as the output is longer: one for each element, or one for each row.
 *
 * @throws where the lengths do not fit, or `out` shares memory with another array
 * @example
 * select(kernels, mask, images, noise, mixed);
 */
export function select<Kind extends 'float32' | 'int32' | 'uint8'>(
  kernels: Kernels,
  condition: Uint8Buffer,
  yes: KernelArray<Kind>,
  no: KernelArray<Kind>,
  out: KernelArray<Kind>,
): void {
  const { length } = out;
  expectLength('select', 'condition', kernels, condition, condition.length);
  expectLength('select', 'yes', kernels, yes, length);
  expectLength('select', 'no', kernels, no, length);
  expectLength('select', 'out', kernels, out, length);
  kernels.raw.select(
    out.kind === 'uint8',
    condition.offset,
    condition.length,
    yes.offset,
    no.offset,
    out.offset,
    length,
  );
}

/**
 * Converts elements as tfjs does: float32 to int32 towards zero (as `Int32Array.from`: modulo 2^32, 0 for NaN), anything to
 * uint8 as a truth value, 1 where it is not 0.
 *
 * @throws where the lengths differ, or both have one element type
 * @example
 * cast(kernels, pixels, floats);
 */
export function cast(
  kernels: Kernels,
  input: KernelArray<'float32' | 'int32' | 'uint8'>,
  out: KernelArray<'float32' | 'int32' | 'uint8'>,
): void {
  const { length } = out;
  expectLength('cast', 'input', kernels, input, length);
  expectLength('cast', 'out', kernels, out, length);
  kernels.raw.cast(castCodes[input.kind], castCodes[out.kind], input.offset, out.offset, length);
}

/**
 * 1 where a value is NaN, infinite or finite, else 0.
 *
 * @throws where the lengths differ
 * @example
 * classify(kernels, 'isNaN', losses, bad);
 */
export function classify(
  kernels: Kernels,
  property: 'isNaN' | 'isInfinite' | 'isFinite',
  input: Float32Buffer,
  out: Uint8Buffer,
): void {
  testProperty(kernels, property, { isNaN: 0, isInfinite: 1, isFinite: 2 }[property], input, out);
}

/**
 * 1 where a truth value is 0, else 0.
 *
 * @throws where the lengths differ
 * @example
 * logicalNot(kernels, hits, misses);
 */
export function logicalNot(kernels: Kernels, input: Uint8Buffer, out: Uint8Buffer): void {
  testProperty(kernels, 'logicalNot', 3, input, out);
}

function testProperty(
  kernels: Kernels,
  name: string,
  code: number,
  input: KernelArray<ElementKind>,
  out: Uint8Buffer,
): void {
  expectLength(name, 'input', kernels, input, out.length);
  expectLength(name, 'out', kernels, out, out.length);
  kernels.raw.classify(code, input.offset, out.offset, out.length);
}

function apply(
  kernels: Kernels,
  name: string,
  code: number,
  first: number,
  second: number,
  input: Float32Buffer,
  out: Float32Buffer,
): void {
  const { length } = out;
  expectLength(name, 'input', kernels, input, length);
  expectLength(name, 'out', kernels, out, length);
  kernels.raw.unary(code, first, second, input.offset, out.offset, length);
}

const unaryCodes = {
  abs: 0,
  neg: 1,
  exp: 2,
  expm1: 3,
  log: 4,
  log1p: 5,
  sqrt: 6,
  rsqrt: 7,
  square: 8,
  reciprocal: 9,
  relu: 10,
  relu6: 11,
  elu: 12,
  selu: 13,
  sigmoid: 14,
  softplus: 15,
  tanh: 16,
  sign: 17,
  floor: 18,
  ceil: 19,
  round: 20,
  sin: 21,
  cos: 22,
  erf: 23,
} as const;

const castCodes = { float32: 0, int32: 1, uint8: 2 } as const;

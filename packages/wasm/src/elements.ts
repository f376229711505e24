import type { ElementKind, KernelArray } from './arrays.js';
import { expectInteger, expectLength } from './check.js';
import type { Kernels } from './open.js';

/** The element types whose values are moved by their bits. */
export type MovedKind = Exclude<ElementKind, 'float64'>;

/**
 * Gives every element of an array the same value, of which NaN and infinities are floats too.
 *
 * @throws where the type of the array does not hold the value
 * @example
 * fill(kernels, mask, 1);
 */
export function fill(kernels: Kernels, to: KernelArray<MovedKind>, value: number): void {
  expectLength('fill', 'to', kernels, to, to.length);
  kernels.raw.fill(bytesOf('fill', to, to), bitsOf('fill', to.kind, value), to.offset, to.length);
}

/** How many bytes an element has; both arrays must be of one type. */
export function bytesOf(operation: string, from: KernelArray<MovedKind>, to: KernelArray<MovedKind>): number {
  if (from.kind !== to.kind)
    throw new Error(`${operation}: expected two arrays of one type, got ${from.kind} and ${to.kind}`);
  return from.kind === 'uint8' ? 1 : 4;
}

/** The bits of a value in the element type of an array. */
export function bitsOf(operation: string, kind: MovedKind, value: number): number {
  if (kind === 'float32') {
    scratchFloat[0] = value;
    return scratchBits[0] ?? 0;
  }
  const [lowest, highest] = { int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1], uint8: [0, 255] }[
    kind
  ] as [number, number];
  expectInteger(operation, 'the value', value, lowest, highest);
  return value >>> 0;
}

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

import {
  allocateFloat32,
  allocateUint8,
  bytesToFloats,
  type Float32Buffer,
  gemm,
  type Kernels,
  randomNormal,
} from '@hebblab/wasm';
import type { Samples } from './samples.js';

/**
 * About the `dimensions` directions in which images vary most, as orthonormal rows [dimensions, inputs]: the leading
 * eigenvectors of the second moment of up to 4000 images, by subspace iteration from random rows (Halko, Martinsson &
 * Tropp 2011, algorithm 4.4). Only how quick a sieve is depends on how good they are.
 *
 * @throws where memory is exhausted
 * @example
 * using basis = principalDirections(kernels, samples, 256);
 */
export function principalDirections(kernels: Kernels, samples: Samples, dimensions: number): Float32Buffer {
  const { inputs } = samples;
  using images = someImages(kernels, samples);
  const [count = 0] = images.shape;
  using products = allocateFloat32(kernels, [count, dimensions]);
  const basis = allocateFloat32(kernels, [dimensions, inputs]);
  try {
    randomNormal(kernels, { seed: 1, stream: 'principal directions' }, basis);
    for (let iteration = 0; iteration < iterations; iteration++) {
      gemm(kernels, 'NT', images, basis, products);
      gemm(kernels, 'TN', products, images, basis);
      basis.set(orthonormalRows(basis.view(), inputs));
    }
    return basis;
  } catch (error) {
    basis.dispose();
    throw error;
  }
}

const iterations = 3;
const mostImages = 4000;

/** Evenly from the whole set, as floats of the bytes. */
function someImages(kernels: Kernels, { images, count, inputs }: Samples): Float32Buffer {
  const taken = Math.min(count, mostImages);
  using pixels = allocateUint8(kernels, [taken, inputs]);
  using scales = allocateFloat32(kernels, [taken]);
  const into = pixels.view();
  for (let image = 0; image < taken; image++) {
    const from = Math.floor((image * count) / taken) * inputs;
    into.set(images.pixels.subarray(from, from + inputs), image * inputs);
  }
  scales.view().fill(1 / 255);
  const floats = allocateFloat32(kernels, [taken, inputs]);
  bytesToFloats(kernels, pixels, scales, floats);
  return floats;
}

/**
 * Modified Gram-Schmidt in double precision. A row that depends on those before it, where the images span fewer
 * directions, gives way to a unit vector: any will do, and a row of zeros would not be orthonormal.
 */
function orthonormalRows(rows: Float32Array, length: number): Float32Array {
  const values = Float64Array.from(rows);
  const done: Float64Array[] = [];
  let axis = 0;
  for (let start = 0; start < values.length; start += length) {
    const row = values.subarray(start, start + length);
    let least = negligible * Math.sqrt(dot(row, row));
    while (!makeOrthonormal(row, done, least)) {
      row.fill(0);
      row[axis++] = 1;
      // Of the unit vectors one always leaves 1 / sqrt(length), and one that leaves less now leaves no more later.
      least = 0.5 / Math.sqrt(length);
    }
    done.push(row);
  }
  return Float32Array.from(values);
}

/** Whether more than `least` of the row is left. */
function makeOrthonormal(row: Float64Array, done: readonly Float64Array[], least: number): boolean {
  for (let pass = 0; pass < 2; pass++) for (const other of done) subtract(row, dot(row, other), other);
  const left = Math.sqrt(dot(row, row));
  if (!(left > least)) return false;
  for (let at = 0; at < row.length; at++) row[at] = (row[at] as number) / left;
  return true;
}

/** What is left of a row beside its rounding. */
const negligible = 1e-6;

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

function subtract(row: Float64Array, factor: number, other: Float64Array): void {
  for (let at = 0; at < row.length; at++) row[at] = (row[at] as number) - factor * (other[at] as number);
}

import type { Float32Buffer, Uint8Buffer } from './arrays.js';
import { expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * The L_p norm of each row.
 *
 * @param matrix [rows, columns]
 * @param p real, > 0
 * @param out [rows]
 * @throws where shapes do not fit or p is out of range
 * @example
 * lpNorms(kernels, weights, 3, norms);
 */
export function lpNorms(kernels: Kernels, matrix: Float32Buffer, p: number, out: Float32Buffer): void {
  const [rows, columns] = matrixSizes('lpNorms', 'matrix', matrix);
  expectShape('lpNorms', 'matrix', kernels, matrix, [rows, columns]);
  expectShape('lpNorms', 'out', kernels, out, [rows]);
  kernels.raw.lpNorms(matrix.offset, rows, columns, p, out.offset);
}

/**
 * Bytes times one scale per image, as float32.
 *
 * @param pixels [count, size]
 * @param scales [count]
 * @param out [count, size]
 * @throws where shapes do not fit
 * @example
 * bytesToFloats(kernels, pixels, scales, images);
 */
export function bytesToFloats(
  kernels: Kernels,
  pixels: Uint8Buffer,
  scales: Float32Buffer,
  out: Float32Buffer,
): void {
  const [count, size] = matrixSizes('bytesToFloats', 'pixels', pixels);
  expectShape('bytesToFloats', 'pixels', kernels, pixels, [count, size]);
  expectShape('bytesToFloats', 'scales', kernels, scales, [count]);
  expectShape('bytesToFloats', 'out', kernels, out, [count, size]);
  kernels.raw.bytesToFloats(pixels.offset, scales.offset, count, size, out.offset);
}

/**
 * The scale 1 / ||x||_p that divides each byte image by its own norm (arXiv 2405.00679: p = 3).
 *
 * @param pixels [count, size]
 * @param scales [count], receives the scales
 * @throws where shapes do not fit or an image is all zero
 * @example
 * inverseLpNormsOfBytes(kernels, pixels, 3, scales);
 */
export function inverseLpNormsOfBytes(
  kernels: Kernels,
  pixels: Uint8Buffer,
  p: number,
  scales: Float32Buffer,
): void {
  const [count, size] = matrixSizes('inverseLpNormsOfBytes', 'pixels', pixels);
  expectShape('inverseLpNormsOfBytes', 'pixels', kernels, pixels, [count, size]);
  expectShape('inverseLpNormsOfBytes', 'scales', kernels, scales, [count]);
  kernels.raw.inverseLpNormsOfBytes(pixels.offset, count, size, p, scales.offset);
}

import type { Float32Buffer } from './arrays.js';
import { expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * Which operand is stored transposed, for `out` of shape [rows, columns] and a summed dimension `inner`.
 * - `NN`: a [rows, inner], b [inner, columns]
 * - `NT`: a [rows, inner], b [columns, inner]
 * - `TN`: a [inner, rows], b [inner, columns]
 */
export type GemmForm = 'NN' | 'NT' | 'TN';

/**
 * The float32 matrix product out = op(a) op(b). A row of `out` depends on its own row of op(a) and on b
 * alone, bit for bit, however many rows there are. Denormal operands count as zero.
 *
 * @throws where shapes do not fit, or `out` shares memory with an operand
 * @example
 * gemm(kernels, 'NT', images, effectiveWeights, preactivations);
 */
export function gemm(
  kernels: Kernels,
  form: GemmForm,
  a: Float32Buffer,
  b: Float32Buffer,
  out: Float32Buffer,
): void {
  const [rows, columns] = matrixSizes('gemm', 'out', out);
  const inner = matrixSizes('gemm', 'a', a)[form === 'TN' ? 0 : 1];
  expectShape('gemm', 'a', kernels, a, form === 'TN' ? [inner, rows] : [rows, inner]);
  expectShape('gemm', 'b', kernels, b, form === 'NT' ? [columns, inner] : [inner, columns]);
  expectShape('gemm', 'out', kernels, out, [rows, columns]);
  kernels.raw.gemm(formCodes[form], rows, columns, inner, a.offset, b.offset, out.offset);
}

const formCodes: Record<GemmForm, number> = { NN: 0, NT: 1, TN: 2 };

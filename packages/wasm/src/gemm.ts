import type { Float32Buffer } from './arrays.js';
import { expectInteger, expectLength, expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * Which operand is stored transposed, for `out` of shape [rows, columns] and a summed dimension `inner`.
 * - `NN`: a [rows, inner], b [inner, columns]
 * - `NT`: a [rows, inner], b [columns, inner]
 * - `TN`: a [inner, rows], b [inner, columns]
 * - `TT`: a [inner, rows], b [columns, inner]
 */
export type GemmForm = 'NN' | 'NT' | 'TN' | 'TT';

/** max(z, 0), or max(z, 0)^power with a finite power > 0; results below the normal range become 0. */
export type GemmActivation = 'relu' | { readonly reluPower: number };

/** What follows a product, in this order. */
export interface GemmEpilogue {
  /** A factor for each row of the output, [rows]. */
  readonly rowScale?: Float32Buffer | undefined;
  /** A value added to each column of the output, [columns]. */
  readonly bias?: Float32Buffer | undefined;
  readonly activation?: GemmActivation | undefined;
}

/** A product of arrays that have the right lengths, whatever their shapes. */
export interface GemmCall extends GemmEpilogue {
  readonly form: GemmForm;
  readonly rows: number;
  readonly columns: number;
  /** The summed dimension. */
  readonly inner: number;
  readonly a: Float32Buffer;
  readonly b: Float32Buffer;
  /** [rows, columns] */
  readonly out: Float32Buffer;
}

/** Products of all pairs of matrices of two batches, which are broadcast to each other. */
export interface BatchedGemmCall extends GemmCall {
  /** The dimensions of a's batch, before those of its matrices: [] for one matrix. */
  readonly aBatch: readonly number[];
  /** The dimensions of b's batch. */
  readonly bBatch: readonly number[];
}

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
  const { code, transposesA, transposesB } = forms[form];
  const [rows, columns] = matrixSizes('gemm', 'out', out);
  const inner = matrixSizes('gemm', 'a', a)[transposesA ? 0 : 1];
  expectShape('gemm', 'a', kernels, a, transposesA ? [inner, rows] : [rows, inner]);
  expectShape('gemm', 'b', kernels, b, transposesB ? [columns, inner] : [inner, columns]);
  expectShape('gemm', 'out', kernels, out, [rows, columns]);
  kernels.raw.gemm(code, rows, columns, inner, a.offset, b.offset, out.offset, 0, 0, 0);
}

/**
 * out = activation(rowScale * (op(a) op(b)) + bias): {@link gemm} with what follows it, applied while the product is
 * in the cache. The same bits as separate calls give.
 *
 * @throws where lengths do not fit, the power is out of range, or `out` shares memory with another array
 * @example
 * gemmWith(kernels, { form: 'NN', rows, columns, inner, a: images, b: weights, out, bias, activation: 'relu' });
 */
export function gemmWith(kernels: Kernels, call: GemmCall): void {
  const { form, rows, columns, inner, a, b, out } = call;
  expectSizes(kernels, call, 1, 1, 1);
  const rest = epilogueOf(kernels, call);
  kernels.raw.gemm(forms[form].code, rows, columns, inner, a.offset, b.offset, out.offset, ...rest);
}

/**
 * {@link gemmWith} for each pair of matrices of two batches, which are broadcast to each other as in NumPy: from the
 * last dimension on, equal sizes go together and a size of 1 with any. The rest of the call is the same for all pairs.
 *
 * @throws where lengths or batches do not fit, the power is out of range, or `out` shares memory with another array
 * @example
 * // [8, 1, 5, 3] times [4, 3, 2] is [8, 4, 5, 2]
 * batchedGemm(kernels, { form: 'NN', rows: 5, columns: 2, inner: 3, aBatch: [8, 1], bBatch: [4], a, b, out });
 */
export function batchedGemm(kernels: Kernels, call: BatchedGemmCall): void {
  const { form, rows, columns, inner, aBatch, bBatch, a, b, out } = call;
  const shape = broadcast(aBatch, bBatch);
  const [aCount, bCount] = [sizeOf(aBatch), sizeOf(bBatch)];
  expectSizes(kernels, call, aCount, bCount, sizeOf(shape));
  const [bias, rowScale, power] = epilogueOf(kernels, call);
  kernels.raw.batchedGemm(
    forms[form].code,
    rows,
    columns,
    inner,
    a.offset,
    aCount,
    b.offset,
    bCount,
    broadcastIndices(aBatch, shape),
    broadcastIndices(bBatch, shape),
    out.offset,
    bias,
    rowScale,
    power,
  );
}

const forms: Record<GemmForm, { code: number; transposesA: boolean; transposesB: boolean }> = {
  NN: { code: 0, transposesA: false, transposesB: false },
  NT: { code: 1, transposesA: false, transposesB: true },
  TN: { code: 2, transposesA: true, transposesB: false },
  TT: { code: 3, transposesA: true, transposesB: true },
};

function expectSizes(kernels: Kernels, call: GemmCall, aCount: number, bCount: number, count: number): void {
  const { rows, columns, inner, a, b, out } = call;
  for (const [name, size] of Object.entries({ rows, columns, inner })) {
    expectInteger('gemm', name, size, 0, 2 ** 32 - 1);
  }
  expectLength('gemm', 'a', kernels, a, aCount * rows * inner);
  expectLength('gemm', 'b', kernels, b, bCount * inner * columns);
  expectLength('gemm', 'out', kernels, out, count * rows * columns);
}

/** The offsets of bias and row scale, 0 where there is none, and the power, 0 for no activation. */
function epilogueOf(kernels: Kernels, call: GemmCall): [bias: number, rowScale: number, power: number] {
  const { rows, columns, bias, rowScale, activation } = call;
  if (bias !== undefined) expectLength('gemm', 'bias', kernels, bias, columns);
  if (rowScale !== undefined) expectLength('gemm', 'rowScale', kernels, rowScale, rows);
  return [bias?.offset ?? 0, rowScale?.offset ?? 0, powerOf(activation)];
}

function powerOf(activation: GemmActivation | undefined): number {
  if (activation === undefined) return 0;
  if (activation === 'relu') return 1;
  const power = Math.fround(activation.reluPower);
  if (!(power > 0 && Number.isFinite(power)))
    throw new Error(`gemm: expected a power > 0, got ${activation.reluPower}`);
  return power;
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [sizeA, sizeB] = [a[a.length - rank + axis] ?? 1, b[b.length - rank + axis] ?? 1];
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1)
      throw new Error(`gemm: expected batches that broadcast, got [${a}] and [${b}]`);
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** For each place of a batch of `shape` the number of the matrix that stands there. */
function broadcastIndices(batch: readonly number[], shape: readonly number[]): Uint32Array {
  let indices = [0];
  shape.forEach((size, axis) => {
    const own = batch[batch.length - shape.length + axis] ?? 1;
    indices = indices.flatMap((index) =>
      Array.from({ length: size }, (_, step) => index * own + (own === 1 ? 0 : step)),
    );
  });
  return Uint32Array.from(indices);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

import {
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  type Float32Buffer,
  type Uint8Buffer,
  type Uint32Buffer,
} from './arrays.js';
import { expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * Derived forms of the effective weights by which most units are ruled out as winner or rival of a sample: integers of
 * 12 bits (at 3072 inputs; more where fewer fit 31 bits in a sum), and rigorous bounds of what these leave out. The
 * candidates that remain are multiplied in float32 in the order of the whole product: winners, rivals and weights have
 * the same bits as without. 2 bytes for each weight, and 3 to 4 MB while a step runs.
 */
export interface KrotovHopfieldScreen {
  /** Pairs of 16-bit integers, [hidden, inputs / 2]. @internal */
  readonly quantised: Uint32Buffer;
  /** Scale, error and length of a unit's row, [hidden, 3]. @internal */
  readonly units: Float32Buffer;
  /** For the sieve: the layer, or what coarse integers leave of it, in the coordinates of a projection. @internal */
  readonly projected?: {
    readonly projection: KrotovHopfieldProjection;
    readonly rows: ProjectedRows;
    readonly coarse?: CoarseRows;
  };
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Directions in which the data vary most. Dots in these few coordinates, with rigorous bounds of what they leave out, rule
 * most units out as soon as a layer has learned; before, they cost a tenth of the screen in vain.
 */
export interface KrotovHopfieldProjection {
  /** [dimensions, inputs], orthonormal up to `defect`. */
  readonly basis: Float32Buffer;
  readonly defect: number;
}

/** Rows in the coordinates of a projection. */
export interface ProjectedRows {
  /** [rows, dimensions] */
  readonly coefficients: Float32Buffer;
  /** Of each row the length that the coordinates leave out, and the whole length: [rows, 2]. */
  readonly tails: Float32Buffer;
}

/** Rows as integers of 7 bits. */
export interface CoarseRows {
  /** [rows, inputs to the next multiple of 256] */
  readonly bytes: Uint8Buffer;
  /** Of each row the scale and the sum: [rows, 2]. */
  readonly units: Float32Buffer;
}

/** What a sieve projects: whole rows, or what coarse integers leave of them. */
export type KrotovHopfieldSieve = 'rows' | 'residuals';

/**
 * A projection onto the rows of a basis.
 *
 * @param basis [dimensions, inputs]; rows orthonormal within 0.01
 * @throws where they are not
 * @example
 * const projection = createKrotovHopfieldProjection(kernels, basis);
 */
export function createKrotovHopfieldProjection(
  kernels: Kernels,
  basis: Float32Buffer,
): KrotovHopfieldProjection {
  const operation = 'createKrotovHopfieldProjection';
  const [dimensions, inputs] = matrixSizes(operation, 'basis', basis);
  expectShape(operation, 'basis', kernels, basis, [dimensions, inputs]);
  return { basis, defect: kernels.raw.krotovHopfieldProjection(inputs, dimensions, basis.offset) };
}

/**
 * Rows in the coordinates of a projection: samples as bytes, or effective weights. 4 bytes for each of their values while
 * it runs.
 *
 * @param rows [count, inputs]
 * @param out coefficients [count, dimensions], tails [count, 2]
 * @throws where shapes differ
 * @example
 * projectKrotovHopfieldRows(kernels, projection, pixels, projected);
 */
export function projectKrotovHopfieldRows(
  kernels: Kernels,
  { basis, defect }: KrotovHopfieldProjection,
  rows: Uint8Buffer | Float32Buffer,
  out: ProjectedRows,
): void {
  const operation = 'projectKrotovHopfieldRows';
  const [dimensions, inputs] = matrixSizes(operation, 'basis', basis);
  const [count] = matrixSizes(operation, 'rows', rows);
  expectShape(operation, 'rows', kernels, rows, [count, inputs]);
  expectProjected(operation, kernels, out, count, dimensions);
  kernels.raw.krotovHopfieldProject(
    inputs,
    dimensions,
    basis.offset,
    defect,
    count,
    rows.offset,
    rows.kind === 'uint8',
    out.coefficients.offset,
    out.tails.offset,
  );
}

/**
 * A screen of a layer as it is now.
 *
 * With `residuals` the ranking `sieve` begins with dots of integers of 7 bits and projects what these leave: for layers that
 * have not converged, of which the projection of whole rows says nothing, and for the variant `relaxed`, which has an
 * instruction for such dots. 1 byte more for each weight.
 *
 * @param effective effective weights [hidden, inputs]
 * @param projection for the ranking `sieve`
 * @param of what is projected
 * @throws where memory is exhausted
 * @example
 * using screen = createKrotovHopfieldScreen(kernels, effective);
 * krotovHopfieldMinibatchStep(kernels, rule, 0.02, batch, { weights, effective, screen }, competition);
 */
export function createKrotovHopfieldScreen(
  kernels: Kernels,
  effective: Float32Buffer,
  projection?: KrotovHopfieldProjection,
  of: KrotovHopfieldSieve = 'rows',
): KrotovHopfieldScreen {
  const operation = 'createKrotovHopfieldScreen';
  const [hidden, inputs] = matrixSizes(operation, 'effective', effective);
  expectShape(operation, 'effective', kernels, effective, [hidden, inputs]);
  const arrays: { dispose(): void }[] = [];
  const own = <Made extends { dispose(): void }>(array: Made): Made => {
    arrays.push(array);
    return array;
  };
  const dispose = () => {
    for (const array of arrays.splice(0)) array.dispose();
  };
  try {
    const quantised = own(allocateUint32(kernels, [hidden, pairsOf(inputs)]));
    const units = own(allocateFloat32(kernels, [hidden, unitFields]));
    kernels.raw.krotovHopfieldScreen(inputs, hidden, effective.offset, quantised.offset, units.offset);
    const screen = { quantised, units, dispose, [Symbol.dispose]: dispose };
    if (projection === undefined) return screen;
    const [dimensions] = matrixSizes(operation, 'basis', projection.basis);
    const rows = {
      coefficients: own(allocateFloat32(kernels, [hidden, dimensions])),
      tails: own(allocateFloat32(kernels, [hidden, tailFields])),
    };
    if (of === 'rows') {
      projectKrotovHopfieldRows(kernels, projection, effective, rows);
      return { ...screen, projected: { projection, rows } };
    }
    const coarse = {
      bytes: own(allocateUint8(kernels, [hidden, paddedBytes(inputs)])),
      units: own(allocateFloat32(kernels, [hidden, coarseFields])),
    };
    expectShape(operation, 'basis', kernels, projection.basis, [dimensions, inputs]);
    kernels.raw.krotovHopfieldCoarse(
      inputs,
      hidden,
      dimensions,
      projection.basis.offset,
      projection.defect,
      effective.offset,
      coarse.bytes.offset,
      coarse.units.offset,
      rows.coefficients.offset,
      rows.tails.offset,
    );
    return { ...screen, projected: { projection, rows, coarse } };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** @throws unless the arrays have the shapes of `rows` rows in `dimensions` coordinates */
export function expectProjected(
  operation: string,
  kernels: Kernels,
  { coefficients, tails }: ProjectedRows,
  rows: number,
  dimensions: number,
): void {
  expectShape(operation, 'coefficients', kernels, coefficients, [rows, dimensions]);
  expectShape(operation, 'tails', kernels, tails, [rows, tailFields]);
}

/** @throws unless the arrays are those of a layer of this shape */
export function expectCoarse(
  operation: string,
  kernels: Kernels,
  { bytes, units }: CoarseRows,
  hidden: number,
  inputs: number,
): void {
  expectShape(operation, 'coarse bytes', kernels, bytes, [hidden, paddedBytes(inputs)]);
  expectShape(operation, 'coarse units', kernels, units, [hidden, coarseFields]);
}

/** @throws unless the screen is one of a layer of this shape */
export function expectScreen(
  operation: string,
  kernels: Kernels,
  { quantised, units }: KrotovHopfieldScreen,
  hidden: number,
  inputs: number,
): void {
  expectShape(operation, 'quantised', kernels, quantised, [hidden, pairsOf(inputs)]);
  expectShape(operation, 'units', kernels, units, [hidden, unitFields]);
}

/** Scale, error, length. */
const unitFields = 3;

/** Scale, sum. */
const coarseFields = 2;

/** Tail, length. */
const tailFields = 2;

function pairsOf(inputs: number): number {
  return Math.ceil(inputs / 2);
}

function paddedBytes(inputs: number): number {
  return 256 * Math.ceil(inputs / 256);
}

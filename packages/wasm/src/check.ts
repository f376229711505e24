import type { ElementKind, KernelArray } from './arrays.js';
import type { Kernels } from './open.js';

/** Refuses an array of another instance or another shape; `null` stands for any size. */
export function expectShape(
  operation: string,
  name: string,
  kernels: Kernels,
  array: KernelArray<ElementKind>,
  shape: readonly (number | null)[],
): void {
  if (array.kernels !== kernels) {
    throw new Error(
      `${operation}: expected ${name} in the ${kernels.variant} instance, got one of another instance`,
    );
  }
  const fits =
    array.shape.length === shape.length &&
    shape.every((size, axis) => size === null || size === array.shape[axis]);
  if (!fits) {
    const expected = shape.map((size) => size ?? 'any').join(', ');
    throw new Error(`${operation}: expected ${name} of shape [${expected}], got [${array.shape.join(', ')}]`);
  }
}

/** Refuses an array of another instance or another number of elements, whatever its shape. */
export function expectLength(
  operation: string,
  name: string,
  kernels: Kernels,
  array: KernelArray<ElementKind>,
  length: number,
): void {
  if (array.kernels !== kernels) {
    throw new Error(
      `${operation}: expected ${name} in the ${kernels.variant} instance, got one of another instance`,
    );
  }
  if (array.length !== length)
    throw new Error(`${operation}: expected ${length} values in ${name}, got ${array.length}`);
}

/** The sizes of a matrix, or an error where the array has another number of dimensions. */
export function matrixSizes(
  operation: string,
  name: string,
  array: KernelArray<ElementKind>,
): readonly [rows: number, columns: number] {
  const [rows, columns, ...rest] = array.shape;
  if (rows === undefined || columns === undefined || rest.length > 0) {
    throw new Error(
      `${operation}: expected ${name} with two dimensions, got shape [${array.shape.join(', ')}]`,
    );
  }
  return [rows, columns];
}

export function expectInteger(
  operation: string,
  name: string,
  value: number,
  lowest: number,
  highest: number,
): void {
  if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
    throw new Error(
      `${operation}: expected ${name} as a whole number from ${lowest} to ${highest}, got ${value}`,
    );
  }
}

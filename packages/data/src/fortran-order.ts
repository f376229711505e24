/** The values of an array stored first index fastest (Fortran), with the last index fastest (C) instead. */
export function toRowMajor(values: Uint8Array, shape: readonly number[], elementBytes: number): Uint8Array {
  const strides = fortranStrides(shape);
  const index = shape.map(() => 0);
  const ordered = new Uint8Array(values.length);
  let from = 0;
  for (let to = 0; to < ordered.length; to += elementBytes) {
    for (let byte = 0; byte < elementBytes; byte++)
      ordered[to + byte] = values[from * elementBytes + byte] as number;
    from = advance(index, shape, strides, from);
  }
  return ordered;
}

function fortranStrides(shape: readonly number[]): number[] {
  let stride = 1;
  return shape.map((size) => {
    const own = stride;
    stride *= size;
    return own;
  });
}

/** Counts the index up by one, last place first, and returns the offset that belongs to it. */
function advance(
  index: number[],
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): number {
  let next = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const value = (index[axis] as number) + 1;
    const stride = strides[axis] as number;
    if (value < (shape[axis] as number)) {
      index[axis] = value;
      return next + stride;
    }
    next -= (value - 1) * stride;
    index[axis] = 0;
  }
  return next;
}

/** A function of the elements of a tensor, in plain doubles. */
export type Scalar = (x: number[]) => number;

/** The gradient by central differences: the error is about 1e-10 of the function's scale. */
export function differenceGradient(f: Scalar, x: number[]): number[] {
  return x.map((value, index) => {
    const step = 1e-5 * Math.max(1, Math.abs(value));
    return (f(moved(x, index, step)) - f(moved(x, index, -step))) / (2 * step);
  });
}

/** The Hessian times v by central differences of central differences, extrapolated to step 0 from two steps. */
export function differenceHvp(f: Scalar, x: number[], v: number[]): number[] {
  const coarse = hvpWithStep(f, x, v, 6e-4);
  const fine = hvpWithStep(f, x, v, 3e-4);
  return fine.map((value, index) => (4 * value - coarse[index]) / 3);
}

function hvpWithStep(f: Scalar, x: number[], v: number[], step: number): number[] {
  const along = (sign: number) => x.map((value, index) => value + sign * step * v[index]);
  const [ahead, behind] = [along(1), along(-1)];
  return x.map((_, index) => {
    const differences = [ahead, behind].map(
      (point) => f(moved(point, index, step)) - f(moved(point, index, -step)),
    );
    return (differences[0] - differences[1]) / (4 * step * step);
  });
}

function moved(x: number[], index: number, by: number): number[] {
  return x.map((value, position) => (position === index ? value + by : value));
}

/** The largest difference over the largest expected magnitude; NaN counts as a miss. */
export function relativeError(actual: ArrayLike<number>, expected: number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  const errors = expected.map((value, index) => Math.abs(actual[index] - value) / scale);
  return errors.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(0, ...errors);
}

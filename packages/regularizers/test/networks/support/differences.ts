/** A function of numbers, in plain doubles. */
export type Float64Function = (x: readonly number[]) => number;

/** The gradient by central differences. */
export function differenceGradient(f: Float64Function, x: readonly number[]): number[] {
  const step = 1e-5;
  return x.map((_, index) => (f(moved(x, index, step)) - f(moved(x, index, -step))) / (2 * step));
}

/** The Hessian times v by central differences of central differences, extrapolated to step 0 from two steps. */
export function differenceHvp(f: Float64Function, x: readonly number[], v: readonly number[]): number[] {
  const coarse = hvpWithStep(f, x, v, 6e-4);
  const fine = hvpWithStep(f, x, v, 3e-4);
  return fine.map((value, index) => (4 * value - (coarse[index] as number)) / 3);
}

function hvpWithStep(f: Float64Function, x: readonly number[], v: readonly number[], step: number): number[] {
  const along = (sign: number) => x.map((value, index) => value + sign * step * (v[index] as number));
  const slope = (point: readonly number[], index: number) =>
    f(moved(point, index, step)) - f(moved(point, index, -step));
  const [ahead, behind] = [along(1), along(-1)];
  return x.map((_, index) => (slope(ahead, index) - slope(behind, index)) / (4 * step * step));
}

function moved(x: readonly number[], index: number, by: number): number[] {
  return x.map((value, position) => (position === index ? value + by : value));
}

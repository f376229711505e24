/** weight * the sum of squares of the values, whose gradient is added to `gradient`. */
export function addSquares(weight: number, values: Float32Array, gradient: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    sum += value * value;
    gradient[index] = (gradient[index] as number) + 2 * weight * value;
  }
  return weight * sum;
}

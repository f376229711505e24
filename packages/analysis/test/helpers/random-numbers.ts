/** Uniform numbers in [0, 1) by a linear congruential generator (Park & Miller): no more than tests need. */
export function uniformNumbers(seed: number, count: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return Math.floor((state / 2147483647) * 2 ** 24) / 2 ** 24;
  });
}

/** Normal numbers from these by Box and Muller. */
export function normalNumbers(seed: number, count: number): Float32Array {
  const uniforms = uniformNumbers(seed, 2 * count + 20).subarray(20);
  return Float32Array.from({ length: count }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - (uniforms[2 * i] as number)));
    return radius * Math.cos(2 * Math.PI * (uniforms[2 * i + 1] as number));
  });
}

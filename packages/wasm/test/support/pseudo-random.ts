/** Values in [-1, 1) from a linear congruential generator (Numerical Recipes), snapped to float32. */
export function pseudoRandom(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

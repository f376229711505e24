// What is trained: data alone. A participant knows the names.

/**
 * @typedef {object} TrainingWork
 * @property {string} name
 * @property {string} what
 * @property {number} tolerance of the losses of the first steps, as a share
 * @property {readonly string[]} peers participants beside ours
 */

/** @type {readonly TrainingWork[]} */
export const works = [
  {
    name: 'shlp',
    what: '3072 -> 2000 ReLU -> 10, softmax cross-entropy, Adam, batch 1000',
    tolerance: 1e-4,
    peers: ['tfjs-backend-wasm', 'tfjs-backend-cpu', 'jax-js'],
  },
  {
    name: 'cnn',
    what: '28 x 28 -> 5 x 5 x 32 -> pool 2 -> 5 x 5 x 64 -> pool 2 -> 128 ReLU -> 10, Adam, batch 128',
    tolerance: 1e-3,
    peers: ['tfjs-backend-cpu'],
  },
  {
    name: 'scalar',
    what: 'x + 1 of one number: what an operation costs beside its work',
    tolerance: 0,
    peers: ['tfjs-backend-wasm', 'tfjs-backend-cpu'],
  },
];

/** How many steps are taken, and their losses compared, before timing. */
export const firstSteps = 2;

/** Uniform numbers of [-1, 1), the same for every participant (mulberry32). */
export function uniforms(length, seed) {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

/** Weights by the rule of Glorot & Bengio 2010. */
export function glorot(shape, seed) {
  const fanOut = shape.at(-1);
  const length = shape.reduce((product, size) => product * size, 1);
  const limit = Math.sqrt(6 / (length / fanOut + fanOut));
  return uniforms(length, seed).map((value) => value * limit);
}

/** Labels that follow from nothing in particular, `count` of `classes`. */
export function labels(count, classes) {
  return Int32Array.from({ length: count }, (_, index) => (index * 7) % classes);
}

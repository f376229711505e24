import {
  classifierFromFunctions,
  type DifferentiableClassifier,
  type Normals,
  type Uniforms,
} from '@hebblab/attacks';

/** Logits [x - y, y - x] on [0, 1]^2: class 0 where x >= y. Its cross-entropy gradient is a multiple of (1, -1). */
export const comparison: DifferentiableClassifier = classifierFromFunctions({
  inputs: 2,
  classes: 2,
  bounds: { kind: 'box', lower: 0, upper: 1 },
  logits: (image) => {
    const [x, y] = pairOf(image);
    return [x - y, y - x];
  },
  lossGradient: (image, label) => {
    const [x, y] = pairOf(image);
    const wrong = 1 / (1 + Math.exp((label === 0 ? 2 : -2) * (x - y)));
    return label === 0 ? [-2 * wrong, 2 * wrong] : [2 * wrong, -2 * wrong];
  },
});

/** Stands in for a counter-based generator: each element from its stream and number alone, in [0, 1). */
export const hashUniforms: Uniforms = (stream, first, out) => {
  for (let i = 0; i < out.length; i++) {
    let hash = 2166136261;
    for (const character of `${stream}/${first + i}`) {
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
    }
    // The mixing of MurmurHash3, without which neighbours are alike in their first bits.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    out[i] = ((hash ^ (hash >>> 16)) >>> 8) / 2 ** 24;
  }
};

/** The same spread over [-1, 1): noise enough for tests. */
export const hashNoise: Normals = (stream, first, out) => {
  hashUniforms(stream, first, out);
  for (let i = 0; i < out.length; i++) out[i] = 2 * (out[i] as number) - 1;
};

function pairOf(image: Float32Array): [number, number] {
  return [image[0] as number, image[1] as number];
}

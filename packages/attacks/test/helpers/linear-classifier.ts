import { classifierFromFunctions, type DifferentiableClassifier } from '@hebblab/attacks';

/** Logits W x + b without bounds: distances to the boundary between two classes are known in closed form. */
export function linearClassifier(
  weights: readonly (readonly number[])[],
  bias: readonly number[],
): DifferentiableClassifier {
  const inputs = (weights[0] as readonly number[]).length;
  const logitsOf = (image: Float32Array) =>
    weights.map((row, c) => row.reduce((sum, w, i) => sum + w * (image[i] as number), bias[c] as number));
  return classifierFromFunctions({
    inputs,
    classes: weights.length,
    bounds: { kind: 'unbounded' },
    logits: logitsOf,
    lossGradient: (image, label) => {
      const logits = logitsOf(image);
      const largest = Math.max(...logits);
      const exponentials = logits.map((z) => Math.exp(z - largest));
      const sum = exponentials.reduce((a, b) => a + b);
      return Array.from({ length: inputs }, (_, i) =>
        weights.reduce(
          (total, row, c) =>
            total + ((exponentials[c] as number) / sum - (c === label ? 1 : 0)) * (row[i] as number),
          0,
        ),
      );
    },
  });
}

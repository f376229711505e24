import { crossEntropy } from './classification.js';
import type { Classifier, DifferentiableClassifier } from './classifier.js';
import { euclideanNorm } from './vectors.js';

/**
 * Gives a black box gradients by central differences of its cross-entropy: 2 inputs forward calls for each gradient of an
 * image, which `calls` does not count. Nothing does this unasked: it is dear, and where logits are rounded (float32,
 * quantised) it is wrong. Square and SPSA attack a black box without it.
 *
 * @param step - half the distance of the two points, in units of the inputs; for float32 logits about 1e-2
 * @throws Error where the step is not positive.
 *
 * @example
 * const whiteBox = withFiniteDifferenceGradient(remote, 0.01);
 */
export function withFiniteDifferenceGradient(classifier: Classifier, step: number): DifferentiableClassifier {
  requireStep('withFiniteDifferenceGradient', step);
  const { inputs, classes, bounds } = classifier;
  return {
    inputs,
    classes,
    bounds,
    logits: (images, count) => classifier.logits(images, count),
    async lossGradient(images, labels, count) {
      const gradient = new Float32Array(count * inputs);
      for (let input = 0; input < inputs; input++) {
        const lossAt = async (side: number) => {
          const moved = images.slice();
          for (let row = 0; row < count; row++) {
            const at = row * inputs + input;
            moved[at] = (moved[at] as number) + side * step;
          }
          return {
            moved,
            loss: crossEntropy(await classifier.logits(moved.slice(), count), labels, classes),
          };
        };
        const above = await lossAt(1);
        const below = await lossAt(-1);
        for (let row = 0; row < count; row++) {
          const at = row * inputs + input;
          const rise = (above.loss[row] as number) - (below.loss[row] as number);
          // The distance as float32 stored it.
          gradient[at] = rise / ((above.moved[at] as number) - (below.moved[at] as number));
        }
      }
      return gradient;
    },
  };
}

/**
 * Gives a classifier Hessian-vector products by central differences of its gradient:
 * H v = ||v|| (g(x + h v / ||v||) - g(x - h v / ||v||)) / 2h; two gradients each.
 *
 * @param step - h, in units of the inputs; for float32 gradients about 1e-2
 * @throws Error where the step is not positive.
 *
 * @example
 * await perturb(withFiniteDifferenceHessian(classifier, 0.01), secondOrder(settings), images, labels, 0.1);
 */
export function withFiniteDifferenceHessian(
  classifier: DifferentiableClassifier,
  step: number,
): DifferentiableClassifier {
  requireStep('withFiniteDifferenceHessian', step);
  const { inputs } = classifier;
  return {
    ...classifier,
    async hessianVectorProduct(images, labels, vectors, count) {
      const lengths = Array.from({ length: count }, (_, row) =>
        euclideanNorm(vectors.subarray(row * inputs, (row + 1) * inputs)),
      );
      const gradientAt = async (side: number) => {
        const moved = images.map((value, i) => {
          const length = lengths[Math.floor(i / inputs)] as number;
          return length === 0 ? value : value + (side * step * (vectors[i] as number)) / length;
        });
        return (await classifier.lossGradient(moved, labels.slice(), count)).slice();
      };
      const above = await gradientAt(1);
      const below = await gradientAt(-1);
      return above.map((value, i) => {
        const length = lengths[Math.floor(i / inputs)] as number;
        return (length * (value - (below[i] as number))) / (2 * step);
      });
    },
  };
}

function requireStep(operation: string, step: number): void {
  if (!(step > 0 && Number.isFinite(step))) {
    throw new Error(`${operation}: expected a positive, finite step, got ${step}`);
  }
}

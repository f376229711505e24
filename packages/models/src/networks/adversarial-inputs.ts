import { tensorOver } from '@hebblab/tfjs-backend';
import { type Float32Buffer, type RandomStream, randomUniform } from '@hebblab/wasm';
import {
  add,
  clipByValue,
  grad,
  maximum,
  minimum,
  mul,
  type Scalar,
  sign,
  sub,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';

/** Which inputs a network is trained on: the images, or images moved against it, within [0, 1]. */
export type AdversarialTraining =
  | { readonly kind: 'none' }
  /** x + epsilon sign(gradient) (Goodfellow et al. 2015). */
  | ({ readonly kind: 'fgsm' } & AdversarialBudget)
  /** Steps along the sign from a uniform draw within epsilon, kept within epsilon of the image (Madry et al. 2018). */
  | ({ readonly kind: 'pgd'; readonly steps: number; readonly stepSize: number } & AdversarialBudget);

/** How far inputs are moved. */
interface AdversarialBudget {
  readonly epsilon: number;
  /**
   * Epochs over which epsilon and the step size grow in equal steps to their values; 1: at once, from where a small
   * network may learn nothing at all.
   */
  readonly rampEpochs: number;
}

/** Refuses numbers that make no attack. */
export function expectAdversarialTraining(training: AdversarialTraining): void {
  if (training.kind === 'none') return;
  const positive = (what: string, value: number) => {
    if (!(value > 0 && Number.isFinite(value)))
      throw new Error(`adversarialTraining: expected ${what} > 0, got ${value}`);
  };
  const whole = (what: string, value: number) => {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`adversarialTraining: expected ${what} as a whole number >= 1, got ${value}`);
  };
  positive('an epsilon', training.epsilon);
  whole('rampEpochs', training.rampEpochs);
  if (training.kind === 'fgsm') return;
  positive('a step size', training.stepSize);
  whole('steps', training.steps);
}

/** The training in an epoch, counted from 1, with the share of its budget that is reached. */
export function rampedTraining(training: AdversarialTraining, epoch: number): AdversarialTraining {
  if (training.kind === 'none') return training;
  const share = Math.min(1, epoch / training.rampEpochs);
  const epsilon = share * training.epsilon;
  return training.kind === 'fgsm'
    ? { ...training, epsilon }
    : { ...training, epsilon, stepSize: share * training.stepSize };
}

/**
 * The rows that a network learns from; the rows themselves where it is trained on the images.
 *
 * @param loss the mean loss of rows, on the tape
 * @param start where the random start is drawn, and from which stream
 */
export function adversarialInputs(
  training: AdversarialTraining,
  loss: (rows: Tensor2D) => Scalar,
  rows: Tensor2D,
  start: { readonly buffer: Float32Buffer; readonly stream: RandomStream },
): Tensor2D {
  const slope = grad((moved: Tensor) => loss(moved as Tensor2D));
  switch (training.kind) {
    case 'none':
      return rows;
    case 'fgsm':
      return tidy(() => clipByValue(add(rows, mul(training.epsilon, sign(slope(rows)))), 0, 1));
    case 'pgd': {
      const { epsilon, steps, stepSize } = training;
      return tidy(() => {
        const [lowest, highest] = [sub(rows, epsilon), add(rows, epsilon)];
        const project = (moved: Tensor) =>
          clipByValue(minimum(maximum(moved, lowest), highest), 0, 1) as Tensor2D;
        randomUniform(start.buffer.kernels, start.stream, start.buffer);
        let moved = project(add(rows, mul(epsilon, sub(mul(2, tensorOver(start.buffer)), 1))));
        for (let step = 0; step < steps; step++)
          moved = project(add(moved, mul(stepSize, sign(slope(moved)))));
        return moved;
      });
    }
  }
}

import type { NumberedImages } from './image-set.js';
import type { Uniforms } from './random-source.js';
import type { Norm } from './vectors.js';

/** Where an iterative attack starts: at the image, or at random points of the ball. */
export type Start = { readonly kind: 'image' } | RandomStart;

/** Uniform in the ball, as many times as there are restarts; the best result is kept. */
export interface RandomStart {
  readonly kind: 'random';
  /** Number of starts, at least 1. */
  readonly restarts: number;
  readonly uniforms: Uniforms;
}

/**
 * A random point of the ball around each image, [count, inputs]: uniform in the cube (linf), or in the ball (l2: a
 * Gaussian direction, a radius of epsilon u^(1/inputs)). Image i reads elements [i width, (i + 1) width) of the stream,
 * width = inputs (linf) or 2 inputs + 1 (l2), so that its start does not depend on the batch.
 */
export function randomStart(
  uniforms: Uniforms,
  stream: string,
  norm: Norm,
  { images, imageNumbers }: NumberedImages,
  inputs: number,
  epsilons: readonly number[],
): Float32Array {
  const start = images.slice();
  const width = norm === 'linf' ? inputs : 2 * inputs + 1;
  const numbers = new Float32Array(width);
  imageNumbers.forEach((imageNumber, row) => {
    uniforms(stream, imageNumber * width, numbers);
    const offsets = norm === 'linf' ? pointOfCube(numbers) : pointOfBall(numbers, inputs);
    const epsilon = epsilons[row] as number;
    for (let i = 0; i < inputs; i++) {
      const at = row * inputs + i;
      start[at] = (start[at] as number) + epsilon * (offsets[i] as number);
    }
  });
  return start;
}

function pointOfCube(numbers: Float32Array): Float64Array {
  return Float64Array.from(numbers, (number) => 2 * number - 1);
}

function pointOfBall(numbers: Float32Array, inputs: number): Float64Array {
  // Box and Muller 1958; 1 - u lies in (0, 1], so that its logarithm is finite.
  const direction = Float64Array.from({ length: inputs }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - (numbers[2 * i] as number)));
    return radius * Math.cos(2 * Math.PI * (numbers[2 * i + 1] as number));
  });
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
  const radius = (numbers[2 * inputs] as number) ** (1 / inputs);
  return length === 0 ? direction : direction.map((value) => (value / length) * radius);
}

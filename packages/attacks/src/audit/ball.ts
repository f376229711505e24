import type { Bounds } from '../classifier.js';
import { euclideanDistance, euclideanNorm } from '../vectors.js';
import type { Draws } from './draws.js';

/** How far an adversarial image may lie from its image: |delta_i| <= epsilon, or ||delta||_2 <= epsilon. */
export interface Ball {
  readonly norm: 'linf' | 'l2';
  readonly epsilon: number;
}

/** Moves one image by `length` along a direction; components that are not finite count as 0. */
export function stepAlong(
  norm: Ball['norm'],
  image: Float32Array,
  direction: Float32Array,
  length: number,
): void {
  // Scaled by its largest component first: a squared gradient may be beyond float64's range, 1e-200 or 1e200.
  const largest = direction.reduce((max, v) => (Number.isFinite(v) ? Math.max(max, Math.abs(v)) : max), 0);
  if (largest === 0) return;
  const scaled = Float64Array.from(direction, (value) => (Number.isFinite(value) ? value / largest : 0));
  const size = norm === 'linf' ? 1 : Math.sqrt(scaled.reduce((sum, value) => sum + value * value, 0));
  for (let i = 0; i < image.length; i++) {
    const move = norm === 'linf' ? Math.sign(direction[i] as number) || 0 : (scaled[i] as number) / size;
    image[i] = (image[i] as number) + length * move;
  }
}

/** Puts an image back into the ball around its centre, then into the bounds. */
export function putBack(image: Float32Array, centre: Float32Array, ball: Ball, bounds: Bounds): void {
  if (ball.norm === 'linf') {
    for (let i = 0; i < image.length; i++) {
      const middle = centre[i] as number;
      image[i] = Math.min(middle + ball.epsilon, Math.max(middle - ball.epsilon, image[i] as number));
    }
  } else {
    const distance = euclideanDistance(image, centre);
    if (distance > ball.epsilon) {
      for (let i = 0; i < image.length; i++) {
        const middle = centre[i] as number;
        image[i] = middle + (((image[i] as number) - middle) * ball.epsilon) / distance;
      }
    }
  }
  clipTo(image, bounds);
}

export function clipTo(image: Float32Array, bounds: Bounds): void {
  if (bounds.kind === 'unbounded') return;
  for (let i = 0; i < image.length; i++) {
    image[i] = Math.min(bounds.upper, Math.max(bounds.lower, image[i] as number));
  }
}

/** Moves an image to a random point of the ball. */
export function startAnywhere(image: Float32Array, ball: Ball, draws: Draws): void {
  if (ball.norm === 'linf') {
    const places = draws.uniforms(image.length);
    for (let i = 0; i < image.length; i++) {
      image[i] = (image[i] as number) + ball.epsilon * (2 * (places[i] as number) - 1);
    }
  } else {
    const direction = draws.normals(image.length);
    const radius = ball.epsilon * (draws.uniforms(1)[0] as number) ** (1 / image.length);
    const size = euclideanNorm(direction);
    for (let i = 0; i < image.length; i++) {
      image[i] = (image[i] as number) + (radius * (direction[i] as number)) / size;
    }
  }
}

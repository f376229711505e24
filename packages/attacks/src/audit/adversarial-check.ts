import { euclideanDistance, euclideanNorm } from '../vectors.js';
import type { Ball } from './ball.js';
import type { Probe } from './probe.js';
import { joined, type Search } from './search.js';

/** Checks what a search stored again, in reversed order: label, bounds, budget. Returns how many are refuted. */
export async function verifyStored(probe: Probe, search: Search, ball: Ball): Promise<number> {
  const entries = [...search.adversarial].reverse();
  const predicted = await probe.predict(
    joined(
      entries.map(([, image]) => image),
      probe.inputs,
    ),
  );
  return entries.filter(([number, image], row) => {
    const label = predicted[row] as number;
    if (label < 0 || label === search.labels[number]) return true;
    return !isInBounds(image, probe) || !isInBall(image, search.centre(number), ball);
  }).length;
}

function isInBounds(image: Float32Array, { bounds }: Probe): boolean {
  if (bounds.kind === 'unbounded') return image.every(Number.isFinite);
  return image.every((value) => value >= Math.fround(bounds.lower) && value <= Math.fround(bounds.upper));
}

/** Up to what storing float32 values can have added. */
function isInBall(image: Float32Array, centre: Float32Array, { norm, epsilon }: Ball): boolean {
  const rounding = 2 ** -23;
  if (norm === 'l2') {
    const allowed = epsilon * (1 + rounding) + rounding * euclideanNorm(image);
    return euclideanDistance(image, centre) <= allowed;
  }
  return image.every(
    (value, i) =>
      Math.abs(value - (centre[i] as number)) <= epsilon * (1 + rounding) + rounding * Math.abs(value),
  );
}

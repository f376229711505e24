import { gatherRows } from '../image-set.js';
import { euclideanDistance } from '../vectors.js';
import { type Ball, putBack, stepAlong } from './ball.js';
import type { Draws } from './draws.js';
import type { Probe } from './probe.js';
import { rowOf, type Search } from './search.js';

/** Tries `tries` random vectors of the ball's surface: corners of the cube, or points of the sphere. */
export async function tryRandomPerturbations(
  probe: Probe,
  search: Search,
  ball: Ball,
  tries: number,
  draws: Draws,
): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const numbers = search.standing();
    if (numbers.length === 0) return;
    const images = gatherRows(search.images, search.inputs, numbers);
    numbers.forEach((number, row) => {
      const image = rowOf(images, search.inputs, row);
      stepAlong(ball.norm, image, draws.normals(search.inputs), ball.epsilon);
      putBack(image, search.centre(number), ball, probe.bounds);
    });
    search.record(numbers, images, await probe.predict(images));
  }
}

/** Images that others may be moved towards, with what the classifier takes them for. */
export interface Aims {
  readonly images: readonly Float32Array[];
  readonly predicted: Int16Array;
}

/**
 * Steps towards the nearest image of each other class and towards, and away from the mean of the own class, the mean of
 * it: as far as the ball allows along the straight line (l2), or each input by at most epsilon (linf).
 */
export async function moveTowardsOthers(
  probe: Probe,
  search: Search,
  ball: Ball,
  { images, predicted }: Aims,
): Promise<void> {
  const { inputs } = search;
  const means = Array.from({ length: probe.classes }, (_, label) =>
    meanOf(
      images.filter((_, index) => predicted[index] === label),
      inputs,
    ),
  );
  for (let label = 0; label < probe.classes; label++) {
    const mean = means[label];
    if (mean === undefined) continue;
    const members = images.filter((_, index) => predicted[index] === label);
    const toNearest = (centre: Float32Array) =>
      nearest(centre, members).map((value, i) => value - (centre[i] as number));
    const betweenMeans = (_: Float32Array, own: number) =>
      mean.map((value, i) => value - (means[own]?.[i] ?? 0));
    for (const directionOf of [toNearest, betweenMeans]) {
      const numbers = search.standing().filter((number) => search.labels[number] !== label);
      if (numbers.length === 0) break;
      const candidates = gatherRows(search.images, inputs, numbers);
      numbers.forEach((number, row) => {
        const image = rowOf(candidates, inputs, row);
        const centre = search.centre(number);
        const direction = directionOf(centre, search.labels[number] as number);
        if (directionOf === toNearest) addTo(image, direction);
        else stepAlong(ball.norm, image, direction, ball.epsilon);
        putBack(image, centre, ball, probe.bounds);
      });
      search.record(numbers, candidates, await probe.predict(candidates));
    }
  }
}

function nearest(centre: Float32Array, images: readonly Float32Array[]): Float32Array {
  let best = centre;
  let least = Number.POSITIVE_INFINITY;
  for (const image of images) {
    const distance = euclideanDistance(image, centre);
    if (distance < least) {
      best = image;
      least = distance;
    }
  }
  return best;
}

function meanOf(images: readonly Float32Array[], inputs: number): Float32Array | undefined {
  if (images.length === 0) return undefined;
  const mean = new Float32Array(inputs);
  for (const image of images) addTo(mean, image);
  return mean.map((value) => value / images.length);
}

function addTo(image: Float32Array, change: Float32Array): void {
  for (let i = 0; i < image.length; i++) image[i] = (image[i] as number) + (change[i] as number);
}

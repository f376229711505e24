import { gatherRows } from '../image-set.js';
import { type Ball, putBack, startAnywhere, stepAlong } from './ball.js';
import type { Draws } from './draws.js';
import { type Probe, runnersUp } from './probe.js';
import { rowOf, type Search } from './search.js';

/** One run of projected gradient descent. */
export interface Run {
  /** Up the cross-entropy of the label, or down the margin z_y - max_{j != y} z_j. */
  readonly objective: 'cross-entropy' | 'margin';
  readonly start: 'at the image' | 'anywhere in the ball';
}

/** The runs of the white-box attack for a number of restarts, which alternate between the objectives. */
export function runsOf(restarts: number): Run[] {
  return Array.from({ length: restarts + 1 }, (_, index) => ({
    objective: index % 2 === 0 ? 'cross-entropy' : 'margin',
    start: index === 0 ? 'at the image' : 'anywhere in the ball',
  }));
}

/** Where gradients come from, and who judges what they led to. */
export interface Roles {
  readonly guide: Probe;
  readonly judge: Probe;
}

/**
 * Projected gradient descent (Madry et al. 2018) on all images standing, steps of 2.5 epsilon / steps. An image leaves
 * as soon as the judge, asked after steps 1, 2, 4, 8, ... and the last, gives it another class.
 */
export async function descend(
  { guide, judge }: Roles,
  search: Search,
  ball: Ball,
  { objective, start }: Run,
  steps: number,
  draws: Draws,
): Promise<void> {
  const { inputs } = search;
  let numbers = search.standing();
  if (numbers.length === 0) return;
  let images = gatherRows(search.images, inputs, numbers);
  if (start === 'anywhere in the ball') {
    numbers.forEach((number, row) => {
      const image = rowOf(images, inputs, row);
      startAnywhere(image, ball, draws);
      putBack(image, search.centre(number), ball, judge.bounds);
    });
  }
  const length = (2.5 * ball.epsilon) / steps;
  let others = await othersOf(numbers, images);
  for (let step = 1; step <= steps && numbers.length > 0; step++) {
    const gradient = await ascentOf(numbers, images);
    numbers.forEach((number, row) => {
      const image = rowOf(images, inputs, row);
      stepAlong(ball.norm, image, rowOf(gradient, inputs, row), length);
      putBack(image, search.centre(number), ball, judge.bounds);
    });
    if (!isLookedAt(step, steps)) continue;
    const left = search.record(numbers, images, await judge.predict(images));
    images = gatherRows(images, inputs, left);
    numbers = left.map((row) => numbers[row] as number);
    others = await othersOf(numbers, images);
  }

  async function othersOf(chosen: readonly number[], at: Float32Array): Promise<Uint8Array> {
    if (objective === 'cross-entropy' || chosen.length === 0) return new Uint8Array();
    return runnersUp(await guide.logits(at), search.labelsOf(chosen), guide.classes);
  }

  /** For the margin the difference of two cross-entropy gradients, in which the softmax cancels: CE_y - CE_j = z_j - z_y. */
  async function ascentOf(chosen: readonly number[], at: Float32Array): Promise<Float32Array> {
    const up = await guide.gradient(at, search.labelsOf(chosen));
    if (objective === 'cross-entropy') return up;
    const down = await guide.gradient(at, others);
    return up.map((value, i) => value - (down[i] as number));
  }
}

/** One step of epsilon along the gradient of the cross-entropy (Goodfellow et al. 2015), from the image. */
export async function takeOneStep(probe: Probe, search: Search, ball: Ball): Promise<void> {
  const numbers = search.standing();
  if (numbers.length === 0) return;
  const images = gatherRows(search.images, search.inputs, numbers);
  const gradient = await probe.gradient(images, search.labelsOf(numbers));
  numbers.forEach((number, row) => {
    const image = rowOf(images, search.inputs, row);
    stepAlong(ball.norm, image, rowOf(gradient, search.inputs, row), ball.epsilon);
    putBack(image, search.centre(number), ball, probe.bounds);
  });
  search.record(numbers, images, await probe.predict(images));
}

function isLookedAt(step: number, steps: number): boolean {
  return step === steps || Number.isInteger(Math.log2(step));
}

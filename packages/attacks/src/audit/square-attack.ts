import { gatherRows } from '../image-set.js';
import { type Ball, putBack } from './ball.js';
import type { Draws } from './draws.js';
import { margins, type Probe, predictions } from './probe.js';
import { joined, rowOf, type Search } from './search.js';

/**
 * The square attack on the margin (Andriushchenko et al. 2020): stripes of +-epsilon at first, then windows of +-epsilon
 * that are kept where they lower the margin. Windows are squares where the inputs are a square image, segments
 * otherwise; in l2 the whole perturbation is scaled back onto the sphere.
 * Apart from methods/square.ts, which knows linf and images with channels alone and refuses a classifier whose answers are
 * not finite: the audit asks those too.
 */
export async function squareAttack(
  probe: Probe,
  search: Search,
  ball: Ball,
  queries: number,
  draws: Draws,
): Promise<void> {
  const { inputs } = search;
  const side = Math.sqrt(inputs);
  const rows = Number.isInteger(side) ? side : 1;
  const columns = inputs / rows;
  let numbers = search.standing();
  let images = gatherRows(search.images, inputs, numbers);
  let best = new Float64Array(numbers.length).fill(Number.POSITIVE_INFINITY);
  const height = ball.norm === 'linf' ? ball.epsilon : ball.epsilon / Math.sqrt(inputs);
  for (let query = 0; query < queries && numbers.length > 0; query++) {
    const candidates = query === 0 ? gatherRows(search.images, inputs, numbers) : images.slice();
    const share = windowShare(query / queries);
    // l2 windows are raised above the mean height, and the whole is scaled back.
    const raised = ball.norm === 'linf' ? height : height / Math.sqrt(share);
    numbers.forEach((number, row) => {
      const image = rowOf(candidates, inputs, row);
      const centre = search.centre(number);
      if (query === 0) {
        const stripes = draws.signs(columns);
        for (let i = 0; i < inputs; i++)
          image[i] = (image[i] as number) + height * (stripes[i % columns] as number);
      } else paintWindow(image, centre, { rows, columns, share, height: raised }, draws);
      putBack(image, centre, ball, probe.bounds);
    });
    const logits = await probe.logits(candidates);
    const labels = search.labelsOf(numbers);
    const reached = margins(logits, labels, probe.classes);
    const left = search.record(numbers, candidates, predictions(logits, probe.classes));
    const lower = (row: number) => (reached[row] as number) < (best[row] as number);
    images = joined(
      left.map((row) => rowOf(query === 0 || lower(row) ? candidates : images, inputs, row)),
      inputs,
    );
    best = Float64Array.from(left, (row) => (lower(row) ? (reached[row] as number) : (best[row] as number)));
    numbers = left.map((row) => numbers[row] as number);
  }
}

interface Window {
  readonly rows: number;
  readonly columns: number;
  /** Of the inputs. */
  readonly share: number;
  readonly height: number;
}

/** Sets the perturbation within a random window to one random sign times the height. */
function paintWindow(
  image: Float32Array,
  centre: Float32Array,
  { rows, columns, share, height }: Window,
  draws: Draws,
): void {
  const area = Math.max(1, Math.round(share * rows * columns));
  const windowRows = Math.min(rows, Math.max(1, Math.round(Math.sqrt(area))));
  const windowColumns = Math.min(columns, Math.max(1, Math.round(area / windowRows)));
  const top = draws.whole(rows - windowRows + 1);
  const left = draws.whole(columns - windowColumns + 1);
  const sign = draws.signs(1)[0] as number;
  for (let row = top; row < top + windowRows; row++) {
    for (let column = left; column < left + windowColumns; column++) {
      const i = row * columns + column;
      image[i] = (centre[i] as number) + sign * height;
    }
  }
}

/** Windows shrink as in the paper's schedule, stretched over the queries: from 0.3 of the inputs down to 0.005. */
function windowShare(progress: number): number {
  const halvings = [0.002, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6].filter((end) => progress > end).length;
  return Math.max(0.005, 0.3 / 2 ** halvings);
}

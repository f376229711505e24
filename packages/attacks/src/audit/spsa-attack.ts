import { gatherRows } from '../image-set.js';
import { type Ball, clipTo, putBack, stepAlong } from './ball.js';
import type { Draws } from './draws.js';
import { margins, type Probe } from './probe.js';
import { rowOf, type Search } from './search.js';

/**
 * SPSA on the margin (Spall 1992; Uesato et al. 2018): each step follows the mean of `pairs` two-sided differences along
 * random signs of a quarter of epsilon.
 * Apart from methods/spsa.ts, which knows linf alone and refuses a classifier whose answers are not finite: the audit asks
 * those too.
 */
export async function spsaAttack(
  probe: Probe,
  search: Search,
  ball: Ball,
  { steps, pairs }: { readonly steps: number; readonly pairs: number },
  draws: Draws,
): Promise<void> {
  const { inputs } = search;
  let numbers = search.standing();
  let images = gatherRows(search.images, inputs, numbers);
  const reach = ball.norm === 'linf' ? ball.epsilon / 4 : ball.epsilon / 2 / Math.sqrt(inputs);
  for (let step = 0; step < steps && numbers.length > 0; step++) {
    const labels = search.labelsOf(numbers);
    const descent = new Float64Array(images.length);
    for (let pair = 0; pair < pairs; pair++) {
      const signs = draws.signs(images.length);
      const marginsAt = async (side: number) => {
        const moved = images.map((value, i) => value + side * reach * (signs[i] as number));
        clipTo(moved, probe.bounds);
        return margins(await probe.logits(moved), labels, probe.classes);
      };
      const above = await marginsAt(1);
      const below = await marginsAt(-1);
      for (let i = 0; i < images.length; i++) {
        const row = Math.floor(i / inputs);
        const rise = (above[row] as number) - (below[row] as number);
        if (Number.isFinite(rise)) descent[i] = (descent[i] as number) - rise * (signs[i] as number);
      }
    }
    numbers.forEach((number, row) => {
      const image = rowOf(images, inputs, row);
      stepAlong(
        ball.norm,
        image,
        Float32Array.from(descent.subarray(row * inputs, (row + 1) * inputs)),
        (2 * ball.epsilon) / steps,
      );
      putBack(image, search.centre(number), ball, probe.bounds);
    });
    const left = search.record(numbers, images, await probe.predict(images));
    images = gatherRows(images, inputs, left);
    numbers = left.map((row) => numbers[row] as number);
  }
}

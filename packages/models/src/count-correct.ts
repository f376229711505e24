/**
 * How many samples have their largest logit, the first where tied, at their label.
 *
 * @param logits [labels.length, classes]
 */
export function countCorrect(logits: Float32Array, labels: ArrayLike<number>, classes: number): number {
  let correct = 0;
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let unit = 1; unit < classes; unit++) {
      if ((logits[row * classes + unit] as number) > (logits[row * classes + best] as number)) best = unit;
    }
    if (best === labels[row]) correct += 1;
  }
  return correct;
}

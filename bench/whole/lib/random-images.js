import { seededRandom } from '@hebblab/bench';
import { createImageSet } from '@hebblab/data';

/** Grey images of random bytes in ten classes, the same each time. */
export function randomImages(count, height, width) {
  const random = seededRandom(1);
  return createImageSet({
    name: 'random',
    split: 'train',
    shape: [height, width, 1],
    pixels: Uint8Array.from({ length: count * height * width }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(10)),
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
  });
}

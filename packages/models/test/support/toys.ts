import { createImageSet } from '@hebblab/data';
import { type Checkpoint, type Samples, samplesOf, type Training } from '@hebblab/models';
import { type Kernels, randomUniform } from '@hebblab/wasm';

/** Images of one row of bytes with a scale each. */
export function samplesFrom(
  pixels: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
  scales = Float32Array.from(pixels, () => 1 / 255),
): Samples {
  const images = createImageSet({
    name: 'toy',
    split: 'train',
    shape: [1, pixels[0]?.length ?? 0, 1],
    pixels: Uint8Array.from(pixels.flat()),
    labels: Uint8Array.from(labels),
    classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
  });
  return samplesOf(images, scales);
}

/**
 * Images of 12 pixels in 3 classes that a line separates: those of a class are bright on their own 4 pixels and dark
 * elsewhere.
 */
export function separableSamples(kernels: Kernels, count: number): Samples {
  const draws = new Float32Array(count * 12);
  randomUniform(kernels, { seed: 9, stream: 'separable samples' }, draws);
  const labels = Array.from({ length: count }, (_, image) => image % 3);
  const pixels = labels.map((label, image) =>
    Array.from({ length: 12 }, (_, pixel) => {
      const draw = draws[image * 12 + pixel] as number;
      return Math.floor(pixel % 3 === label ? 160 + 90 * draw : 60 * draw);
    }),
  );
  return samplesFrom(pixels, labels, 3);
}

/** Runs epochs and returns their metrics. */
export function runEpochs(training: Training, epochs: number) {
  return Array.from({ length: epochs }, () => training.runEpoch());
}

/** The bits of everything that a training would keep. */
export function bitsOf(training: Training): Record<string, number[]> {
  const { arrays } = training.checkpoint();
  return Object.fromEntries(
    Array.from(arrays, ([name, { data }]) => [
      name,
      Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    ]),
  );
}

/** The gradient of a training's first step: the first moment of Adam is (1 - 0.9) of it (Kingma & Ba 2015). */
export function firstGradient({ arrays }: Checkpoint, name: string): number[] {
  const moment = arrays.get(`${name}, first moment`);
  if (moment?.dtype !== 'float32') throw new Error(`expected a first moment of ${name}`);
  return Array.from(moment.data, (value) => value / 0.1);
}

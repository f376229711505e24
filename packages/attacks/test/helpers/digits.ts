// The built-in MNIST images, 28 x 28 or halved to 14 x 14.
import type { ImageSet, Normals } from '@hebblab/attacks';
import { loadBuiltIn } from '@hebblab/data';
import { openKernels, randomNormal } from '@hebblab/wasm';

export interface Digits {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly inputs: number;
  readonly normals: Normals;
}

export async function loadDigits(side: 14 | 28, counts: { train: number; test: number }): Promise<Digits> {
  const kernels = await openKernels();
  const { train, test } = await loadBuiltIn('mnist-subset');
  const take = (set: typeof train, count: number): ImageSet => {
    const chosen = Array.from({ length: count }, (_, index) => Math.floor((index * set.count) / count));
    const images = new Float32Array(count * side * side);
    chosen.forEach((number, index) => {
      const pixels = set.pixels.subarray(number * 784, (number + 1) * 784);
      images.set(side === 28 ? pixels.map(Number) : halved(pixels), index * side * side);
    });
    return {
      images: images.map((value) => value / 255),
      labels: Uint8Array.from(chosen, (number) => set.labels[number] as number),
    };
  };
  return {
    train: take(train, counts.train),
    test: take(test, counts.test),
    inputs: side * side,
    normals: (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out),
  };
}

function halved(pixels: Uint8Array): Float32Array {
  return Float32Array.from({ length: 196 }, (_, index) => {
    const corner = Math.floor(index / 14) * 56 + (index % 14) * 2;
    return [0, 1, 28, 29].reduce((sum, offset) => sum + (pixels[corner + offset] as number), 0) / 4;
  });
}

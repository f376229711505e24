import { type Float32Buffer, type Kernels, type RandomStream, randomNormal } from '@hebblab/wasm';

/** Fills weights with draws from N(0, deviation^2). */
export function drawWeights(
  kernels: Kernels,
  stream: RandomStream,
  deviation: number,
  weights: Float32Buffer,
): void {
  randomNormal(kernels, stream, weights);
  const values = weights.view();
  for (let index = 0; index < values.length; index++) values[index] = (values[index] as number) * deviation;
}

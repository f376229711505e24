import { createImageSet } from '@hebblab/data';
import { type Samples, samplesOf, type Training } from '@hebblab/models';
import type { Activation, GradientTrainingSettings, LayerSpec } from '@hebblab/models/networks';

/** Images of 3 x 4 pixels in 3 classes, bright on their own third of them; deterministic and all different. */
export function toySamples(count: number): Samples {
  const labels = Uint8Array.from({ length: count }, (_, image) => image % 3);
  const pixels = Uint8Array.from({ length: count * 12 }, (_, at) => {
    const own = (at % 12) % 3 === labels[Math.floor(at / 12)];
    return (own ? 150 : 0) + ((at * at * 31 + at * 7) % 97);
  });
  const images = createImageSet({
    name: 'toy',
    split: 'train',
    shape: [3, 4, 1],
    pixels,
    labels,
    classNames: ['a', 'b', 'c'],
  });
  return samplesOf(images, new Float32Array(count).fill(1 / 255));
}

export function dense(units: number, activation: Activation, bias = true): LayerSpec {
  return { kind: 'dense', units, bias, activation };
}

export const tanh: Activation = { kind: 'tanh' };
export const relu: Activation = { kind: 'relu', power: 1 };
export const readout = dense(3, { kind: 'linear' });

/** A short training of a network with these layers. */
export function settingsOf(
  layers: readonly LayerSpec[],
  more: Partial<GradientTrainingSettings> = {},
): GradientTrainingSettings {
  return {
    architecture: { inputShape: [3, 4, 1], layers },
    initialisation: 'he-normal',
    epochs: 6,
    batchSize: 30,
    learningRate: { kind: 'constant', value: 1e-2 },
    seed: 3,
    validationShare: 0,
    earlyStop: { kind: 'never' },
    adversarialTraining: { kind: 'none' },
    levels: [],
    ...more,
  };
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

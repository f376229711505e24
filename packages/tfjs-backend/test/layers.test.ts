import { type ImageSet, loadBuiltIn } from '@hebblab/data';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './support/backend.js';

beforeAll(useBackend);

describe('a convolutional network of tfjs-layers', () => {
  it('learns MNIST, by a program that knows nothing of this backend', async () => {
    const { train, test } = await loadBuiltIn('mnist-subset');
    const network = layers.sequential({
      layers: [
        layers.layers.conv2d({
          inputShape: [28, 28, 1],
          filters: 8,
          kernelSize: 5,
          activation: 'relu',
          kernelInitializer: seeded(1),
        }),
        layers.layers.maxPooling2d({ poolSize: 2 }),
        layers.layers.flatten(),
        layers.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: seeded(2) }),
      ],
    });
    network.compile({
      optimizer: tf.train.adam(0.01),
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy'],
    });
    const [seen, unseen] = [tensorsOf(train, 4000), tensorsOf(test, 1000)];
    await network.fit(seen.images, seen.labels, { epochs: 3, batchSize: 100, shuffle: false, verbose: 0 });
    const [, accuracy] = network.evaluate(unseen.images, unseen.labels) as tf.Scalar[];
    // A linear classifier stays below 0.93 on MNIST, and guessing at 0.1.
    expect(accuracy?.dataSync()[0]).toBeGreaterThan(0.93);
  });
});

function seeded(seed: number) {
  return layers.initializers.glorotUniform({ seed });
}

function tensorsOf({ pixels, labels, shape }: ImageSet, count: number) {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tidy(() => ({
    images: tf.div(tf.tensor(Float32Array.from(pixels.subarray(0, count * size)), [count, ...shape]), 255),
    labels: tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(0, count)), 'int32'), 10),
  }));
}

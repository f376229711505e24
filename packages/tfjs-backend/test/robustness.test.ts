import { backendKernels, configureBackend, kernelArrayOf } from '@hebblab/tfjs-backend';
import { memoryUse } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './support/backend.js';

beforeAll(useBackend);

describe('an operation', () => {
  it.each([
    ['matMul', () => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])), /matMul.*\(3\) and \(2\)/],
    ['add', () => tf.add(tf.ones([2]), tf.ones([3])), /broadcast.*2.*3|2 and 3/],
    ['concat', () => tf.concat([tf.ones([2, 2]), tf.ones([3, 3])]), /concat2D/],
    [
      'conv2d',
      () => tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 2]), tf.ones<tf.Rank.R4>([3, 3, 1, 1]), 1, 'same'),
      /conv2d: depth/,
    ],
    ['gather', () => tf.gather(tf.ones([2]), tf.tensor1d([2], 'int32')), /GatherV2: the index value 2/],
    ['logicalAnd', () => tf.logicalAnd(tf.ones([1]), tf.ones([1])), /logicalAnd.*must be bool/],
  ] as const)('%s refuses what does not fit in the words of tfjs', (_, operation, message) => {
    expect(() => tf.tidy(operation as () => tf.Tensor)).toThrow(message);
  });

  it('on a disposed tensor says so with its name', () => {
    const tensor = tf.tensor2d([1, 2], [1, 2]);
    tensor.dispose();
    expect(() => tf.softmax(tensor)).toThrow(/Softmax: Tensor is disposed/);
  });

  it('passes NaN on', () => {
    const values = tf.tidy(() => {
      const x = tf.tensor2d([Number.NaN, 1], [1, 2]);
      return [tf.relu(x), tf.add(x, 1), tf.matMul(x, tf.ones([2, 1])), tf.sum(x)].map((y) => y.dataSync()[0]);
    });
    expect(values).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('that fails leaves no memory behind', () => {
    const before = memoryUse(backendKernels()).liveBytes;
    const attempt = () => tf.tidy(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3])));
    for (let time = 0; time < 10; time++) expect(attempt).toThrow();
    expect(memoryUse(backendKernels()).liveBytes).toBe(before);
  });

  it('that fails after it has made its result leaves no memory behind', () => {
    const images = tf.ones<tf.Rank.R4>([1, 4, 4, 2]);
    const before = memoryUse(backendKernels()).liveBytes;
    // As many channels as images have, but of another number of images.
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 2, 1] };
    const attempt = () =>
      tf.engine().runKernel('Conv2DBackpropFilter', { x: images, dy: tf.ones([2, 4, 4, 1]) }, attrs);
    for (let time = 0; time < 10; time++) expect(() => tf.tidy(attempt)).toThrow(/outGradient/);
    expect(memoryUse(backendKernels()).liveBytes).toBe(before);
    images.dispose();
  });

  it('for whose result no memory is left names the tensor, and leaves the backend usable', () => {
    const gibibyte = [1 << 14, 1 << 14];
    expect(() => tf.tidy(() => Array.from({ length: 5 }, () => tf.fill(gibibyte, 1)))).toThrow(
      /memory for a tensor of shape \[16384,16384\] of float32/,
    );
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3);
  });
});

describe('training', () => {
  it('for 1000 steps ends with the tensors and the bytes that it began with', () => {
    const images = tf.randomUniform<tf.Rank.R4>([8, 8, 8, 1]);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 0, 1, 0, 1, 0, 1], 'int32'), 2);
    const weights = [
      tf.variable(tf.randomNormal([3, 3, 1, 4])),
      tf.variable(tf.randomNormal([36, 2])),
    ] as const;
    const optimizer = tf.train.adam(0.01);
    const step = () => {
      const loss = optimizer.minimize(() => {
        const maps = tf.maxPool(
          tf.tanh(tf.conv2d(images, weights[0] as tf.Tensor4D, 1, 'valid')),
          2,
          2,
          'valid',
        );
        return tf.losses.softmaxCrossEntropy(
          labels,
          tf.matMul(tf.reshape(maps, [8, 36]), weights[1] as tf.Tensor2D),
        );
      }, true);
      const value = loss?.dataSync()[0];
      loss?.dispose();
      return value;
    };
    const first = step() ?? Number.NaN;
    step();
    const before = { ...tf.memory(), ...memoryUse(backendKernels()) };
    for (let taken = 0; taken < 1000; taken++) step();
    const after = { ...tf.memory(), ...memoryUse(backendKernels()) };
    expect(after.numBytes).toBe(before.numBytes);
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.liveBytes).toBe(before.liveBytes);
    expect(step()).toBeLessThan(first);
    optimizer.dispose();
    tf.dispose([images, labels, ...weights]);
  });
});

describe('the backend', () => {
  it('cannot be configured once it is open', () => {
    expect(() => configureBackend({ threads: 1 })).toThrow(/expected a backend that is not open yet/);
  });

  it('keeps an array of a tensor at one place', () => {
    const x = tf.tensor1d([1, 2]);
    expect(kernelArrayOf(x, 'float32').offset).toBe(kernelArrayOf(x, 'float32').offset);
    x.dispose();
  });
});

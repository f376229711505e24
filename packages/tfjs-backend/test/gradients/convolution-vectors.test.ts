import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, it } from 'vitest';
import { useBackend } from './backend.js';
import { type ConvolutionVectors, expectPublished, readVectors, tensorOf } from './vectors.js';

const TOLERANCE = 1e-5;

const cases = readVectors<ConvolutionVectors>('conv.json').map((convolution) => ({
  convolution,
  name: `[${convolution.filter.shape}], ${convolution.pad}, stride ${convolution.stride}`,
}));

describe.each(cases)('the published convolution $name', ({ convolution }) => {
  beforeAll(useBackend);

  const convolve = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
    tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, convolution.stride, convolution.pad), bias);
  const operands = () => [convolution.x, convolution.filter, convolution.bias].map(tensorOf);

  it('has the published values', () => {
    const [x, filter, bias] = operands();
    expectPublished(convolve(x, filter, bias), convolution.y, TOLERANCE);
  });

  it('has the published gradients for input, filter and bias', () => {
    const [dx, dfilter, dbias] = tf.grads(convolve)(operands(), tensorOf(convolution.dy));
    expectPublished(dx, convolution.dx, TOLERANCE);
    expectPublished(dfilter, convolution.dfilter, TOLERANCE);
    expectPublished(dbias, convolution.dbias, TOLERANCE);
  });

  it('has the published gradient through ReLU and max pooling', () => {
    const [x, filter, bias] = operands();
    const pooled = (input: tf.Tensor) =>
      tf.maxPool(tf.relu(convolve(input, filter, bias)) as tf.Tensor4D, 2, 2, 'valid');
    expectPublished(pooled(x), convolution.reluMaxPool2, TOLERANCE);
    expectPublished(tf.grad(pooled)(x, tensorOf(convolution.dPool)), convolution.dxThroughPool, TOLERANCE);
  });
});

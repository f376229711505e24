import * as tf from '@tensorflow/tfjs-core';
import { checkGradients } from './check.js';

const logits = [-1.3, 0.4, 2.1, 0.2, 1.4, 1.1, -0.9, 0.3];
const shape = [2, 4];
const labels = [
  [0, 0, 1, 0],
  [0.5, 0.2, 0, 0.3],
];

const byRow = (f: (row: number[], index: number) => number[]) => (x: number[]) => [
  ...f(x.slice(0, 4), 0),
  ...f(x.slice(4, 8), 1),
];
const logSumExp = (row: number[]) => Math.log(row.reduce((total, value) => total + Math.exp(value), 0));
const logSoftmax = (row: number[]) => row.map((value) => value - logSumExp(row));
const crossEntropy = (row: number[], target: number[]) =>
  -logSoftmax(row).reduce((total, value, index) => total + target[index] * value, 0);

checkGradients('softmax', [
  {
    name: 'Softmax',
    tensors: (x) => tf.softmax(x),
    doubles: byRow((row) => logSoftmax(row).map(Math.exp)),
    x: logits,
    shape,
  },
  {
    name: 'tf.logSoftmax',
    tensors: (x) => tf.logSoftmax(tf.mul(x, 1.5)),
    doubles: (x) => byRow(logSoftmax)(x.map((value) => 1.5 * value)),
    x: logits,
    shape,
  },
  {
    name: 'tf.losses.softmaxCrossEntropy, mean',
    tensors: (x) => tf.losses.softmaxCrossEntropy(labels, tf.mul(x, 1.5)),
    doubles: (x) => {
      const [first, second] = byRow((row, index) => [crossEntropy(row, labels[index])])(
        x.map((v) => 1.5 * v),
      );
      return [(first + second) / 2];
    },
    x: logits,
    shape,
  },
  {
    name: 'tf.losses.softmaxCrossEntropy, per sample, smoothed',
    tensors: (x) => tf.losses.softmaxCrossEntropy(labels, x, undefined, 0.2, tf.Reduction.NONE),
    doubles: byRow((row, index) => [
      crossEntropy(
        row,
        labels[index].map((label) => label * 0.8 + 0.05),
      ),
    ]),
    x: logits,
    shape,
  },
  {
    name: 'tf.losses.softmaxCrossEntropy, by labels and logits',
    tensors: (x) => tf.losses.softmaxCrossEntropy(tf.square(x), x, undefined, 0, tf.Reduction.NONE),
    doubles: byRow((row) => [
      crossEntropy(
        row,
        row.map((value) => value * value),
      ),
    ]),
    x: logits,
    shape,
  },
  {
    name: 'tf.losses.sigmoidCrossEntropy',
    tensors: (x) => tf.losses.sigmoidCrossEntropy(labels, x),
    doubles: (x) => [
      x.reduce((total, z, i) => total + Math.log1p(Math.exp(z)) - z * labels.flat()[i], 0) / x.length,
    ],
    x: logits,
    shape,
  },
]);

const perChannel = [0.7, -0.2, 1.1, 0.9, 1.3, 0.6, 0.4];

checkGradients('normalisation', [
  {
    name: 'FusedBatchNorm, by all five inputs',
    tensors: (x) =>
      tf.batchNorm(
        tf.reshape(tf.slice(x, 0, 8), [4, 2]) as tf.Tensor2D,
        tf.slice(x, 8, 2) as tf.Tensor1D,
        tf.slice(x, 10, 2) as tf.Tensor1D,
        tf.slice(x, 12, 2) as tf.Tensor1D,
        tf.slice(x, 13, 2) as tf.Tensor1D,
        0.01,
      ),
    doubles: (x) =>
      x.slice(0, 8).map((value, index) => {
        const channel = index % 2;
        const scale = x[13 + channel] / Math.sqrt(x[10 + channel] + 0.01);
        return (value - x[8 + channel]) * scale + x[12 + channel];
      }),
    x: [...logits, ...perChannel],
  },
  {
    name: 'FusedBatchNorm with the moments of the batch',
    tensors: (x) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm(
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        [0, 0],
        [1, 1],
        0.01,
      );
    },
    doubles: (x) => {
      const moments = [0, 1].map((channel) => {
        const values = x.filter((_, index) => index % 2 === channel);
        const mean = values.reduce((total, value) => total + value, 0) / values.length;
        return { mean, variance: values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length };
      });
      return x.map((value, index) => {
        const { mean, variance } = moments[index % 2];
        return (value - mean) / Math.sqrt(variance + 0.01);
      });
    },
    x: logits,
    shape: [4, 2],
  },
]);

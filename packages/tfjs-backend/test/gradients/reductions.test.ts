import * as tf from '@tensorflow/tfjs-core';
import { checkGradients } from './check.js';

const x = [-2.3, -0.7, 0.25, 1.3, 0.9, -1.6];
const shape = [2, 3];
const byRow = (f: (row: number[]) => number) => (x: number[]) => [f(x.slice(0, 3)), f(x.slice(3))];
const byColumn = (f: (column: number[]) => number) => (x: number[]) =>
  [0, 1, 2].map((c) => f([x[c], x[c + 3]]));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const product = (values: number[]) => values.reduce((total, value) => total * value, 1);
const logSumExp = (values: number[]) => Math.log(sum(values.map(Math.exp)));
const variance = (values: number[]) =>
  sum(values.map((v) => (v - sum(values) / values.length) ** 2)) / values.length;

checkGradients('reductions', [
  { name: 'Sum, all', tensors: (x) => tf.sum(x), doubles: (x) => [sum(x)], x, shape },
  { name: 'Sum, axis 1', tensors: (x) => tf.sum(x, 1), doubles: byRow(sum), x, shape },
  { name: 'Sum, axis 0, kept', tensors: (x) => tf.sum(x, 0, true), doubles: byColumn(sum), x, shape },
  { name: 'Mean, axis 1', tensors: (x) => tf.mean(x, -1), doubles: byRow((v) => sum(v) / 3), x, shape },
  { name: 'Max, axis 1', tensors: (x) => tf.max(x, 1), doubles: byRow((v) => Math.max(...v)), x, shape },
  { name: 'Min, axis 0', tensors: (x) => tf.min(x, 0), doubles: byColumn((v) => Math.min(...v)), x, shape },
  { name: 'Prod, all', tensors: (x) => tf.prod(x), doubles: (x) => [product(x)], x, shape },
  { name: 'Prod, axis 0', tensors: (x) => tf.prod(x, 0), doubles: byColumn(product), x, shape },
  {
    name: 'Prod, axis 1, with zeros',
    tensors: (x) => tf.prod(x, 1),
    doubles: byRow(product),
    x: [0, -0.7, 0, 1.3, 0, -1.6],
    shape,
  },
  {
    name: 'Cumsum, axis 0, exclusive',
    tensors: (x) => tf.cumsum(x, 0, true),
    doubles: (x) => [0, 0, 0, x[0], x[1], x[2]],
    x,
    shape,
  },
  {
    name: 'Cumsum, axis 1, reverse',
    tensors: (x) => tf.cumsum(x, 1, false, true),
    doubles: (x) => x.map((_, index) => sum(x.slice(index, index < 3 ? 3 : 6))),
    x,
    shape,
  },
  {
    name: 'Cumprod, axis 1, with a zero',
    tensors: (x) => tf.cumprod(x, 1),
    doubles: (x) => x.map((_, index) => product(x.slice(index < 3 ? 0 : 3, index + 1))),
    x: [0.5, 0, 2, 1.3, 0.9, -1.6],
    shape,
  },
  {
    name: 'Cumprod, axis 0, exclusive, reverse',
    tensors: (x) => tf.cumprod(x, 0, true, true),
    doubles: (x) => [x[3], x[4], x[5], 1, 1, 1],
    x,
    shape,
  },
  { name: 'tf.logSumExp, axis 1', tensors: (x) => tf.logSumExp(x, 1), doubles: byRow(logSumExp), x, shape },
  {
    name: 'tf.norm, euclidean, axis 1',
    tensors: (x) => tf.norm(x, 'euclidean', 1),
    doubles: byRow((v) => Math.hypot(...v)),
    x,
    shape,
  },
  {
    name: 'tf.moments, axis 0',
    tensors: (x) => tf.moments(x, 0).variance,
    doubles: byColumn(variance),
    x,
    shape,
  },
  {
    name: 'standardisation by tf.moments',
    tensors: (x) => {
      const { mean, variance } = tf.moments(x, 1, true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.1)));
    },
    doubles: (x) =>
      [x.slice(0, 3), x.slice(3)].flatMap((v) =>
        v.map((u) => (u - sum(v) / 3) / Math.sqrt(variance(v) + 0.1)),
      ),
    x,
    shape,
  },
  {
    name: 'TopK, values',
    tensors: (x) => tf.topk(x, 2).values,
    doubles: (x) => [x.slice(0, 3), x.slice(3)].flatMap((row) => [...row].sort((a, b) => b - a).slice(0, 2)),
    x,
    shape,
  },
]);

import * as tf from '@tensorflow/tfjs-core';
import { checkGradients } from './check.js';

const six = [-2.3, -0.7, -0.2, 0.3, 0.9, 2.6];
const positive = [0.4, 0.7, 1.2, 1.6, 2.1, 2.9];

/** x as [2, 3] against its own last row, column or element, so that both inputs and the broadcast are checked. */
const rows = (x: tf.Tensor) => tf.reshape(x, [2, 3]);
const lastRow = (x: tf.Tensor) => tf.slice(x, 3, 3);
const withLastRow = (f: (a: number, b: number) => number) => (x: number[]) =>
  x.map((value, index) => f(value, x[3 + (index % 3)]));

checkGradients('arithmetic', [
  {
    name: 'Add, broadcast',
    tensors: (x) => tf.add(rows(x), lastRow(x)),
    doubles: withLastRow((a, b) => a + b),
    x: six,
  },
  {
    name: 'Sub, broadcast',
    tensors: (x) => tf.sub(rows(x), lastRow(x)),
    doubles: withLastRow((a, b) => a - b),
    x: six,
  },
  {
    name: 'Multiply, broadcast',
    tensors: (x) => tf.mul(rows(x), lastRow(x)),
    doubles: withLastRow((a, b) => a * b),
    x: six,
  },
  {
    name: 'RealDiv, broadcast',
    tensors: (x) => tf.div(lastRow(x), rows(x)),
    doubles: withLastRow((a, b) => b / a),
    x: positive,
  },
  {
    name: 'Maximum, broadcast scalar',
    tensors: (x) => tf.maximum(tf.slice(x, 1, 5), tf.slice(x, [0], [1])),
    doubles: (x) => x.slice(1).map((value) => Math.max(value, x[0])),
    x: [0.1, -0.7, -0.2, 0.3, 0.9, 2.6],
  },
  {
    name: 'Minimum, broadcast scalar',
    tensors: (x) => tf.minimum(tf.slice(x, [0], [1]), tf.slice(x, 1, 5)),
    doubles: (x) => x.slice(1).map((value) => Math.min(value, x[0])),
    x: [0.1, -0.7, -0.2, 0.3, 0.9, 2.6],
  },
  {
    name: 'SquaredDifference, broadcast',
    tensors: (x) => tf.squaredDifference(rows(x), lastRow(x)),
    doubles: withLastRow((a, b) => (a - b) ** 2),
    x: six,
  },
  {
    name: 'Mod, broadcast',
    tensors: (x) => tf.mod(lastRow(x), rows(x)),
    doubles: withLastRow((a, b) => b - a * Math.floor(b / a)),
    x: [0.41, 0.73, 1.27, 1.6, 2.1, 2.9],
  },
  {
    name: 'Pow, by base and exponent',
    tensors: (x) => tf.pow(rows(x), lastRow(x)),
    doubles: withLastRow((a, b) => a ** b),
    x: positive,
  },
  {
    name: 'Pow, constant exponent 1.7',
    tensors: (x) => tf.pow(x, tf.scalar(1.7)),
    doubles: (x) => x.map((value) => value ** 1.7),
    x: positive,
  },
  {
    name: 'Pow, negative bases, exponent 3',
    tensors: (x) => tf.pow(x, tf.scalar(3)),
    doubles: (x) => x.map((value) => value ** 3),
    x: six,
  },
  {
    name: 'Atan2',
    tensors: (x) => tf.atan2(rows(x), lastRow(x)),
    doubles: withLastRow(Math.atan2),
    x: six,
  },
  {
    name: 'AddN',
    tensors: (x) => tf.addN([x, tf.square(x), x]),
    doubles: (x) => x.map((value) => 2 * value + value * value),
    x: six,
  },
]);

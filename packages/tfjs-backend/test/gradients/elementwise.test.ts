import * as tf from '@tensorflow/tfjs-core';
import { checkGradients } from './check.js';

const around = [-2.3, -0.7, -0.2, 0.3, 0.9, 2.6];
const positive = [0.2, 0.6, 1.1, 1.9, 3.4];
const inside = [-0.8, -0.3, 0.1, 0.4, 0.85];

const each = (f: (x: number) => number) => (x: number[]) => x.map(f);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

const stepFunctions = [
  { name: 'Sign', inTensors: (x: tf.Tensor) => tf.sign(x), inDoubles: Math.sign },
  { name: 'Floor', inTensors: (x: tf.Tensor) => tf.floor(x), inDoubles: Math.floor },
  { name: 'Ceil', inTensors: (x: tf.Tensor) => tf.ceil(x), inDoubles: Math.ceil },
  { name: 'Round', inTensors: (x: tf.Tensor) => tf.round(x), inDoubles: Math.round },
  { name: 'Step', inTensors: (x: tf.Tensor) => tf.step(x), inDoubles: (x: number) => (x > 0 ? 1 : 0) },
];

checkGradients('elementary functions', [
  { name: 'Abs', tensors: (x) => tf.abs(x), doubles: each(Math.abs), x: around },
  { name: 'Square', tensors: (x) => tf.square(x), doubles: each((x) => x * x), x: around },
  { name: 'Sqrt', tensors: (x) => tf.sqrt(x), doubles: each(Math.sqrt), x: positive },
  { name: 'Rsqrt', tensors: (x) => tf.rsqrt(x), doubles: each((x) => 1 / Math.sqrt(x)), x: positive },
  { name: 'Reciprocal', tensors: (x) => tf.reciprocal(x), doubles: each((x) => 1 / x), x: positive },
  { name: 'Exp', tensors: (x) => tf.exp(x), doubles: each(Math.exp), x: around },
  { name: 'Expm1', tensors: (x) => tf.expm1(x), doubles: each(Math.expm1), x: around },
  { name: 'Log', tensors: (x) => tf.log(x), doubles: each(Math.log), x: positive },
  { name: 'Log1p', tensors: (x) => tf.log1p(x), doubles: each(Math.log1p), x: inside },
  { name: 'Erf', tensors: (x) => tf.erf(x), doubles: each(erf), x: around },
  { name: 'Sin', tensors: (x) => tf.sin(x), doubles: each(Math.sin), x: around },
  { name: 'Cos', tensors: (x) => tf.cos(x), doubles: each(Math.cos), x: around },
  { name: 'Tan', tensors: (x) => tf.tan(x), doubles: each(Math.tan), x: inside },
  { name: 'Sinh', tensors: (x) => tf.sinh(x), doubles: each(Math.sinh), x: around },
  { name: 'Cosh', tensors: (x) => tf.cosh(x), doubles: each(Math.cosh), x: around },
  { name: 'Asin', tensors: (x) => tf.asin(x), doubles: each(Math.asin), x: inside },
  { name: 'Acos', tensors: (x) => tf.acos(x), doubles: each(Math.acos), x: inside },
  { name: 'Atan', tensors: (x) => tf.atan(x), doubles: each(Math.atan), x: around },
  { name: 'Asinh', tensors: (x) => tf.asinh(x), doubles: each(Math.asinh), x: around },
  { name: 'Acosh', tensors: (x) => tf.acosh(x), doubles: each(Math.acosh), x: [1.2, 1.9, 4.5] },
  { name: 'Atanh', tensors: (x) => tf.atanh(x), doubles: each(Math.atanh), x: inside },
  { name: 'Neg', tensors: (x) => tf.neg(x), doubles: each((x) => -x), x: around },
]);

checkGradients('activation functions', [
  { name: 'Sigmoid', tensors: (x) => tf.sigmoid(x), doubles: each(sigmoid), x: around },
  { name: 'Tanh', tensors: (x) => tf.tanh(x), doubles: each(Math.tanh), x: around },
  {
    name: 'Softplus',
    tensors: (x) => tf.softplus(x),
    doubles: each((x) => Math.log1p(Math.exp(x))),
    x: around,
  },
  {
    name: 'tf.logSigmoid',
    tensors: (x) => tf.logSigmoid(x),
    doubles: each((x) => Math.log(sigmoid(x))),
    x: around,
  },
  { name: 'Elu', tensors: (x) => tf.elu(x), doubles: each((x) => (x > 0 ? x : Math.expm1(x))), x: around },
  {
    name: 'EluGrad, by dy and y',
    tensors: (x) => tf.engine().runKernel('EluGrad', { dy: tf.slice(x, 0, 3), y: tf.slice(x, 3, 3) }),
    doubles: (x) => x.slice(0, 3).map((dy, index) => dy * Math.min(x[3 + index] + 1, 1)),
    x: [0.3, -0.7, 1.2, -0.8, 0.9, -0.4],
  },
  {
    name: 'Selu',
    tensors: (x) => tf.selu(x),
    doubles: each((x) => SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x))),
    x: around,
  },
  { name: 'Relu', tensors: (x) => tf.relu(x), doubles: each((x) => Math.max(x, 0)), x: around },
  {
    name: 'Relu6',
    tensors: (x) => tf.relu6(x),
    doubles: each((x) => Math.min(Math.max(x, 0), 6)),
    x: [...around, 6.5],
  },
  {
    name: 'LeakyRelu',
    tensors: (x) => tf.leakyRelu(x, 0.1),
    doubles: each((x) => (x > 0 ? x : 0.1 * x)),
    x: around,
  },
  {
    name: 'Prelu, by x and alpha',
    tensors: (x) => tf.prelu(tf.reshape(x, [2, 3]), tf.slice(x, 0, 3)),
    doubles: (x) => x.map((value, index) => (value > 0 ? value : value * x[index % 3])),
    x: around,
  },
  {
    name: 'ClipByValue',
    tensors: (x) => tf.clipByValue(x, -0.5, 1),
    doubles: each((x) => Math.min(Math.max(x, -0.5), 1)),
    x: around,
  },
]);

checkGradients('steps and masks', [
  ...stepFunctions.map(({ name, inTensors, inDoubles }) => ({
    name: `${name} as a factor`,
    tensors: (x: tf.Tensor) => tf.mul(inTensors(x), tf.square(x)),
    doubles: each((x) => inDoubles(x) * x * x),
    x: around,
  })),
  {
    name: 'Greater, Cast: mask times value',
    tensors: (x) => tf.mul(tf.cast(tf.greater(x, 0.5), 'float32'), tf.square(x)),
    doubles: each((x) => (x > 0.5 ? x * x : 0)),
    x: around,
  },
  {
    name: 'Equal with Max: value where largest',
    tensors: (x) => tf.mul(tf.cast(tf.equal(x, tf.max(x)), 'float32'), tf.square(x)),
    doubles: (x) => x.map((value) => (value === Math.max(...x) ? value * value : 0)),
    x: around,
  },
  {
    name: 'LogicalAnd, LogicalOr, LogicalNot: value in an interval',
    tensors: (x) => {
      const outside = tf.logicalOr(tf.less(x, -0.5), tf.greater(x, 1));
      const within = tf.logicalAnd(tf.logicalNot(outside), tf.notEqual(x, 0));
      return tf.where(within, tf.square(x), x);
    },
    doubles: each((x) => (x >= -0.5 && x <= 1 ? x * x : x)),
    x: around,
  },
  {
    name: 'Any and All as factors',
    tensors: (x) => {
      const some = tf.cast(tf.any(tf.greater(x, 2)), 'float32');
      const every = tf.cast(tf.all(tf.greater(x, 2)), 'float32');
      return tf.mul(tf.add(tf.mul(some, 2), every), tf.square(x));
    },
    doubles: each((x) => 2 * x * x),
    x: around,
  },
  {
    name: 'Select',
    tensors: (x) => tf.where(tf.less(x, 0), tf.square(x), tf.exp(x)),
    doubles: each((x) => (x < 0 ? x * x : Math.exp(x))),
    x: around,
  },
  {
    name: 'OneHot of ArgMax times value',
    tensors: (x) => tf.mul(tf.oneHot(tf.argMax(x, 0) as tf.Tensor1D, 6), tf.square(x)),
    doubles: (x) => x.map((value) => (value === Math.max(...x) ? value * value : 0)),
    x: around,
  },
  {
    name: 'Cast to int32 and back as a factor',
    tensors: (x) => tf.mul(tf.cast(tf.cast(x, 'int32'), 'float32'), x),
    doubles: each((x) => Math.trunc(x) * x),
    x: around,
  },
  {
    name: 'OnesLike and ZerosLike',
    tensors: (x) => tf.add(tf.mul(tf.onesLike(x), x), tf.mul(tf.zerosLike(x), x)),
    doubles: (x) => x,
    x: around,
  },
]);

/** The error function by its Maclaurin series, exact in doubles for |x| < 3. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

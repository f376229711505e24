// One participant on tfjs-core: `node tfjs.js hebblab|tfjs-backend-wasm|tfjs-backend-cpu THREADS WORK`.
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { configureBackend } from '@hebblab/tfjs-backend';
import { detectWasmFeatures } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { serve } from './serve.js';
import { glorot, labels, uniforms } from './works.js';

const useBackend = {
  async hebblab(threads) {
    if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
    configureBackend({ threads });
    await tf.setBackend('hebblab');
  },
  async 'tfjs-backend-wasm'() {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    const { resolve } = createRequire(import.meta.url);
    setWasmPaths(`${path.dirname(resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`);
    await tf.setBackend('wasm');
  },
  async 'tfjs-backend-cpu'() {
    await tf.setBackend('cpu');
  },
};

const [name, threads, work] = process.argv.slice(2);
await useBackend[name](Number(threads));
const task = { shlp: perceptron, cnn: convolutional, scalar }[work]();
serve({ ...task, profile: () => sharesOf(task.step) });

/** x + 1; the "loss" is its value. */
function scalar() {
  const [x, one] = [tf.scalar(1), tf.scalar(1)];
  const operationsAStep = 1000;
  return {
    operationsAStep,
    step() {
      for (let operation = 1; operation < operationsAStep; operation++) tf.add(x, one).dispose();
      const sum = tf.add(x, one);
      const value = sum.dataSync()[0];
      sum.dispose();
      return value;
    },
  };
}

function perceptron() {
  const images = tf.tensor2d(uniforms(1000 * 3072, 1), [1000, 3072]);
  const hidden = variable([3072, 2000], 2);
  const readout = variable([2000, 10], 3);
  return training([hidden, readout], 1000, () => tf.matMul(tf.relu(tf.matMul(images, hidden)), readout));
}

function convolutional() {
  const images = tf.tensor4d(uniforms(128 * 784, 1), [128, 28, 28, 1]);
  const filters = [variable([5, 5, 1, 32], 2), variable([5, 5, 32, 64], 3)];
  const dense = [variable([1024, 128], 4), variable([128, 10], 5)];
  return training([...filters, ...dense], 128, () => {
    const maps = filters.reduce(
      (input, filter) => tf.maxPool(tf.relu(tf.conv2d(input, filter, 1, 'valid')), 2, 2, 'valid'),
      images,
    );
    return tf.matMul(tf.relu(tf.matMul(tf.reshape(maps, [128, 1024]), dense[0])), dense[1]);
  });
}

function training(variables, count, logits) {
  const targets = tf.oneHot(tf.tensor1d(labels(count, 10), 'int32'), 10);
  const optimizer = tf.train.adam(1e-3);
  return {
    operationsAStep: 1,
    step() {
      const loss = optimizer.minimize(
        () => tf.neg(tf.div(tf.sum(tf.mul(targets, tf.logSoftmax(logits()))), count)),
        true,
        variables,
      );
      const value = loss.dataSync()[0];
      loss.dispose();
      return value;
    },
  };
}

function variable(shape, seed) {
  return tf.variable(tf.tensor(glorot(shape, seed), shape));
}

/** The share of each kernel in the time of all kernels of three steps. */
async function sharesOf(step) {
  const milliseconds = {};
  for (let taken = 0; taken < 3; taken++) {
    const { kernels } = await tf.profile(() => tf.scalar(step()));
    for (const { name: kernel, kernelTimeMs } of kernels)
      milliseconds[kernel] = (milliseconds[kernel] ?? 0) + (await kernelTimeMs);
  }
  const total = Object.values(milliseconds).reduce((sum, each) => sum + each, 0);
  return Object.fromEntries(Object.entries(milliseconds).map(([kernel, each]) => [kernel, each / total]));
}

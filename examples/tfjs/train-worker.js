import { loadBuiltIn, readSafetensors, writeSafetensors } from '@hebblab/data';
import { backendKernels } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';

const batchSize = 100;
const shapes = { edges: [5, 5, 1, 8], parts: [5, 5, 8, 16], readout: [256, 10] };

let aborted = false;

globalThis.onmessage = async ({ data }) => {
  if (data.kind === 'abort') {
    aborted = true;
    return;
  }
  try {
    postMessage(data.kind === 'train' ? await train(data.epochs) : await load(data.bytes));
  } catch (error) {
    postMessage({ kind: 'failed', message: error.message });
  }
};

async function train(epochs) {
  aborted = false;
  await tf.setBackend('hebblab');
  const sets = await loadBuiltIn('mnist-subset');
  const weights = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], seed) => [
      name,
      tf.variable(tf.randomNormal(shape, 0, 0.1, 'float32', seed + 1)),
    ]),
  );
  const optimizer = tf.train.adam(0.01);
  const batches = Math.floor(sets.train.count / batchSize);
  for (let step = 0; step < epochs * batches && !aborted; step++) {
    const loss = tf.tidy(() => {
      const { images, labels } = batchOf(sets.train, (step % batches) * batchSize, batchSize);
      const lossOf = () => tf.losses.softmaxCrossEntropy(labels, logits(weights, images));
      return optimizer.minimize(lossOf, true, Object.values(weights)).dataSync()[0];
    });
    const share = (step + 1) / (epochs * batches);
    postMessage({ kind: 'progress', share, loss, threads: backendKernels().threads });
    // A message, such as the one to abort, is only heard between two tasks.
    if (step % 10 === 9) await new Promise((resolve) => setTimeout(resolve));
  }
  const answer = result(aborted ? 'Aborted' : 'Trained', weights, sets.test);
  optimizer.dispose();
  return answer;
}

async function load(bytes) {
  await tf.setBackend('hebblab');
  const { tensors } = readSafetensors(bytes, { source: 'the file' });
  for (const [name, shape] of Object.entries(shapes)) {
    if (`${tensors.get(name)?.shape}` !== `${shape}`)
      throw new Error(`expected ${name} of shape [${shape}] in the file`);
  }
  const weights = Object.fromEntries(
    Object.keys(shapes).map((name) => [name, tf.tensor(tensors.get(name).data, shapes[name])]),
  );
  const { test } = await loadBuiltIn('mnist-subset');
  return result('Loaded', weights, test);
}

function logits({ edges, parts, readout }, images) {
  const maps = [edges, parts].reduce(
    (input, filter) => tf.maxPool(tf.relu(tf.conv2d(input, filter, 1, 'valid')), 2, 2, 'valid'),
    images,
  );
  return tf.matMul(tf.reshape(maps, [-1, 256]), readout);
}

/** Measures the network, puts it into a file, and disposes of it. */
function result(how, weights, set) {
  const accuracy = tf.tidy(() => {
    const { images, labels } = batchOf(set, 0, set.count);
    const hits = tf.equal(tf.argMax(logits(weights, images), 1), tf.argMax(labels, 1));
    return tf.mean(tf.cast(hits, 'float32')).dataSync()[0];
  });
  const arrays = Object.entries(weights).map(([name, tensor]) => [
    name,
    { dtype: 'float32', shape: tensor.shape, data: tensor.dataSync() },
  ]);
  tf.dispose(weights);
  return { kind: 'done', how, accuracy, images: set.count, bytes: writeSafetensors(new Map(arrays), {}) };
}

function batchOf({ pixels, labels }, first, count) {
  const values = Float32Array.from(
    pixels.subarray(first * 784, (first + count) * 784),
    (pixel) => pixel / 255,
  );
  return {
    images: tf.tensor(values, [count, 28, 28, 1]),
    labels: tf.oneHot(tf.tensor1d(Int32Array.from(labels.subarray(first, first + count)), 'int32'), 10),
  };
}

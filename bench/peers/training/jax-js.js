// The perceptron by jax-js on its WebAssembly device: `node jax-js.js jax-js THREADS shlp`.
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import { serve } from './serve.js';
import { glorot, labels, uniforms } from './works.js';

await init('wasm');
defaultDevice('wasm');

const count = 1000;
const [learningRate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-7];
const images = np.array(uniforms(count * 3072, 1), { shape: [count, 3072] });
const targets = np.array(oneHot(labels(count, 10), 10), { shape: [count, 10] });
let parameters = [
  np.array(glorot([3072, 2000], 2), { shape: [3072, 2000] }),
  np.array(glorot([2000, 10], 3), { shape: [2000, 10] }),
];
let moments = parameters.map(({ shape }) => [np.zeros(shape), np.zeros(shape)]);
let taken = 0;

const lossAndGradients = jit(
  valueAndGrad(
    (hidden, readout, x, y) => {
      const logits = np.matmul(nn.relu(np.matmul(x, hidden)), readout);
      return nn
        .logSoftmax(logits)
        .mul(y)
        .sum()
        .mul(-1 / count);
    },
    { argnums: [0, 1] },
  ),
);

/** An array is consumed by a call; `ref` keeps it. */
const adam = jit((parameter, gradient, first, second, firstCorrection, secondCorrection) => {
  const newFirst = first.mul(beta1).add(gradient.ref.mul(1 - beta1));
  const newSecond = second.mul(beta2).add(np.square(gradient).mul(1 - beta2));
  const denominator = np.sqrt(newSecond.ref.mul(secondCorrection)).add(epsilon);
  const change = newFirst.ref.mul(firstCorrection).div(denominator).mul(learningRate);
  return [parameter.sub(change), newFirst, newSecond];
});

serve({
  operationsAStep: 1,
  async step() {
    taken += 1;
    const [loss, gradients] = lossAndGradients(parameters[0].ref, parameters[1].ref, images.ref, targets.ref);
    const updated = parameters.map((parameter, index) =>
      adam(
        parameter,
        gradients[index],
        ...moments[index],
        1 / (1 - beta1 ** taken),
        1 / (1 - beta2 ** taken),
      ),
    );
    parameters = updated.map(([parameter]) => parameter);
    moments = updated.map(([, ...rest]) => rest);
    const [value] = await loss.data();
    await parameters[0].blockUntilReady();
    return value;
  },
});

function oneHot(indices, classes) {
  const rows = new Float32Array(indices.length * classes);
  indices.forEach((index, row) => {
    rows[row * classes + index] = 1;
  });
  return rows;
}

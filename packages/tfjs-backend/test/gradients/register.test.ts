import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { hvp } from '../../dist/derivatives.js';
import { registerGradients } from '../../dist/gradients/register.js';
import { useBackend } from './backend.js';

/** tanh'' = -2 tanh (1 - tanh^2) at 0.5, which tfjs's own gradient, from the output, has as 0. */
const CURVATURE = -2 * Math.tanh(0.5) * (1 - Math.tanh(0.5) ** 2);

function curvatureOfTanh(): number {
  return hvp((x) => tf.sum(tf.tanh(x)), tf.tensor1d([0.5]), tf.tensor1d([1])).dataSync()[0];
}

/** Another copy of tfjs, all of whose gradients are registered anew, over those that are there. */
async function importTfjsAnew(): Promise<void> {
  vi.resetModules();
  await import('../../node_modules/@tensorflow/tfjs-core/dist/register_all_gradients.js');
}

describe('registerGradients', () => {
  beforeAll(useBackend);

  it('registers over the gradients of a tfjs that was imported before', async () => {
    await importTfjsAnew();
    expect(curvatureOfTanh()).toBeCloseTo(0, 6);
    registerGradients();
    expect(curvatureOfTanh()).toBeCloseTo(CURVATURE, 6);
  });

  it('loses to a tfjs that is imported afterwards, until it is called again', async () => {
    registerGradients();
    await importTfjsAnew();
    expect(curvatureOfTanh()).toBeCloseTo(0, 6);
    registerGradients();
    expect(curvatureOfTanh()).toBeCloseTo(CURVATURE, 6);
  });

  it('changes nothing and prints nothing when called again, in debug mode neither', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    tf.env().set('DEBUG', true);
    registerGradients();
    const before = tf.getGradient('Tanh');
    await importTfjsAnew();
    warn.mockClear();
    registerGradients();
    expect(tf.getGradient('Tanh')).toBe(before);
    expect(warn).not.toHaveBeenCalled();
    tf.env().set('DEBUG', false);
    warn.mockRestore();
  });

  it('leaves no tensor behind after a gradient of a gradient', () => {
    const x = tf.tensor2d([0.3, -0.2, 0.5, 0.1], [2, 2]);
    const v = tf.onesLike(x);
    const loss = (point: tf.Tensor) =>
      tf.losses.softmaxCrossEntropy(
        [
          [1, 0],
          [0, 1],
        ],
        tf.tanh(tf.matMul(point as tf.Tensor2D, tf.relu(point))),
      );
    tf.dispose(hvp(loss, x, v));
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    for (let repetition = 0; repetition < 3; repetition++) tf.dispose(hvp(loss, x, v));
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
  });
});

describe('in plain Node', () => {
  const run = (script: string) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const imports = `
    import * as tf from '@tensorflow/tfjs-core';
    import '@tensorflow/tfjs-backend-cpu';
    import { registerGradients } from './dist/gradients/register.js';
    import { hvp } from './dist/derivatives.js';
  `;

  it('gives tfjs-core, which has none there, its gradients', () => {
    const script = `${imports}
      const without = tf.getGradient('BatchMatMul') ?? tf.getGradient('Tanh') ?? 'none';
      registerGradients();
      const weights = tf.variable(tf.tensor2d([0.1, 0.2, 0.3, 0.4], [2, 2]));
      const loss = () => tf.losses.softmaxCrossEntropy([[1, 0]], tf.tanh(tf.matMul([[1, 2]], weights)));
      const before = loss().dataSync()[0];
      for (let step = 0; step < 20; step++) tf.train.adam(0.05).minimize(loss);
      console.log(JSON.stringify({ without, learned: loss().dataSync()[0] < before }));
    `;
    expect(JSON.parse(run(script))).toEqual({ without: 'none', learned: true });
  });

  it('takes the curvature of tanh', () => {
    const script = `${imports}
      registerGradients();
      console.log(hvp((x) => tf.sum(tf.tanh(x)), tf.tensor1d([0.5]), tf.tensor1d([1])).dataSync()[0]);
    `;
    expect(Number(run(script))).toBeCloseTo(CURVATURE, 6);
  });
});

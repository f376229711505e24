import { backendKernels, configureBackend } from '@hebblab/tfjs-backend';
import { openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('shares the kernels it is given, and takes others once these are disposed of', async () => {
  const first = await openKernels({ variant: 'simd128' });
  configureBackend({ kernels: first });
  await tf.setBackend('hebblab');
  expect(backendKernels()).toBe(first);
  expect([...tf.matMul([[2, 3]], [[5], [7]]).dataSync()]).toEqual([31]);

  const second = await openKernels({ variant: 'simd128', threads: 2 });
  configureBackend({ kernels: first });
  expect(() => configureBackend({ kernels: second })).toThrow('got one in use');

  await first.dispose();
  configureBackend({ kernels: second });
  await tf.setBackend('hebblab');
  expect(backendKernels()).toBe(second);
  expect([...tf.matMul([[2, 3]], [[5], [7]]).dataSync()]).toEqual([31]);
  expect(
    tf
      .grad((x: tf.Tensor) => tf.sum(tf.tanh(x)))(tf.scalar(0))
      .dataSync()[0],
  ).toBe(1);
});

import { backendKernels, configureBackend, kernelArrayOf } from '@hebblab/tfjs-backend';
import { memoryUse } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './support/backend.js';

// Views of a memory that threads share stay valid when it grows; those of one thread's detach.
beforeAll(async () => {
  configureBackend({ threads: 1 });
  await useBackend();
});

describe('a tensor on one thread', () => {
  it('keeps its values when the memory grows', () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const before = memoryUse(backendKernels()).totalBytes;
    const large = tf.fill([1024, 1024, 64], 1);
    expect(memoryUse(backendKernels()).totalBytes).toBeGreaterThan(before);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
    tf.dispose([tensor, large]);
  });

  it('made of a view of kernel memory has its values, also where the memory grows for it', () => {
    const source = tf.fill([1024, 1024, 32], 3);
    const before = memoryUse(backendKernels()).totalBytes;
    const copies = Array.from({ length: 8 }, () =>
      tf.tensor(kernelArrayOf(source, 'float32').view(), source.shape),
    );
    expect(memoryUse(backendKernels()).totalBytes).toBeGreaterThan(before);
    expect(copies.map((copy) => tf.tidy(() => tf.min(copy).dataSync()[0]))).toEqual(Array(8).fill(3));
    tf.dispose([source, ...copies]);
  });
});

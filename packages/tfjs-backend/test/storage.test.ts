import { backendKernels, kernelArrayOf, tensorOver } from '@hebblab/tfjs-backend';
import { allocateFloat32, memoryUse, openKernels } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './support/backend.js';

beforeAll(useBackend);

describe('a tensor', () => {
  it('gives back the values it was made of', async () => {
    const tensor = tf.tensor2d([1, -2, 3.5, 0], [2, 2]);
    expect(Array.from(tensor.dataSync())).toEqual([1, -2, 3.5, 0]);
    expect(Array.from(await tensor.data())).toEqual([1, -2, 3.5, 0]);
    tensor.dispose();
  });

  it('keeps its values when the array it was made of changes', () => {
    const values = new Float32Array([1, 2]);
    const tensor = tf.tensor1d(values);
    values[0] = 9;
    expect(Array.from(tensor.dataSync())).toEqual([1, 2]);
    tensor.dispose();
  });

  it('is read as a copy', () => {
    const tensor = tf.tensor1d([1, 2]);
    tensor.dataSync()[0] = 9;
    expect(Array.from(tensor.dataSync())).toEqual([1, 2]);
    tensor.dispose();
  });

  it('keeps its values when the memory grows', () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    const before = memoryUse(backendKernels()).totalBytes;
    const large = tf.zeros([1024, 1024, 64]);
    const product = tf.relu(large);
    expect(memoryUse(backendKernels()).totalBytes).toBeGreaterThan(before);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
    tf.dispose([tensor, large, product]);
  });

  it.each([
    ['float32', 'float32'],
    ['int32', 'int32'],
    ['bool', 'uint8'],
  ] as const)('of %s lives in kernel memory as %s', (dtype, kind) => {
    const tensor = tf.tensor1d([1, 0, 1], dtype);
    expect(Array.from(kernelArrayOf(tensor, kind).view())).toEqual([1, 0, 1]);
    tensor.dispose();
  });

  it('gives its array as no other type than it has', () => {
    const tensor = tf.tensor1d([1, 0, 1], 'int32');
    expect(() => kernelArrayOf(tensor, 'float32')).toThrow(/expected an array of float32, got one of int32/);
    tensor.dispose();
  });

  it('of strings can be made and read', () => {
    const tensor = tf.tensor1d(['a', 'µ']);
    expect(tensor.dataSync()).toEqual(['a', 'µ']);
    tensor.dispose();
  });

  it('of complex numbers can be made and read', () => {
    tf.tidy(() => {
      const tensor = tf.complex([1, 2], [3, 4]);
      expect(Array.from(tensor.dataSync())).toEqual([1, 3, 2, 4]);
    });
  });
});

describe('kernel memory', () => {
  it('is given back by dispose', () => {
    const before = memoryUse(backendKernels()).liveBytes;
    const tensor = tf.zeros([1000, 100]);
    kernelArrayOf(tensor, 'float32');
    expect(memoryUse(backendKernels()).liveBytes).toBeGreaterThanOrEqual(before + 400_000);
    tensor.dispose();
    expect(memoryUse(backendKernels()).liveBytes).toBe(before);
  });

  it('stays while a clone is in use', () => {
    const tensor = tf.tensor1d([1, 2]);
    const clone = tf.clone(tensor);
    tensor.dispose();
    expect(Array.from(clone.dataSync())).toEqual([1, 2]);
    clone.dispose();
  });

  it('is named in what tf.memory reports', () => {
    expect(tf.memory()).toMatchObject({ unreliable: false, kernelBytes: expect.any(Number) });
  });
});

describe('an array of @hebblab/wasm', () => {
  it('becomes a tensor without a copy', async () => {
    using array = allocateFloat32(backendKernels(), [2, 2]);
    array.set([1, 2, 3, 4]);
    const tensor = tensorOver(array);
    array.view()[3] = 5;
    expect(tensor.shape).toEqual([2, 2]);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3, 5]);
    expect(kernelArrayOf(tensor, 'float32').offset).toBe(array.offset);
    tensor.dispose();
    expect(Array.from(array.view())).toEqual([1, 2, 3, 5]);
  });

  it('of another instance is refused', async () => {
    const other = await openKernels({ variant: 'simd128', threads: 1 });
    using array = allocateFloat32(other, [1]);
    expect(() => tensorOver(array)).toThrow(/another instance/);
  });
});

describe('a tensor that moves', () => {
  it('to the cpu backend and back keeps its values', async () => {
    const tensor = tf.tensor1d([1, 2, 3]);
    await tf.setBackend('cpu');
    const onCpu = tf.tidy(() => tf.mul(tensor, 2));
    await useBackend();
    const back = tf.add(onCpu, 1);
    expect(Array.from(back.dataSync())).toEqual([3, 5, 7]);
    tf.dispose([tensor, onCpu, back]);
  });
});

import { createRequire } from 'node:module';
import path from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** tfjs-core on tfjs-backend-wasm, which has no threads in Node. */
export async function tfjsWasm() {
  const { resolve } = createRequire(import.meta.url);
  setWasmPaths(`${path.dirname(resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`);
  await tf.setBackend('wasm');
  return {
    name: 'tfjs-backend-wasm',
    async prepare({ kind, form }, { a, b }) {
      if (kind !== 'product') return undefined;
      const [left, right] = [a, b].map(({ shape, data }) => tf.tensor2d(data, shape));
      let values;
      return {
        async run() {
          const start = performance.now();
          const product = tf.matMul(left, right, false, form === 'NT');
          values = product.dataSync();
          product.dispose();
          return performance.now() - start;
        },
        result: async () => values,
        async close() {
          left.dispose();
          right.dispose();
        },
      };
    },
  };
}

import { createRequire } from 'node:module';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** tfjs-core on tfjs-backend-wasm, which has no threads in Node, and on tfjs-backend-cpu, which is JavaScript. */
export function tfjsParticipants() {
  const { resolve } = createRequire(import.meta.url);
  setWasmPaths(`${path.dirname(resolve('@tensorflow/tfjs-backend-wasm'))}${path.sep}`);
  return ['wasm', 'cpu'].map(participantOf);
}

function participantOf(backend) {
  const name = `tfjs-backend-${backend}`;
  return {
    name,
    async prepare({ kind, form, without = [] }, { a, b }) {
      if (kind !== 'product' || without.includes(name)) return undefined;
      await tf.setBackend(backend);
      const [left, right] = [a, b].map(({ shape, data }) => tf.tensor2d(data, shape));
      let values;
      return {
        async run() {
          // Both are participants of one process.
          await tf.setBackend(backend);
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

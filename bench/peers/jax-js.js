import { defaultDevice, init, numpy as np } from '@jax-js/jax';

/** jax-js by its WebAssembly device. */
export async function jaxJs() {
  await init('wasm');
  defaultDevice('wasm');
  return {
    name: 'jax-js',
    async prepare(work, inputs) {
      const compute = works[work.kind]?.(work, inputs);
      if (compute === undefined || work.without?.includes('jax-js')) return undefined;
      let values;
      return {
        async run() {
          const start = performance.now();
          values = await compute().data();
          return performance.now() - start;
        },
        result: async () => (work.kind === 'eigenvalues' ? Float32Array.from(values).reverse() : values),
        close: async () => undefined,
      };
    },
  };
}

/** An array is consumed by a call; `ref` keeps it. */
const works = {
  product({ form }, inputs) {
    const [a, b] = [inputs.a, inputs.b].map(arrayOf);
    return () => np.matmul(a.ref, form === 'NT' ? b.ref.transpose() : b.ref);
  },
  eigenvalues(_, { matrix }) {
    const from = arrayOf({ ...matrix, data: Float32Array.from(matrix.data) });
    return () => np.linalg.eigvalsh(from.ref);
  },
};

function arrayOf({ shape, data }) {
  return np.array(data, { shape });
}

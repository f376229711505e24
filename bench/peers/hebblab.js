import { setFlagsFromString } from 'node:v8';
import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  detectWasmFeatures,
  gemm,
  openKernels,
  symmetricEigenvalues,
} from '@hebblab/wasm';

/** Both variants, on one thread and on two. */
export async function hebblabParticipants() {
  if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const participants = [];
  for (const variant of ['relaxed', 'simd128'])
    for (const threads of [2, 1]) participants.push(participantOf(await openKernels({ variant, threads })));
  return participants;
}

function participantOf(kernels) {
  const threads = kernels.threads === 1 ? '1 thread' : `${kernels.threads} threads`;
  return {
    name: `hebblab ${kernels.variant}, ${threads}`,
    prepare: async (work, inputs) => taskOf(kernels, works[work.kind](kernels, work, inputs)),
  };
}

function taskOf(kernels, { arrays, run, result }) {
  return {
    async run() {
      const start = performance.now();
      run(kernels);
      return performance.now() - start;
    },
    result: async () => result(),
    async close() {
      for (const array of arrays) array.dispose();
    },
  };
}

const works = {
  product(kernels, { form }, { a, b }) {
    const [left, right] = [a, b].map((matrix) => filled(allocateFloat32, kernels, matrix));
    const out = allocateFloat32(kernels, [a.shape[0], form === 'NT' ? b.shape[0] : b.shape[1]]);
    return {
      arrays: [left, right, out],
      run: () => gemm(kernels, form, left, right, out),
      result: () => out.view().slice(),
    };
  },
  covariance(kernels, _, { samples }) {
    const from = filled(allocateFloat32, kernels, samples);
    const out = allocateFloat64(kernels, [samples.shape[1], samples.shape[1]]);
    return {
      arrays: [from, out],
      run: () => covariance(kernels, from, out),
      result: () => out.view().slice(),
    };
  },
  eigenvalues(kernels, _, { matrix }) {
    const from = filled(allocateFloat64, kernels, matrix);
    let values = new Float64Array();
    return {
      arrays: [from],
      run: () => {
        values = symmetricEigenvalues(kernels, from);
      },
      result: () => values,
    };
  },
};

function filled(allocate, kernels, { shape, data }) {
  const array = allocate(kernels, shape);
  array.set(data);
  return array;
}

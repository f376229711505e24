import { kernelSteps } from './kernel-steps.js';

/** The steps on two threads, how many ran, and why. */
export async function stepOnThreads(wasm, variant) {
  const kernels = await wasm.openKernels({ variant, threads: 2 });
  const threads = { count: kernels.threads, reason: kernels.threadsReason };
  const result = { threads, ...(await kernelSteps(wasm, { variant, threads: 2 })) };
  await kernels.dispose();
  return result;
}

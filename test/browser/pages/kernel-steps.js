// Run by Node and by browsers alike. It is given @hebblab/wasm instead of importing it, so that a page without a bundler
// and without an import map can run it.

/** SHA-256 of the weights after 5 minibatch steps on random bytes, by @hebblab/wasm alone. */
export async function kernelSteps(wasm, options) {
  const kernels = await wasm.openKernels(options);
  const [hidden, inputs, batch] = [30, 200, 50];
  const weights = wasm.allocateFloat32(kernels, [hidden, inputs]);
  const effective = wasm.allocateFloat32(kernels, [hidden, inputs]);
  const pixels = wasm.allocateUint8(kernels, [batch, inputs]);
  const scales = wasm.allocateFloat32(kernels, [batch]);
  const winner = wasm.allocateUint32(kernels, [batch]);
  const rival = wasm.allocateUint32(kernels, [batch]);
  const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
  wasm.randomNormal(kernels, { seed: 7, stream: 'weights' }, weights);
  wasm.effectiveWeights(kernels, rule.p, weights, effective);
  const uniform = new Float32Array(batch * inputs);
  for (let step = 0; step < 5; step++) {
    wasm.randomUniform(kernels, { seed: 7, stream: `bytes of step ${step}` }, uniform);
    pixels.set(Uint8Array.from(uniform, (value) => value * 256));
    wasm.inverseLpNormsOfBytes(kernels, pixels, rule.p, scales);
    const bytes = { kind: 'bytes', pixels, scales };
    wasm.krotovHopfieldMinibatchStep(kernels, rule, 0.06, bytes, { weights, effective }, { winner, rival });
  }
  const digest = await crypto.subtle.digest('SHA-256', weights.view().slice());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return { variant: kernels.variant, weights: hex };
}

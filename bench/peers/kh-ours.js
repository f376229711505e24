import {
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  createKrotovHopfieldScreen,
  effectiveWeights,
  krotovHopfieldMinibatchStep,
} from '@hebblab/wasm';
import { rule, size } from './kh-layers.js';

/** Our step by the whole product, the first and so the reference, and by the screen. */
export function openOurs(kernels, layer) {
  return ['product', 'screen'].map((ranking) => open(kernels, layer, ranking));
}

/** A layer of its own, since what is derived from weights must not miss a change of them. */
function open(kernels, { pixels, scales, weights }, ranking) {
  const { count, inputs, hidden } = size;
  const arrays = {
    weights: allocateFloat32(kernels, [hidden, inputs]),
    effective: allocateFloat32(kernels, [hidden, inputs]),
    pixels: allocateUint8(kernels, [count, inputs]),
    scales: allocateFloat32(kernels, [count]),
    winner: allocateUint32(kernels, [count]),
    rival: allocateUint32(kernels, [count]),
  };
  arrays.pixels.set(pixels);
  arrays.scales.set(scales);
  const batch = { kind: 'bytes', pixels: arrays.pixels, scales: arrays.scales };
  const competition = { winner: arrays.winner, rival: arrays.rival };
  const state = { weights: arrays.weights, effective: arrays.effective };
  const { variant, threads } = kernels;
  const reset = () => {
    arrays.weights.set(weights);
    effectiveWeights(kernels, rule.p, arrays.weights, arrays.effective);
    state.screen?.dispose();
    if (ranking === 'screen') state.screen = createKrotovHopfieldScreen(kernels, arrays.effective);
  };
  reset();
  return {
    name: `hebblab ${variant}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${ranking}`,
    variant,
    reset,
    step(learningRate) {
      const start = performance.now();
      const step = krotovHopfieldMinibatchStep(
        kernels,
        rule,
        learningRate,
        batch,
        state,
        competition,
        ranking,
      );
      const milliseconds = performance.now() - start;
      const winner = [...arrays.winner.view()];
      const touched = new Set([...winner, ...arrays.rival.view()]).size;
      const candidates = (step.candidates / count).toFixed(1);
      const note = `by ${step.rankedBy}, ${candidates} candidates a sample, ${touched} rows touched`;
      return { milliseconds, winner, largest: step.largest, note };
    },
    weights: () => Buffer.from(arrays.weights.view().slice().buffer),
    close() {
      state.screen?.dispose();
      for (const array of Object.values(arrays)) array.dispose();
    },
  };
}

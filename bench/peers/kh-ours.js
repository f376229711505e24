import {
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  createKrotovHopfieldProjection,
  createKrotovHopfieldScreen,
  effectiveWeights,
  krotovHopfieldMinibatchStep,
  projectKrotovHopfieldRows,
} from '@hebblab/wasm';
import { dimensions, rule, size } from './kh-layers.js';

/** Our step by the whole product, the first and so the reference, by the screen and by the sieves that a training tries. */
export function openOurs(kernels, layer, clock) {
  const ways = ['product', 'screen', 'sieve of rows'];
  if (kernels.variant === 'relaxed') ways.push('sieve of residuals');
  return ways.map((way) => open(kernels, layer, way, clock));
}

/** A layer of its own, since what is derived from weights must not miss a change of them. */
function open(kernels, { pixels, scales, weights, basis }, way, clock) {
  const [ranking, , of] = way.split(' ');
  const { count, inputs, hidden } = size;
  const arrays = {
    weights: allocateFloat32(kernels, [hidden, inputs]),
    effective: allocateFloat32(kernels, [hidden, inputs]),
    pixels: allocateUint8(kernels, [count, inputs]),
    scales: allocateFloat32(kernels, [count]),
    winner: allocateUint32(kernels, [count]),
    rival: allocateUint32(kernels, [count]),
    ...(ranking === 'sieve' && {
      basis: allocateFloat32(kernels, [dimensions, inputs]),
      coefficients: allocateFloat32(kernels, [count, dimensions]),
      tails: allocateFloat32(kernels, [count, 2]),
    }),
  };
  arrays.pixels.set(pixels);
  arrays.scales.set(scales);
  const batch = { kind: 'bytes', pixels: arrays.pixels, scales: arrays.scales };
  let projection;
  if (ranking === 'sieve') {
    arrays.basis.set(basis);
    projection = createKrotovHopfieldProjection(kernels, arrays.basis);
    // Once per data set in a training, so no part of a step.
    batch.projected = { coefficients: arrays.coefficients, tails: arrays.tails };
    projectKrotovHopfieldRows(kernels, projection, arrays.pixels, batch.projected);
  }
  const competition = { winner: arrays.winner, rival: arrays.rival };
  const state = { weights: arrays.weights, effective: arrays.effective };
  const { variant, threads } = kernels;
  const reset = () => {
    arrays.weights.set(weights);
    effectiveWeights(kernels, rule.p, arrays.weights, arrays.effective);
    state.screen?.dispose();
    if (ranking !== 'product')
      state.screen = createKrotovHopfieldScreen(kernels, arrays.effective, projection, of);
  };
  reset();
  return {
    name: `hebblab ${variant}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${way}`,
    variant,
    reset,
    step(learningRate) {
      const start = clocks[clock]();
      const step = krotovHopfieldMinibatchStep(
        kernels,
        rule,
        learningRate,
        batch,
        state,
        competition,
        ranking,
      );
      const milliseconds = clocks[clock]() - start;
      const winner = [...arrays.winner.view()];
      const touched = new Set([...winner, ...arrays.rival.view()]).size;
      const candidates = (step.candidates / count).toFixed(1);
      const survivors = step.rankedBy === 'sieve' ? `${(step.survivors / count).toFixed(1)} survivors, ` : '';
      const note = `by ${step.rankedBy}, ${survivors}${candidates} candidates a sample, ${touched} rows touched`;
      return { milliseconds, winner, largest: step.largest, note };
    },
    weights: () => Buffer.from(arrays.weights.view().slice().buffer),
    close() {
      state.screen?.dispose();
      for (const array of Object.values(arrays)) array.dispose();
    },
  };
}

const clocks = {
  wall: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

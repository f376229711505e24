import { balancedSubset, loadBuiltIn, normalisationScales } from '@hebblab/data';
import { createLayerTraining, krotovHopfieldRule, samplesOf } from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';
import { drawSynapses } from './draw-synapses.js';

const canvas = document.querySelector('canvas');
const progress = document.querySelector('progress');
const status = document.querySelector('#status');

const kernels = await openKernels();
const { train } = await loadBuiltIn('mnist-subset');
const images = balancedSubset(train, 250);
const samples = samplesOf(images, normalisationScales(images, { kind: 'lp', p: 3 }));
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
const settings = {
  hidden: 100,
  epochs: 101, // the last has learning rate 0 and is not run
  batchSize: 100,
  learningRate: { kind: 'linear', value: 0.06 },
  initialDeviation: 1,
  norm: rule,
  seed: 1,
};
const layer = createLayerTraining(kernels, samples, settings, krotovHopfieldRule(rule), { kind: 'fresh' });

while (layer.epoch() < layer.epochs) {
  const { convergedShare } = layer.runEpoch();
  drawSynapses(canvas, layer.weights());
  progress.value = layer.epoch() / layer.epochs;
  status.textContent = `Epoch ${layer.epoch()} of ${layer.epochs}: ${Math.round(100 * convergedShare)} % of the units have converged.`;
  await new Promise(requestAnimationFrame);
}

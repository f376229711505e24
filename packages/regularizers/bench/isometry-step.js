// How much longer a training step of 784-100-(4 x 100)-10 tanh with batches of 1000 takes with the isometry penalty:
//   node packages/regularizers/bench/isometry-step.js
// Steps with and without it alternate in one process on one thread; times are of the processor, not of the clock.
import { createImageSet } from '@hebblab/data';
import { samplesOf } from '@hebblab/models';
import { createGradientTraining, openTensors } from '@hebblab/models/networks';
import { isometryPenalty } from '@hebblab/regularizers/networks';
import { openKernels } from '@hebblab/wasm';

const count = 1000;
const steps = 30;
const kernels = await openKernels({ threads: 1 });
await openTensors(kernels);

const images = createImageSet({
  name: 'noise',
  split: 'train',
  shape: [28, 28, 1],
  pixels: Uint8Array.from({ length: count * 784 }, () => 256 * Math.random()),
  labels: Uint8Array.from({ length: count }, (_, image) => image % 10),
  classNames: Array.from({ length: 10 }, (_, label) => String(label)),
});
const samples = samplesOf(images, new Float32Array(count).fill(1 / 255));
const hidden = { kind: 'dense', units: 100, bias: true, activation: { kind: 'tanh' } };
const readout = { kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } };
const settings = {
  architecture: { inputShape: [28, 28, 1], layers: [...Array.from({ length: 5 }, () => hidden), readout] },
  initialisation: 'glorot-uniform',
  epochs: 10 * steps,
  batchSize: count,
  learningRate: { kind: 'constant', value: 1e-3 },
  seed: 1,
  validationShare: 0,
  earlyStop: { kind: 'never' },
  adversarialTraining: { kind: 'none' },
  levels: [],
};
const isometry = (form) => isometryPenalty({ weight: 0.1, factor: 10, layer: 'last', form });
const measured = {
  plain: [],
  distances: [isometry('distances')],
  'relative distances': [isometry('relative distances')],
};
const trainings = Object.entries(measured).map(([name, penalties]) => ({
  name,
  times: [],
  training: createGradientTraining(kernels, samples, settings, penalties, { kind: 'fresh' }),
}));
for (let step = -5; step < steps; step++) {
  for (const { training, times } of trainings) {
    const start = process.cpuUsage();
    training.runEpoch();
    const { user, system } = process.cpuUsage(start);
    if (step >= 0) times.push((user + system) / 1000);
  }
}
const medians = trainings.map(({ times }) => times.sort((a, b) => a - b)[steps / 2]);
trainings.forEach(({ name }, at) => {
  const ratio = medians[at] / medians[0];
  console.log(`${name.padEnd(20)} ${medians[at].toFixed(1)} ms  ${ratio.toFixed(2)} x`);
});

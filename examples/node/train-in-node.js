// A Krotov-Hopfield layer and its readout on the built-in MNIST images, and how FGSM breaks them. About 10 seconds.
import { pruneByVariance, zeroPrunedUnits } from '@hebblab/analysis';
import { fgsm, relativeAccuracy } from '@hebblab/attacks';
import { loadBuiltIn, normalisationScales } from '@hebblab/data';
import * as models from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';

const kernels = await openKernels();
const normalise = (images) => models.samplesOf(images, normalisationScales(images, { kind: 'lp', p: 3 }));
const images = await loadBuiltIn('mnist-subset');
const [train, test] = [normalise(images.train), normalise(images.test)];
const [hidden, inputs, classes, fresh] = [200, train.inputs, train.classes, { kind: 'fresh' }];

// The layer learns from the images alone. Units whose weights stayed noisy are pruned.
const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
const decay = { kind: 'linear', value: 0.06 };
const local = {
  hidden,
  epochs: 30,
  batchSize: 100,
  learningRate: decay,
  initialDeviation: 1,
  norm: rule,
  seed: 1,
};
const layer = models.createLayerTraining(kernels, train, local, models.krotovHopfieldRule(rule), fresh);
models.runTraining(layer);
const weights = layer.weights();
const { pruned, count } = pruneByVariance(weights, { hidden, inputs }, 0.006);
zeroPrunedUnits(weights, { hidden, inputs }, pruned);
console.log(`${count} of ${hidden} units pruned`);

// The readout learns the labels from ReLU(h)^4.5 of the frozen layer.
const frozen = { hidden, hiddenLayer: { kind: 'krotov-hopfield', weights, p: rule.p } };
const adam = {
  power: 4.5,
  epochs: 40,
  batchSize: 100,
  learningRate: { kind: 'constant', value: 4e-3 },
  seed: 1,
};
const readout = models.createReadoutTraining(kernels, train, frozen, adam, fresh);
models.runTraining(readout);
const { weights: readoutWeights, bias: readoutBias } = readout.readout();
const shape = { name: 'kh', inputs, classes, power: 4.5, ...frozen };
const network = models.createModel({ ...shape, readoutWeights, readoutBias, settings: {} });
const model = models.openModel(kernels, network, 500);

// Any classifier can be attacked: sizes, bounds, logits and a gradient are all that is asked of it.
const curve = await relativeAccuracy({ ...model, bounds: { kind: 'box', lower: 0, upper: 1 } }, fgsm(), {
  images: models.normalisedImages(test, 500),
  labels: test.images.labels.subarray(0, 500),
  epsilons: [0, 0.01, 0.02, 0.05],
  batchSize: 500,
});
console.log(`${curve.initiallyCorrect} of 500 test images correct`);
for (const [at, epsilon] of curve.epsilon.entries()) {
  console.log(`epsilon ${epsilon}: ${(100 * curve.accuracy[at]).toFixed(1)} % of them still correct`);
}

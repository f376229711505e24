// Run by Node and by browsers alike: something of every package that is for both.
import { effectiveRank } from '@hebblab/analysis';
import { fgsm, relativeAccuracy } from '@hebblab/attacks';
import { balancedSubset, loadBuiltIn, normalisationScales } from '@hebblab/data';
import { createModel, createNetworkTraining, normalisedImages, openModel, samplesOf } from '@hebblab/models';
import { l2 } from '@hebblab/regularizers';
import { synapseMosaic } from '@hebblab/report';
import {
  allocateFloat32,
  allocateFloat64,
  covariance,
  openKernels,
  symmetricEigenvalues,
} from '@hebblab/wasm';

export async function useAllPackages() {
  const kernels = await openKernels({ variant: 'simd128' });
  const { train } = await loadBuiltIn('fashion-mnist-subset');
  const images = balancedSubset(train, 20);
  const samples = samplesOf(images, normalisationScales(images, { kind: 'divide', by: 255 }));
  const [hidden, classes] = [16, 10];
  const settings = {
    hidden,
    power: 1,
    epochs: 3,
    batchSize: 50,
    learningRate: { kind: 'constant', value: 1e-2 },
  };
  const training = createNetworkTraining(kernels, samples, { ...settings, seed: 3 }, [l2(1e-4)], {
    kind: 'fresh',
  });
  while (training.epoch() < training.epochs) training.runEpoch();
  const parameters = training.parameters();
  const model = createModel({
    name: 'shlp',
    inputs: samples.inputs,
    hidden,
    classes,
    hiddenLayer: { kind: 'dense', weights: parameters['hidden weights'] },
    power: 1,
    readoutWeights: parameters['readout weights'],
    readoutBias: parameters['readout bias'],
    settings: {},
  });
  const open = openModel(kernels, model, 100);
  const inputs = normalisedImages(samples, 100);
  const representation = allocateFloat32(kernels, [100, hidden]);
  const matrix = allocateFloat64(kernels, [hidden, hidden]);
  representation.set(open.preactivations(inputs, 100));
  covariance(kernels, representation, matrix);
  const spectrum = symmetricEigenvalues(kernels, matrix);
  const classifier = { ...open, bounds: { kind: 'box', lower: 0, upper: 1 } };
  const request = {
    images: inputs,
    labels: images.labels.subarray(0, 100),
    epsilons: [0.01, 0.1],
    batchSize: 100,
  };
  return {
    readoutBias: [...parameters['readout bias']],
    spectrum: [...spectrum],
    // Engines may round Math.log and Math.exp differently.
    effectiveRank: effectiveRank(spectrum).toFixed(9),
    attack: await relativeAccuracy(classifier, fgsm(), request),
    figure: synapseMosaic({
      weights: parameters['hidden weights'].slice(0, 4 * 784),
      hidden: 4,
      shape: [28, 28, 1],
      columns: 2,
      title: 'Four rows of weights',
    }),
  };
}

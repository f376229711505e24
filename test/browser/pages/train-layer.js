// Run by Node and by browsers alike: the tests compare what comes out.
import { balancedSubset, loadBuiltIn, normalisationScales } from '@hebblab/data';
import { createLayerTraining, krotovHopfieldRule, samplesOf } from '@hebblab/models';
import { openKernels } from '@hebblab/wasm';

/** SHA-256 of the weights of a small Krotov-Hopfield layer after 5 minibatches of 100 images. */
export async function trainLayer(variant) {
  const kernels = await openKernels({ variant });
  const { train } = await loadBuiltIn('mnist-subset');
  const images = balancedSubset(train, 50);
  const samples = samplesOf(images, normalisationScales(images, { kind: 'lp', p: 3 }));
  const rule = { p: 3, k: 2, delta: 0.4, radius: 1, precision: 1e-9 };
  const settings = {
    hidden: 40,
    epochs: 1,
    batchSize: 100,
    learningRate: { kind: 'constant', value: 0.06 },
    initialDeviation: 1,
    norm: rule,
    seed: 7,
  };
  const training = createLayerTraining(kernels, samples, settings, krotovHopfieldRule(rule), {
    kind: 'fresh',
  });
  training.runEpoch();
  const weights = training.weights();
  training.dispose();
  return { variant: kernels.variant, weights: await sha256(weights) };
}

async function sha256(values) {
  const digest = await crypto.subtle.digest('SHA-256', values);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

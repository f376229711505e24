import { createModel, openModel } from '@hebblab/models';
import { openKernels, randomNormal, randomUniform } from '@hebblab/wasm';

/**
 * A two-layer network with random weights, and images that it classifies as their labels say.
 *
 * @param {{ inputs: number, hidden: number, classes: number, count: number }} sizes
 */
export async function classifierOf({ inputs, hidden, classes, count }) {
  const kernels = await openKernels({ variant: 'simd128' });
  const normals = (stream, length, deviation) => {
    const values = new Float32Array(length);
    randomNormal(kernels, { seed: 1, stream }, values);
    return values.map((value) => deviation * value);
  };
  const model = createModel({
    name: 'random',
    inputs,
    hidden,
    classes,
    hiddenLayer: { kind: 'dense', weights: normals('hidden', inputs * hidden, Math.sqrt(2 / inputs)) },
    power: 1,
    readoutWeights: normals('readout', hidden * classes, Math.sqrt(2 / hidden)),
    readoutBias: new Float32Array(classes),
    settings: {},
  });
  const open = openModel(kernels, model, count);
  const images = new Float32Array(count * inputs);
  randomUniform(kernels, { seed: 1, stream: 'images' }, images);
  const logits = open.logits(images, count);
  const labels = Uint8Array.from({ length: count }, (_, image) => largest(logits, image * classes, classes));
  return { classifier: { ...open, bounds: { kind: 'box', lower: 0, upper: 1 } }, images, labels };
}

function largest(values, first, length) {
  let best = 0;
  for (let index = 1; index < length; index++) if (values[first + index] > values[first + best]) best = index;
  return best;
}

import {
  allocateFloat32,
  allocateUint8,
  allocateUint32,
  createKrotovHopfieldScreen,
  effectiveWeights,
  gemm,
  krotovHopfieldMinibatchStep,
  randomNormal,
  randomUniform,
} from '@hebblab/wasm';

export const name = 'kh-step';
export const question =
  'What does a minibatch step of the Krotov-Hopfield rule cost beyond its one matrix product?';

/** The layers of arXiv 2405.00679, A2; MNIST has about a fifth of its pixels lit, CIFAR-10 nearly all. */
const mnist = { count: 100, inputs: 784, hidden: 2000, k: 7, litShare: 0.2 };
const cifar = { count: 1000, inputs: 3072, hidden: 2000, k: 2, litShare: 1 };

export const cases = [
  productAlone('product of the MNIST size', mnist),
  step('MNIST size, p 3', { ...mnist, p: 3, part: 'product of the MNIST size' }),
  step('MNIST size, p 2', { ...mnist, p: 2, part: 'product of the MNIST size' }),
  step('MNIST size, p 2.5', { ...mnist, p: 2.5, part: 'product of the MNIST size' }),
  step('MNIST size, p 3, one sample repeated', {
    ...mnist,
    p: 3,
    repeated: true,
    part: 'product of the MNIST size',
  }),
  productAlone('product of the CIFAR-10 size', cifar),
  step('CIFAR-10 size, p 3', { ...cifar, p: 3, part: 'product of the CIFAR-10 size' }),
  step('CIFAR-10 size, p 3, by the screen', { ...cifar, p: 3, screened: true }),
];

function productAlone(name, { count, inputs, hidden }) {
  return {
    name,
    flops: 2 * count * inputs * hidden,
    precision: 'f32',
    setup(kernels) {
      const samples = allocateFloat32(kernels, [count, inputs]);
      const weights = allocateFloat32(kernels, [hidden, inputs]);
      randomUniform(kernels, { seed: 1, stream: 'samples' }, samples);
      randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
      return { samples, weights, out: allocateFloat32(kernels, [count, hidden]) };
    },
    run: (kernels, { samples, weights, out }) => gemm(kernels, 'NT', samples, weights, out),
  };
}

/** A step on a fresh N(0, 1) layer. The flops are those of the product, also where the screen spares it. */
function step(name, { count, inputs, hidden, k, p, litShare, repeated = false, screened = false, part }) {
  const rule = { p, k, delta: 0.4, radius: 1, precision: 1e-9 };
  return {
    name,
    flops: 2 * count * inputs * hidden,
    precision: 'f32',
    part,
    setup(kernels) {
      const weights = allocateFloat32(kernels, [hidden, inputs]);
      const effective = allocateFloat32(kernels, [hidden, inputs]);
      randomNormal(kernels, { seed: 1, stream: 'weights' }, weights);
      effectiveWeights(kernels, p, weights, effective);
      return {
        batch: bytesBatch(kernels, { count, inputs, litShare, repeated }),
        layer: {
          weights,
          effective,
          ...(screened && { screen: createKrotovHopfieldScreen(kernels, effective) }),
        },
        competition: { winner: allocateUint32(kernels, [count]), rival: allocateUint32(kernels, [count]) },
      };
    },
    run: (kernels, { batch, layer, competition }) =>
      krotovHopfieldMinibatchStep(kernels, rule, vanishingRate, batch, layer, competition),
    describe: ({ competition }) => `${unitsTouched(competition)} of ${hidden} units touched`,
  };
}

/** All the work of a step, and yet a weight of magnitude 1 stays the same: every run sees a fresh layer. */
const vanishingRate = 1e-12;

/** Random pixels, scaled so that a sample has about the L3 norm 1 of the paper's. */
function bytesBatch(kernels, { count, inputs, litShare, repeated }) {
  const uniform = new Float32Array(2 * count * inputs);
  randomUniform(kernels, { seed: 1, stream: 'pixels' }, uniform);
  const distinct = repeated ? inputs : count * inputs;
  const pixels = allocateUint8(kernels, [count, inputs]);
  pixels.set(
    Uint8Array.from({ length: count * inputs }, (_, index) => {
      const [lit, value] = [uniform[2 * (index % distinct)], uniform[2 * (index % distinct) + 1]];
      return lit < litShare ? 256 * value : 0;
    }),
  );
  const scales = allocateFloat32(kernels, [count]);
  const meanCube = (litShare * 255 ** 3) / 4;
  scales.set(new Float32Array(count).fill((inputs * meanCube) ** (-1 / 3)));
  return { kind: 'bytes', pixels, scales };
}

function unitsTouched({ winner, rival }) {
  return new Set([...winner.view(), ...rival.view()]).size;
}

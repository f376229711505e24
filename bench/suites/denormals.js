import {
  adamStep,
  addRowBias,
  allocateFloat32,
  allocateUint32,
  columnSums,
  gemm,
  randomUniform,
  reluPower,
  reluPowerBackward,
  softmaxCrossEntropy,
} from '@hebblab/wasm';

export const name = 'denormals';
export const question =
  'Do operands below the normal range slow anything? (part: the time of normal ones as a share)';

/** The first is of normal values, the second a part of the smallest normal one. */
const magnitudes = [
  { label: 'normal', magnitude: 1 },
  { label: 'denormal', magnitude: 2 ** -128 },
];

export const cases = [
  ...inPairs('product 256 x 784 -> 400 (NT)', product('NT', { rows: 256, columns: 400, inner: 784 })),
  ...inPairs('product 784 x 400 over 256 (TN)', product('TN', { rows: 784, columns: 400, inner: 256 })),
  ...inPairs('product 256 x 2000 -> 10 (NN)', product('NN', { rows: 256, columns: 10, inner: 2000 })),
  ...inPairs('Adam, 784 x 400 values', adam),
  ...inPairs('training step 100 x 784 -> 400 -> 10', trainingStep),
];

/** Each run starts from the same values again: the kernels write none that are denormal. */
function inPairs(subject, benchCaseOf) {
  return magnitudes.map(({ label, magnitude }, index) => ({
    name: `${subject}, ${label}`,
    ...(index > 0 && { part: `${subject}, ${magnitudes[0].label}` }),
    ...benchCaseOf(magnitude),
  }));
}

function product(form, { rows, columns, inner }) {
  return (magnitude) => ({
    setup: (kernels) => ({
      a: filled(kernels, form === 'TN' ? [inner, rows] : [rows, inner], magnitude),
      b: filled(kernels, form === 'NT' ? [columns, inner] : [inner, columns], magnitude),
      out: allocateFloat32(kernels, [rows, columns]),
    }),
    run: (kernels, { a, b, out }) => gemm(kernels, form, a, b, out),
  });
}

const adamSettings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

function adam(magnitude) {
  return {
    setup: (kernels) => adamState(kernels, [784, 400], magnitude, true),
    run: (kernels, state) => {
      restart(state, magnitude);
      adamStep(kernels, adamSettings, 1, state);
    },
  };
}

/** ReLU(x W1 + b1) W2 + b2, its gradients and Adam's step of both weights. */
function trainingStep(magnitude) {
  const [batch, inputs, hidden, classes] = [100, 784, 400, 10];
  return {
    setup: (kernels) => ({
      samples: filled(kernels, [batch, inputs], magnitude),
      labels: allocateUint32(kernels, [batch]),
      first: adamState(kernels, [inputs, hidden], magnitude, false),
      second: adamState(kernels, [hidden, classes], magnitude, false),
      hiddenBias: filled(kernels, [hidden], magnitude),
      bias: filled(kernels, [classes], magnitude),
      biasGradient: allocateFloat32(kernels, [classes]),
      preactivations: allocateFloat32(kernels, [batch, hidden]),
      activations: allocateFloat32(kernels, [batch, hidden]),
      hiddenGradient: allocateFloat32(kernels, [batch, hidden]),
      logits: allocateFloat32(kernels, [batch, classes]),
      gradient: allocateFloat32(kernels, [batch, classes]),
      losses: allocateFloat32(kernels, [batch]),
    }),
    run(kernels, state) {
      const { first, second, samples, preactivations, activations, hiddenGradient, logits, gradient } = state;
      for (const layer of [first, second]) restart(layer, magnitude);
      gemm(kernels, 'NN', samples, first.parameters, preactivations);
      addRowBias(kernels, preactivations, state.hiddenBias);
      activations.view().set(preactivations.view());
      reluPower(kernels, activations, 1);
      gemm(kernels, 'NN', activations, second.parameters, logits);
      addRowBias(kernels, logits, state.bias);
      const { labels, losses } = state;
      softmaxCrossEntropy(kernels, { logits, labels, losses, gradient, gradientScale: 1 / batch });
      gemm(kernels, 'NT', gradient, second.parameters, hiddenGradient);
      reluPowerBackward(kernels, preactivations, 1, hiddenGradient);
      gemm(kernels, 'TN', activations, gradient, second.gradient);
      gemm(kernels, 'TN', samples, hiddenGradient, first.gradient);
      columnSums(kernels, gradient, state.biasGradient);
      for (const layer of [first, second]) adamStep(kernels, adamSettings, 1, layer);
    },
  };
}

function adamState(kernels, shape, magnitude, withGradient) {
  return {
    parameters: filled(kernels, shape, magnitude),
    gradient: withGradient ? filled(kernels, shape, magnitude) : allocateFloat32(kernels, shape),
    firstMoment: filled(kernels, shape, magnitude),
    secondMoment: filled(kernels, shape, magnitude),
  };
}

function restart({ parameters, firstMoment, secondMoment }, magnitude) {
  for (const values of [parameters, firstMoment, secondMoment]) values.view().fill(magnitude / 3);
}

/** Uniform in (0, magnitude). */
function filled(kernels, shape, magnitude) {
  const values = allocateFloat32(kernels, shape);
  randomUniform(kernels, { seed: 1, stream: 'values' }, values);
  values.set(values.view().map((value) => magnitude * value));
  return values;
}

import {
  addRowBias,
  columnSums,
  type Float32Buffer,
  gemm,
  reluPower,
  reluPowerBackward,
  softmaxCrossEntropy,
} from '@hebblab/wasm';
import { expect, it } from 'vitest';
import { type Bench, describeVariants } from './support/variants.js';
import { expectClose, type NetworkVectors, networkVectors } from './support/vectors.js';

const cases = networkVectors.cases
  .slice(0, 2)
  .map((vectors) => ({ ...vectors, title: `${vectors.sizes.join('-')}, power ${vectors.power}` }));

describeVariants('reference vectors of ReLU networks', (bench) => {
  it.each(cases)('gives logits and cross-entropy of $title', (vectors) => {
    const { logits } = forward(bench, vectors);
    expectClose(logits.view(), vectors.logits.data);
    const { loss, losses } = lossOf(bench, vectors, logits, 1);
    expectClose([loss], [vectors.crossEntropy]);
    const mean = losses.view().reduce((sum, value) => sum + value, 0) / losses.length;
    expectClose([mean], [vectors.crossEntropy]);
  });

  it.each(cases)('gives the gradients of the parameters of $title', (vectors) => {
    const { activations, preactivations, logits } = forward(bench, vectors);
    const { gradient } = lossOf(
      bench,
      vectors,
      logits,
      (1 / logits.length) * (vectors.sizes.at(-1) as number),
    );
    const found = backward(bench, vectors, activations, preactivations, gradient).parameters;
    vectors.paramGrads.forEach((expected, index) => {
      expect(expected).not.toBeNull();
      expectClose(found[index]?.view() ?? [], expected?.data ?? []);
    });
    expect(found).toHaveLength(vectors.paramGrads.length);
  });

  it.each(cases)("gives each sample's gradient by the input of $title", (vectors) => {
    const { activations, preactivations, logits } = forward(bench, vectors);
    const { gradient } = lossOf(bench, vectors, logits, 1);
    expectClose(
      backward(bench, vectors, activations, preactivations, gradient).inputs.view(),
      vectors.inputGrad.data,
    );
  });
});

/** activations[l] enters layer l; preactivations[l] are its hidden ones before the ReLU power. */
function forward(bench: Bench, { params, inputs, power }: NetworkVectors) {
  const count = inputs.shape[0] as number;
  const activations = [bench.float32Of(inputs)];
  const preactivations: Float32Buffer[] = [];
  let logits = bench.float32([count, 0]);
  params.forEach(({ weight, bias }, layer) => {
    logits = bench.float32([count, bias.data.length]);
    gemm(bench.kernels, 'NN', activations[layer] as Float32Buffer, bench.float32Of(weight), logits);
    addRowBias(bench.kernels, logits, bench.float32Of(bias));
    if (layer === params.length - 1) return;
    preactivations.push(logits);
    const active = bench.float32(logits.shape, logits.view());
    reluPower(bench.kernels, active, power);
    activations.push(active);
  });
  return { activations, preactivations, logits };
}

function lossOf(bench: Bench, { labels }: NetworkVectors, logits: Float32Buffer, gradientScale: number) {
  const losses = bench.float32(labels.shape);
  const gradient = bench.float32(logits.shape);
  const arrays = { logits, labels: bench.uint32(labels.shape, labels.data), losses, gradient, gradientScale };
  return { loss: softmaxCrossEntropy(bench.kernels, arrays), losses, gradient };
}

/** Gradients weight, bias per layer, and the one by the input. */
function backward(
  bench: Bench,
  { params, power }: NetworkVectors,
  activations: readonly Float32Buffer[],
  preactivations: readonly Float32Buffer[],
  logitsGradient: Float32Buffer,
) {
  const parameters: Float32Buffer[] = [];
  let gradient = logitsGradient;
  for (let layer = params.length - 1; layer >= 0; layer--) {
    const { weight, bias } = params[layer] as NetworkVectors['params'][number];
    const entering = activations[layer] as Float32Buffer;
    const weightGradient = bench.float32(weight.shape);
    const biasGradient = bench.float32(bias.shape);
    gemm(bench.kernels, 'TN', entering, gradient, weightGradient);
    columnSums(bench.kernels, gradient, biasGradient);
    parameters.unshift(weightGradient, biasGradient);
    const before = bench.float32(entering.shape);
    gemm(bench.kernels, 'NT', gradient, bench.float32Of(weight), before);
    if (layer > 0)
      reluPowerBackward(bench.kernels, preactivations[layer - 1] as Float32Buffer, power, before);
    gradient = before;
  }
  return { parameters, inputs: gradient };
}

import {
  adamStep,
  addRowBias,
  argReduce,
  avgPool,
  avgPoolBackprop,
  batchedGemm,
  binary,
  binaryInt32,
  bytesToFloats,
  cast,
  classify,
  clip,
  columnSums,
  compare,
  concat,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  covariance,
  createKrotovHopfieldScreen,
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  effectiveWeights,
  fill,
  gather,
  gemm,
  gemmWith,
  inverseLpNormsOfBytes,
  type Kernels,
  krotovHopfieldMinibatchStep,
  krotovHopfieldSequentialStep,
  largestEigenpair,
  leakyRelu,
  logical,
  logicalNot,
  logSoftmax,
  lpNorms,
  maxPool,
  maxPoolBackprop,
  oneHot,
  pad,
  projectKrotovHopfieldRows,
  randomNormal,
  randomPermutation,
  randomUniform,
  reduce,
  reluPower,
  reluPowerBackward,
  reverse,
  rowsOf,
  select,
  slice,
  softmax,
  softmaxCrossEntropy,
  spectralNorm,
  step,
  symmetricEigen,
  symmetricEigenvalues,
  tile,
  topCovarianceEigenpairs,
  topEigenpairs,
  topK,
  transpose,
  truthReduce,
  unary,
  winners,
  winnersAndRivals,
} from '@hebblab/wasm';
import type { Drawing } from './drawing.js';

/** Every function of the package that computes. */
export const operations: Record<string, (kernels: Kernels, draw: Drawing) => unknown> = {
  gemm(kernels, draw) {
    const [rows, columns, inner] = [draw.size(), draw.size(), draw.size()];
    const out = draw.float32(rows, columns);
    const form = (['NN', 'NT', 'TN'] as const)[rows % 3] ?? 'NN';
    const a = form === 'TN' ? draw.float32(inner, rows) : draw.float32(rows, inner);
    const b = form === 'NT' ? draw.float32(columns, inner) : draw.float32(inner, columns);
    gemm(kernels, form, a, b, draw.number(0) === 0 ? out : a);
  },
  batchedGemm(kernels, draw) {
    const [rows, columns, inner] = [draw.size(), draw.size(), draw.size()];
    const power = draw.number(0);
    batchedGemm(kernels, {
      form: (['NN', 'NT', 'TN', 'TT'] as const)[rows % 4] ?? 'NN',
      ...{ rows, columns, inner: draw.number(inner), aBatch: [2, 1], bBatch: [3] },
      ...{ a: draw.float32(2, rows, inner), b: draw.float32(3, inner, columns) },
      ...{ out: draw.float32(2, 3, rows, columns), bias: draw.float32(columns) },
      activation: power === 0 ? undefined : { reluPower: power },
    });
  },
  gemmWith(kernels, draw) {
    const [rows, columns, inner] = [draw.size(), draw.size(), draw.size()];
    gemmWith(kernels, {
      ...{ form: 'NN', rows: draw.number(rows), columns, inner },
      ...{ a: draw.float32(rows, inner), b: draw.float32(inner, columns), out: draw.float32(rows, columns) },
      rowScale: draw.float32(rows),
    });
  },
  transpose(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const arrays = { from: draw.float32(rows, columns), to: draw.float32(columns, rows) };
    transpose(kernels, { ...arrays, shape: [draw.number(rows), columns], permutation: [1, 0] });
  },
  slice(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const arrays = { from: draw.uint8(rows, columns), to: draw.uint8(1, columns) };
    const [begin, size] = [
      [draw.number(0), 0],
      [1, columns],
    ];
    slice(kernels, { ...arrays, shape: [rows, columns], begin, size, strides: [draw.number(1), 1] });
  },
  reverse(kernels, draw) {
    const size = draw.size();
    const arrays = { from: draw.uint32(size), to: draw.uint32(size) };
    reverse(kernels, { ...arrays, shape: [size], axes: [draw.number(0)] });
  },
  pad(kernels, draw) {
    const size = draw.size();
    const arrays = { from: draw.float32(size), to: draw.float32(size + 3) };
    pad(kernels, { ...arrays, shape: [size], before: [draw.number(1)], after: [2], value: draw.number(7) });
  },
  tile(kernels, draw) {
    const size = draw.size();
    const arrays = { from: draw.uint8(size), to: draw.uint8(2 * size) };
    tile(kernels, { ...arrays, shape: [size], repeats: [draw.number(2)] });
  },
  concat(kernels, draw) {
    const [outer, size, inner] = [draw.size(), draw.size(), draw.size()];
    const parts = [
      { from: draw.float32(outer, size, inner), size: draw.number(size) },
      { from: draw.float32(outer, 2, inner), size: 2 },
    ];
    concat(kernels, { parts, to: draw.float32(outer, size + 2, inner), outer, inner });
  },
  gather(kernels, draw) {
    const [axis, inner, count] = [draw.size(), draw.size(), draw.size()];
    const arrays = {
      from: draw.uint8(axis, inner),
      indices: draw.int32(count),
      to: draw.uint8(count, inner),
    };
    gather(kernels, { ...arrays, outer: draw.number(1), axis, inner });
  },
  oneHot(kernels, draw) {
    const [count, depth] = [draw.size(), draw.size()];
    const arrays = { indices: draw.int32(count), to: draw.uint32(count, depth) };
    oneHot(kernels, { ...arrays, depth, on: draw.number(1), off: draw.number(0) });
  },
  fill(kernels, draw) {
    fill(kernels, draw.uint8(draw.size()), draw.number(3));
  },
  topK(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const arrays = { values: draw.float32(rows, 1), indices: draw.int32(rows, 1) };
    topK(kernels, { from: draw.float32(rows, columns), rows, columns, k: draw.number(1), ...arrays });
  },
  conv2d(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'any');
    const bias = draw.number(0) === 0 ? {} : { bias: draw.float32(geometry.outChannels) };
    conv2d(kernels, geometry, input(), filter(), out(), { ...bias, relu: draw.number(0) === 0 });
  },
  conv2dBackpropInput(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'any');
    conv2dBackpropInput(kernels, geometry, out(), filter(), input());
  },
  conv2dBackpropFilter(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'any');
    conv2dBackpropFilter(kernels, geometry, input(), out(), filter());
  },
  depthwiseConv2d(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'own');
    depthwiseConv2d(kernels, geometry, input(), filter(), out());
  },
  depthwiseConv2dBackpropInput(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'own');
    depthwiseConv2dBackpropInput(kernels, geometry, out(), filter(), input());
  },
  depthwiseConv2dBackpropFilter(kernels, draw) {
    const { geometry, input, filter, out } = images(draw, 'own');
    depthwiseConv2dBackpropFilter(kernels, geometry, input(), out(), filter());
  },
  maxPool(kernels, draw) {
    const { geometry, input, out } = images(draw, 'own');
    maxPool(kernels, geometry, input(), out());
  },
  avgPool(kernels, draw) {
    const { geometry, input, out } = images(draw, 'own');
    avgPool(kernels, geometry, input(), out());
  },
  maxPoolBackprop(kernels, draw) {
    const { geometry, input, out } = images(draw, 'own');
    maxPoolBackprop(kernels, geometry, out(), input(), input());
  },
  avgPoolBackprop(kernels, draw) {
    const { geometry, input, out } = images(draw, 'own');
    const divisor = draw.number(0) === 0 ? 'window' : 'filter';
    avgPoolBackprop(kernels, geometry, out(), divisor, input());
  },
  unary(kernels, draw) {
    const size = draw.size();
    const [input, out] = [draw.float32(size), draw.float32(size)];
    unary(kernels, (['log', 'tanh', 'sin', 'erf', 'sign'] as const)[size % 5] ?? 'exp', input, out);
    leakyRelu(kernels, draw.number(0.2), out, out);
    step(kernels, draw.number(0.2), out, out);
    clip(kernels, draw.number(-1), draw.number(1), out, input);
  },
  binary(kernels, draw) {
    const shape = [draw.size(), draw.number(3), draw.size()];
    const part = [draw.number(1), draw.size()];
    const [a, b, out] = [
      draw.float32(...sizes(shape)),
      draw.float32(...sizes(part)),
      draw.float32(...sizes(shape)),
    ];
    binary(kernels, (['pow', 'div', 'maximum'] as const)[a.length % 3] ?? 'add', a, shape, b, part, out);
    binary(kernels, 'sub', out, [out.length], a, shape, a);
    compare(kernels, 'less', b, part, a, shape, draw.uint8(a.length));
  },
  binaryOfIntegers(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const out = draw.int32(rows, columns);
    binaryInt32(kernels, 'mul', draw.int32(rows), [rows, 1], draw.int32(columns), [columns], out);
    const truths = draw.uint8(rows, columns);
    compare(kernels, 'equal', out, [rows, columns], draw.int32(1), [], truths);
    logical(kernels, 'or', truths, [rows, columns], draw.uint8(columns), [columns], truths);
  },
  conversions(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const [input, out] = [draw.float32(rows, columns), draw.float32(rows, columns)];
    const truths = draw.uint8(rows, columns);
    classify(kernels, 'isFinite', input, truths);
    logicalNot(kernels, truths, draw.uint8(rows, columns));
    select(kernels, draw.uint8(rows), input, input, out);
    cast(kernels, input, draw.int32(rows, columns));
    cast(kernels, truths, out);
  },
  reductions(kernels, draw) {
    const extents = { outer: draw.size(), reduced: draw.number(3), inner: draw.size() };
    const length = extents.outer * extents.reduced * extents.inner;
    const input = draw.float32(...sizes([length]));
    const outputs = extents.outer * extents.inner;
    reduce(
      kernels,
      (['mean', 'max', 'product'] as const)[outputs % 3] ?? 'sum',
      input,
      extents,
      draw.float32(outputs),
    );
    argReduce(kernels, 'argMin', input, extents, draw.int32(outputs));
    truthReduce(kernels, 'any', draw.uint8(...sizes([length])), extents, draw.uint8(outputs));
  },
  softmax(kernels, draw) {
    const [rows, columns] = [draw.size(), draw.size()];
    const [input, out] = [draw.float32(rows, columns), draw.float32(rows, columns)];
    softmax(kernels, input, draw.number(columns), out);
    logSoftmax(kernels, out, columns, input);
  },
  addRowBias(kernels, draw) {
    const columns = draw.size();
    addRowBias(kernels, draw.float32(draw.size(), columns), draw.float32(columns));
  },
  columnSums(kernels, draw) {
    const columns = draw.size();
    columnSums(kernels, draw.float32(draw.size(), columns), draw.float32(columns));
  },
  reluPower(kernels, draw) {
    reluPower(kernels, draw.float32(draw.size()), draw.number(4.5));
  },
  reluPowerBackward(kernels, draw) {
    const size = draw.size();
    reluPowerBackward(kernels, draw.float32(size), draw.number(1), draw.float32(size));
  },
  softmaxCrossEntropy(kernels, draw) {
    const [count, classes] = [draw.size(), draw.size()];
    softmaxCrossEntropy(kernels, {
      logits: draw.float32(count, classes),
      labels: draw.uint32(count),
      losses: draw.float32(count),
      gradient: draw.float32(count, classes),
      gradientScale: draw.number(1),
    });
  },
  adamStep(kernels, draw) {
    const size = draw.size();
    adamStep(
      kernels,
      {
        learningRate: draw.number(1e-3),
        beta1: draw.number(0.9),
        beta2: draw.number(0.999),
        epsilon: draw.number(1e-8),
      },
      draw.number(1),
      {
        parameters: draw.float32(size),
        gradient: draw.float32(size),
        firstMoment: draw.float32(size),
        secondMoment: draw.float32(size),
      },
    );
  },
  effectiveWeights(kernels, draw) {
    const size = draw.size();
    effectiveWeights(kernels, draw.number(3), draw.float32(size), draw.float32(size));
  },
  projectKrotovHopfieldRows(kernels, draw) {
    const [count, inputs, dimensions] = [draw.size(), draw.size(), draw.size()];
    const projection = { basis: draw.float32(dimensions, inputs), defect: draw.number(1e-7) };
    const rows = count % 2 === 0 ? draw.uint8(count, inputs) : draw.float32(count, inputs);
    const out = { coefficients: draw.float32(count, dimensions), tails: draw.float32(count, 2) };
    projectKrotovHopfieldRows(kernels, projection, rows, out);
  },
  krotovHopfieldMinibatchStep(kernels, draw) {
    const [count, inputs, hidden] = [draw.size(), draw.size(), draw.size()];
    using screen = createKrotovHopfieldScreen(kernels, draw.float32(hidden, inputs));
    krotovHopfieldMinibatchStep(
      kernels,
      rule(draw),
      draw.number(0.1),
      batch(draw, count, inputs),
      { ...state(draw, hidden, inputs), screen },
      {
        winner: draw.uint32(count),
        rival: draw.uint32(count),
      },
    );
  },
  krotovHopfieldSequentialStep(kernels, draw) {
    const [count, inputs, hidden] = [draw.size(), draw.size(), draw.size()];
    krotovHopfieldSequentialStep(
      kernels,
      rule(draw),
      draw.number(0.1),
      batch(draw, count, inputs),
      state(draw, hidden, inputs),
    );
  },
  winners(kernels, draw) {
    const count = draw.size();
    winners(kernels, draw.float32(count, draw.size()), draw.uint32(count));
  },
  winnersAndRivals(kernels, draw) {
    const count = draw.size();
    const ranks = { winner: draw.uint32(count), rival: draw.uint32(count) };
    winnersAndRivals(kernels, draw.float32(count, draw.size()), draw.number(2), ranks);
  },
  lpNorms(kernels, draw) {
    const rows = draw.size();
    lpNorms(kernels, draw.float32(rows, draw.size()), draw.number(3), draw.float32(rows));
  },
  bytesToFloats(kernels, draw) {
    const [count, size] = [draw.size(), draw.size()];
    bytesToFloats(kernels, draw.uint8(count, size), draw.float32(count), draw.float32(count, size));
  },
  inverseLpNormsOfBytes(kernels, draw) {
    const count = draw.size();
    inverseLpNormsOfBytes(kernels, draw.uint8(count, draw.size()), draw.number(3), draw.float32(count));
  },
  covariance(kernels, draw) {
    const features = draw.size();
    covariance(kernels, draw.float32(draw.size(), features), draw.float64(features, features));
  },
  symmetricEigenvalues(kernels, draw) {
    const size = draw.size();
    symmetricEigenvalues(kernels, draw.float64(size, size));
  },
  symmetricEigen(kernels, draw) {
    const size = draw.size();
    symmetricEigen(kernels, draw.float64(size, size));
  },
  topCovarianceEigenpairs(kernels, draw) {
    const samples = draw.float32(draw.size(), draw.size());
    topCovarianceEigenpairs(kernels, samples, draw.number(1), { ...limits(draw), method: 'samples' });
  },
  largestEigenpair(kernels, draw) {
    const size = draw.size();
    largestEigenpair(kernels, draw.float64(size, size), limits(draw));
  },
  spectralNorm(kernels, draw) {
    spectralNorm(kernels, draw.float32(draw.size(), draw.size()), limits(draw));
  },
  topEigenpairs(kernels, draw) {
    const size = draw.size();
    topEigenpairs(kernels, draw.float64(size, size), draw.number(1), limits(draw));
  },
  randomNormal(kernels, draw) {
    randomNormal(
      kernels,
      { seed: draw.number(1), stream: 'odd', first: draw.number(0) },
      draw.float32(draw.size()),
    );
  },
  randomUniform(kernels, draw) {
    randomUniform(
      kernels,
      { seed: draw.number(1), stream: '', first: draw.number(0) },
      draw.float32(draw.size()),
    );
  },
  randomPermutation(kernels, draw) {
    randomPermutation(kernels, { seed: draw.number(1), stream: 'odd' }, draw.number(5));
  },
  rowsOf(_, draw) {
    const part = rowsOf(draw.float32(draw.size(), 3), draw.number(0), draw.number(1));
    part.view();
  },
};

/** An odd size stands in shapes only: no array has it. */
function sizes(shape: readonly number[]): number[] {
  return shape.map((size) => (Number.isSafeInteger(size) && size >= 0 && size < 50000 ? size : 1));
}

function rule(draw: Drawing) {
  return {
    p: draw.number(3),
    k: draw.number(2),
    delta: draw.number(0.4),
    radius: draw.number(1),
    precision: draw.number(1e-9),
  };
}

function batch(draw: Drawing, count: number, inputs: number) {
  return draw.number(0) === 0
    ? ({ kind: 'floats', samples: draw.float32(count, inputs) } as const)
    : ({ kind: 'bytes', pixels: draw.uint8(count, inputs), scales: draw.float32(count) } as const);
}

function state(draw: Drawing, hidden: number, inputs: number) {
  return { weights: draw.float32(hidden, inputs), effective: draw.float32(hidden, inputs) };
}

/** A geometry with makers of arrays for it; out channels are of any number, or as many as in channels. */
function images(draw: Drawing, outChannels: 'any' | 'own') {
  const inChannels = draw.size();
  const [batch, inHeight, inWidth, outHeight, outWidth] = [
    Math.min(draw.size(), 3),
    draw.size(),
    draw.size(),
    draw.size(),
    draw.size(),
  ];
  const geometry = {
    ...{ batch, inHeight, inWidth, inChannels, outHeight, outWidth },
    outChannels: outChannels === 'own' ? draw.number(inChannels) : draw.size(),
    ...{ filterHeight: draw.number(2), filterWidth: draw.number(3) },
    ...{ strideHeight: draw.number(1), strideWidth: draw.number(2) },
    ...{ dilationHeight: draw.number(2), dilationWidth: draw.number(1) },
    ...{ padTop: draw.number(1), padLeft: draw.number(0) },
  };
  const { filterHeight, filterWidth } = geometry;
  const met = outChannels === 'own' ? 1 : inChannels;
  // A drawn size can be no size at all: refusing those is the kernel's work here, not that of the allocation.
  const size = (drawn: number) => (Number.isInteger(drawn) && drawn >= 0 && drawn < 50 ? drawn : 1);
  return {
    geometry,
    input: () => draw.float32(batch, inHeight, inWidth, inChannels),
    filter: () => draw.float32(size(filterHeight), size(filterWidth), met, size(geometry.outChannels)),
    out: () => draw.float32(batch, outHeight, outWidth, size(geometry.outChannels)),
  };
}

function limits(draw: Drawing) {
  return { tolerance: draw.number(1e-9), maxIterations: Math.min(draw.number(20), 100) };
}

import {
  allocateFloat32,
  conv2d,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  randomNormal,
} from '@hebblab/wasm';

export const name = 'convolution';
export const question = 'How close do convolutions and their gradients come to the multiply-add peak?';

const kinds = {
  forward: {
    operands: ['input', 'filter'],
    result: 'output',
    run: conv2d,
  },
  'gradient by the input': {
    operands: ['output', 'filter'],
    result: 'input',
    run: conv2dBackpropInput,
  },
  'gradient by the filter': {
    operands: ['input', 'output'],
    result: 'filter',
    run: conv2dBackpropFilter,
  },
};

/** The layers of a small network for MNIST, and deeper ones of a network for CIFAR-10. */
export const cases = [
  ...layer('128 x 28x28x1 -> 5x5x32', { batch: 128, size: 28, inChannels: 1, outChannels: 32, filter: 5 }),
  ...layer('128 x 14x14x32 -> 5x5x64', { batch: 128, size: 14, inChannels: 32, outChannels: 64, filter: 5 }),
  ...layer('32 x 32x32x3 -> 3x3x64', { batch: 32, size: 32, inChannels: 3, outChannels: 64, filter: 3 }),
  ...layer('32 x 16x16x64 -> 3x3x128, stride 2', {
    batch: 32,
    size: 16,
    inChannels: 64,
    outChannels: 128,
    filter: 3,
    stride: 2,
  }),
  ...layer('32 x 16x16x64 -> 1x1x64', { batch: 32, size: 16, inChannels: 64, outChannels: 64, filter: 1 }),
];

function layer(subject, { batch, size, inChannels, outChannels, filter, stride = 1 }) {
  const out = Math.ceil(size / stride);
  const pad = Math.floor(Math.max(0, (out - 1) * stride + filter - size) / 2);
  const geometry = {
    ...{ batch, inChannels, outChannels, inHeight: size, inWidth: size, outHeight: out, outWidth: out },
    ...{ filterHeight: filter, filterWidth: filter, strideHeight: stride, strideWidth: stride },
    ...{ dilationHeight: 1, dilationWidth: 1, padTop: pad, padLeft: pad },
  };
  const shapes = {
    input: [batch, size, size, inChannels],
    filter: [filter, filter, inChannels, outChannels],
    output: [batch, out, out, outChannels],
  };
  const flops = 2 * batch * out * out * filter * filter * inChannels * outChannels;
  return Object.entries(kinds).map(([kind, { operands, result, run }]) => ({
    name: `${subject}, ${kind}`,
    flops,
    precision: 'f32',
    setup(kernels) {
      const arrays = operands.map((name) => {
        const array = allocateFloat32(kernels, shapes[name]);
        randomNormal(kernels, { seed: 1, stream: name }, array);
        return array;
      });
      return [...arrays, allocateFloat32(kernels, shapes[result])];
    },
    run: (kernels, arrays) => run(kernels, geometry, ...arrays),
  }));
}

import {
  allocateFloat32,
  avgPool,
  avgPoolBackprop,
  depthwiseConv2d,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  maxPool,
  maxPoolBackprop,
  randomNormal,
} from '@hebblab/wasm';

export const name = 'pooling';
export const question = 'How quick are kernels for images in which channels do not meet?';

/** 128 images as behind the first convolution of a small network for MNIST. */
const [batch, size, channels] = [128, 28, 32];
const pool = sizes({ out: size / 2, filter: 2, stride: 2, pad: 0 });
const depthwise = sizes({ out: size, filter: 3, stride: 1, pad: 1 });
const shapes = {
  input: [batch, size, size, channels],
  filter: [3, 3, channels, 1],
  pooled: [batch, size / 2, size / 2, channels],
};

export const cases = [
  pooling('maxPool 2', ['input', 'pooled'], maxPool),
  pooling('maxPool 2, gradient', ['pooled', 'input', 'input'], maxPoolBackprop),
  pooling('avgPool 2', ['input', 'pooled'], avgPool),
  pooling('avgPool 2, gradient', ['pooled', 'input'], (kernels, geometry, outGradient, inputGradient) =>
    avgPoolBackprop(kernels, geometry, outGradient, 'window', inputGradient),
  ),
  channelwise('forward', ['input', 'filter', 'input'], depthwiseConv2d),
  channelwise('gradient by the input', ['input', 'filter', 'input'], depthwiseConv2dBackpropInput),
  channelwise('gradient by the filter', ['input', 'input', 'filter'], depthwiseConv2dBackpropFilter),
];

function pooling(subject, arrays, run) {
  const bytes = arrays.reduce((sum, name) => sum + 4 * lengthOf(shapes[name]), 0);
  return { name: `128 x 28x28x32, ${subject}`, bytes, ...onArrays(arrays, pool, run) };
}

function channelwise(subject, arrays, run) {
  return {
    name: `128 x 28x28x32 by 3x3, depthwise, ${subject}`,
    flops: 2 * 9 * lengthOf(shapes.input),
    precision: 'f32',
    ...onArrays(arrays, depthwise, run),
  };
}

function onArrays(names, geometry, run) {
  return {
    setup: (kernels) =>
      names.map((name, index) => {
        const array = allocateFloat32(kernels, shapes[name]);
        randomNormal(kernels, { seed: 1, stream: `${index}` }, array);
        return array;
      }),
    run: (kernels, arrays) => run(kernels, geometry, ...arrays),
  };
}

function sizes({ out, filter, stride, pad }) {
  return {
    ...{ batch, inHeight: size, inWidth: size, inChannels: channels },
    ...{ outHeight: out, outWidth: out, outChannels: channels },
    ...{ filterHeight: filter, filterWidth: filter, strideHeight: stride, strideWidth: stride },
    ...{ dilationHeight: 1, dilationWidth: 1, padTop: pad, padLeft: pad },
  };
}

function lengthOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, type ImageGeometry } from '@hebblab/wasm';
import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
  type FusedConv2DAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { finishActivation } from './fused-activations.js';
import { geometryOf } from './image-geometry.js';
import { floatOutput, floatsOf, haveType, inputOf, type KernelCall, type OwnKernel } from './own-kernel.js';

/** Convolutions of NHWC images and their gradients by image and filter. */
export const convolutions: readonly OwnKernel[] = [
  {
    kernelName: 'Conv2D',
    accepts: (call) => haveType(call, 'float32', 'x', 'filter') && isChannelsLast(call),
    run: (call) => convolve(call, call.attrs as unknown as Conv2DAttrs, { bias: undefined, relu: false }),
  },
  {
    kernelName: 'FusedConv2D',
    accepts: (call) =>
      haveType(call, 'float32', 'x', 'filter', 'bias') && isChannelsLast(call) && hasBiasPerChannel(call),
    run: (call) => {
      const attrs = call.attrs as unknown as FusedConv2DAttrs;
      const relu = attrs.activation === 'relu';
      return finishActivation(call, convolve(call, attrs, { bias: call.inputs.bias, relu }), attrs);
    },
  },
  {
    kernelName: 'Conv2DBackpropInput',
    accepts: (call) =>
      haveType(call, 'float32', 'dy', 'filter') && isChannelsLast(call) && isGradientOfItsOutput(call),
    run: (call) => {
      const { backend, attrs } = call;
      const { inputShape } = attrs as unknown as Conv2DBackpropInputAttrs;
      const [dy, filter] = [inputOf(call, 'dy'), inputOf(call, 'filter')];
      const { geometry } = geometryOfInputGradient(call);
      const [gradient, weights] = [floatsOf(backend, dy), floatsOf(backend, filter)];
      const { info, values } = floatOutput(backend, inputShape);
      conv2dBackpropInput(backend.kernels, geometry, gradient, weights, values);
      return info;
    },
  },
  {
    kernelName: 'Conv2DBackpropFilter',
    accepts: (call) => haveType(call, 'float32', 'x', 'dy') && isChannelsLast(call),
    run: (call) => {
      const { backend, attrs } = call;
      const { filterShape, ...rest } = attrs as unknown as Conv2DBackpropFilterAttrs;
      const [x, dy] = [inputOf(call, 'x'), inputOf(call, 'dy')];
      const { geometry } = geometryOfConvolution(x.shape, filterShape, { ...rest, dilations: 1 });
      const [images, gradient] = [floatsOf(backend, x), floatsOf(backend, dy)];
      const { info, values } = floatOutput(backend, filterShape);
      conv2dBackpropFilter(backend.kernels, geometry, images, gradient, values);
      return info;
    },
  },
];

interface Epilogue {
  readonly bias: TensorInfo | undefined;
  readonly relu: boolean;
}

function convolve(call: KernelCall, attrs: Conv2DAttrs, { bias, relu }: Epilogue): TensorInfo {
  const { backend } = call;
  const [x, filter] = [inputOf(call, 'x'), inputOf(call, 'filter')];
  const { geometry, outShape } = geometryOfConvolution(x.shape, filter.shape, attrs);
  const [images, weights] = [floatsOf(backend, x), floatsOf(backend, filter)];
  const biases = bias == null ? {} : { bias: floatsOf(backend, bias) };
  const { info, values } = floatOutput(backend, outShape);
  conv2d(backend.kernels, geometry, images, weights, values, { ...biases, relu });
  return info;
}

function geometryOfInputGradient(call: KernelCall) {
  const { inputShape, ...rest } = call.attrs as unknown as Conv2DBackpropInputAttrs;
  return geometryOfConvolution(inputShape, inputOf(call, 'filter').shape, { ...rest, dilations: 1 });
}

/** A transposed convolution may be given images of another size than the convolution would have made. */
function isGradientOfItsOutput(call: KernelCall): boolean {
  return util.arraysEqual(geometryOfInputGradient(call).outShape, inputOf(call, 'dy').shape);
}

type ConvolutionAttributes = Pick<Conv2DAttrs, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

function geometryOfConvolution(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: ConvolutionAttributes,
): { geometry: ImageGeometry; outShape: number[] } {
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  return { geometry: geometryOf(info), outShape: info.outShape };
}

function isChannelsLast({ attrs }: KernelCall): boolean {
  return (attrs as unknown as Conv2DAttrs).dataFormat === 'NHWC';
}

function hasBiasPerChannel(call: KernelCall): boolean {
  const { bias } = call.inputs;
  const channels = inputOf(call, 'filter').shape.at(-1);
  return bias == null || (bias.shape.at(-1) === channels && util.sizeFromShape(bias.shape) === channels);
}

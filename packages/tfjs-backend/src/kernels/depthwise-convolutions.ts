import { depthwiseConv2d, depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from '@hebblab/wasm';
import {
  backend_util,
  type DepthwiseConv2dNativeAttrs,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { geometryOf } from './image-geometry.js';
import { floatOutput, floatsOf, haveType, inputOf, type OwnKernel } from './own-kernel.js';

/** Convolutions of each channel by filters of its own, and their gradients by image and filter. */
export const depthwiseConvolutions: readonly OwnKernel[] = [
  {
    kernelName: 'DepthwiseConv2dNative',
    accepts: (call) => haveType(call, 'float32', 'x', 'filter'),
    run: (call) => {
      const { backend, attrs } = call;
      const [x, filter] = [inputOf(call, 'x'), inputOf(call, 'filter')];
      const { geometry, outShape } = geometryOfDepthwise(
        x.shape,
        filter.shape,
        attrs as unknown as Attributes,
      );
      const [images, weights] = [floatsOf(backend, x), floatsOf(backend, filter)];
      const { info, values } = floatOutput(backend, outShape);
      depthwiseConv2d(backend.kernels, geometry, images, weights, values);
      return info;
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    accepts: (call) => haveType(call, 'float32', 'dy', 'filter'),
    run: (call) => {
      const { backend } = call;
      const attrs = call.attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
      const [dy, filter] = [inputOf(call, 'dy'), inputOf(call, 'filter')];
      const { geometry } = geometryOfDepthwise(attrs.inputShape, filter.shape, attrs);
      const [gradient, weights] = [floatsOf(backend, dy), floatsOf(backend, filter)];
      const { info, values } = floatOutput(backend, attrs.inputShape);
      depthwiseConv2dBackpropInput(backend.kernels, geometry, gradient, weights, values);
      return info;
    },
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropFilter',
    accepts: (call) => haveType(call, 'float32', 'x', 'dy'),
    run: (call) => {
      const { backend } = call;
      const attrs = call.attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
      const [x, dy] = [inputOf(call, 'x'), inputOf(call, 'dy')];
      const { geometry } = geometryOfDepthwise(x.shape, attrs.filterShape, attrs);
      const [images, gradient] = [floatsOf(backend, x), floatsOf(backend, dy)];
      const { info, values } = floatOutput(backend, attrs.filterShape);
      depthwiseConv2dBackpropFilter(backend.kernels, geometry, images, gradient, values);
      return info;
    },
  },
];

type Attributes = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dilations' | 'dimRoundingMode'>;

function geometryOfDepthwise(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
) {
  const spread = dilations ?? [1, 1];
  util.assert(
    backend_util.eitherStridesOrDilationsAreOne(strides, spread),
    () =>
      `Error in depthwiseConv2d: Either strides or dilations must be 1. Got strides ${strides} and dilations '${spread}'`,
  );
  const info = backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    spread,
    pad,
    dimRoundingMode,
    true,
  );
  return { geometry: geometryOf(info), outShape: info.outShape };
}

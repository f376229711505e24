import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  conv2d,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  depthwiseConv2d,
  type GradConfig,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { attributes, runKernel, saving } from './config.js';

type Geometry = Omit<Conv2DBackpropFilterAttrs, 'filterShape'>;
type DepthwiseGeometry = Omit<DepthwiseConv2dNativeBackpropFilterAttrs, 'filterShape'>;

/**
 * A convolution and its two backward passes are the three partial derivatives of one trilinear form
 * <dy, x * filter>, so each one's gradients are the other two. tfjs has none for Conv2DBackpropFilter and the
 * depthwise passes, and can therefore not differentiate a convolution's gradient again.
 *
 * Dilated convolutions have no gradient (nor in tfjs): its backward kernels know no dilation.
 */
export const convolution: GradConfig[] = [
  saving(Conv2D, ['x', 'filter'], (dy, [x, filter], attrs) => {
    const { dilations, ...geometry } = attributes<Conv2DAttrs>(attrs);
    requireNoDilation('conv2d', dilations);
    return {
      x: () => convolutionToInput(x, dy, filter, geometry),
      filter: () => convolutionToFilter(x, dy, filter, geometry),
    };
  }),
  saving(Conv2DBackpropInput, ['dy', 'filter'], (ddx, [dy, filter], attrs) => {
    const { inputShape: _, ...geometry } = attributes<Conv2DBackpropInputAttrs>(attrs);
    return {
      dy: () => convolve(ddx, filter, geometry),
      filter: () => convolutionToFilter(ddx, dy, filter, geometry),
    };
  }),
  saving(Conv2DBackpropFilter, ['x', 'dy'], (ddfilter, [x, dy], attrs) => {
    const { filterShape: _, ...geometry } = attributes<Conv2DBackpropFilterAttrs>(attrs);
    return {
      x: () => convolutionToInput(x, dy, ddfilter, geometry),
      dy: () => convolve(x, ddfilter, geometry),
    };
  }),
  saving(DepthwiseConv2dNative, ['x', 'filter'], (dy, [x, filter], attrs) => {
    const geometry = attributes<DepthwiseConv2dNativeAttrs>(attrs);
    requireNoDilation('depthwiseConv2d', geometry.dilations);
    return {
      x: () => depthwiseToInput(x, dy, filter, geometry),
      filter: () => depthwiseToFilter(x, dy, filter, geometry),
    };
  }),
  saving(DepthwiseConv2dNativeBackpropInput, ['dy', 'filter'], (ddx, [dy, filter], attrs) => {
    const geometry = attributes<DepthwiseConv2dNativeBackpropInputAttrs>(attrs);
    return {
      dy: () => convolveDepthwise(ddx, filter, geometry),
      filter: () => depthwiseToFilter(ddx, dy, filter, geometry),
    };
  }),
  saving(DepthwiseConv2dNativeBackpropFilter, ['x', 'dy'], (ddfilter, [x, dy], attrs) => {
    const geometry = attributes<DepthwiseConv2dNativeBackpropFilterAttrs>(attrs);
    return {
      x: () => depthwiseToInput(x, dy, ddfilter, geometry),
      dy: () => convolveDepthwise(x, ddfilter, geometry),
    };
  }),
];

function convolve(x: Tensor, filter: Tensor, geometry: Geometry): Tensor {
  const { strides, pad, dataFormat, dimRoundingMode } = geometry;
  return conv2d(x as Tensor4D, filter as Tensor4D, strides, pad, dataFormat, 1, dimRoundingMode);
}

function convolutionToInput(x: Tensor, dy: Tensor, filter: Tensor, geometry: Geometry): Tensor {
  return runKernel(Conv2DBackpropInput, { dy, filter }, { ...pick(geometry), inputShape: x.shape });
}

function convolutionToFilter(x: Tensor, dy: Tensor, filter: Tensor, geometry: Geometry): Tensor {
  return runKernel(Conv2DBackpropFilter, { x, dy }, { ...pick(geometry), filterShape: filter.shape });
}

function pick({ strides, pad, dataFormat, dimRoundingMode }: Geometry): object {
  return { strides, pad, dataFormat, dimRoundingMode };
}

function convolveDepthwise(x: Tensor, filter: Tensor, geometry: DepthwiseGeometry): Tensor {
  const { strides, pad, dilations, dimRoundingMode } = geometry;
  return depthwiseConv2d(
    x as Tensor4D,
    filter as Tensor4D,
    strides,
    pad as number | 'valid' | 'same',
    'NHWC',
    dilations,
    dimRoundingMode,
  );
}

function depthwiseToInput(x: Tensor, dy: Tensor, filter: Tensor, geometry: DepthwiseGeometry): Tensor {
  const attrs = { ...pickDepthwise(geometry), inputShape: x.shape };
  return runKernel(DepthwiseConv2dNativeBackpropInput, { dy, filter }, attrs);
}

function depthwiseToFilter(x: Tensor, dy: Tensor, filter: Tensor, geometry: DepthwiseGeometry): Tensor {
  const attrs = { ...pickDepthwise(geometry), filterShape: filter.shape };
  return runKernel(DepthwiseConv2dNativeBackpropFilter, { x, dy }, attrs);
}

function pickDepthwise({ strides, pad, dilations, dimRoundingMode }: DepthwiseGeometry): object {
  return { strides, pad, dilations, dimRoundingMode };
}

function requireNoDilation(operation: string, dilations: number | [number, number] | null | undefined): void {
  if (dilations != null && !backend_util.tupleValuesAreOne(dilations)) {
    throw new Error(
      `gradient of ${operation}: dilation rates greater than 1 are not yet supported, got ${dilations}`,
    );
  }
}

import { avgPool, avgPoolBackprop, maxPool, maxPoolBackprop } from '@hebblab/wasm';
import { backend_util, type MaxPoolAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { geometryOf } from './image-geometry.js';
import { floatOutput, floatsOf, haveType, inputOf, type KernelCall, type OwnKernel } from './own-kernel.js';

/** The largest and the mean value of windows, and their gradients. */
export const poolings: readonly OwnKernel[] = [
  forward('MaxPool', maxPool),
  forward('AvgPool', avgPool),
  {
    kernelName: 'MaxPoolGrad',
    accepts: (call) => haveType(call, 'float32', 'dy', 'input'),
    run: (call) => {
      const { backend } = call;
      const [dy, input] = [inputOf(call, 'dy'), inputOf(call, 'input')];
      const { geometry } = windowsOf(call, input);
      const [gradient, images] = [floatsOf(backend, dy), floatsOf(backend, input)];
      const { info, values } = floatOutput(backend, input.shape);
      maxPoolBackprop(backend.kernels, geometry, gradient, images, values);
      return info;
    },
  },
  {
    kernelName: 'AvgPoolGrad',
    accepts: (call) => haveType(call, 'float32', 'dy', 'input'),
    run: (call) => {
      const { backend } = call;
      const [dy, input] = [inputOf(call, 'dy'), inputOf(call, 'input')];
      const { geometry } = windowsOf(call, input);
      const gradient = floatsOf(backend, dy);
      const { info, values } = floatOutput(backend, input.shape);
      // What tfjs-core's specs ask of this kernel; the gradient that we register scales dy where windows reach out.
      avgPoolBackprop(backend.kernels, geometry, gradient, 'filter', values);
      return info;
    },
  },
];

function forward(kernelName: string, pool: typeof maxPool): OwnKernel {
  return {
    kernelName,
    accepts: (call) => haveType(call, 'float32', 'x'),
    run: (call) => {
      const { backend } = call;
      const x = inputOf(call, 'x');
      const { geometry, outShape } = windowsOf(call, x);
      const isIdentity =
        geometry.filterHeight * geometry.filterWidth === 1 && util.arraysEqual(x.shape, outShape);
      if (isIdentity) {
        // As tfjs-core's specs ask, also where strides and padding would move the windows.
        backend.incRef(x.dataId);
        return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
      }
      const images = floatsOf(backend, x);
      const { info, values } = floatOutput(backend, outShape);
      pool(backend.kernels, geometry, images, values);
      return info;
    },
  };
}

function windowsOf({ attrs }: KernelCall, images: TensorInfo) {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolAttrs;
  util.assert(
    images.shape.length === 4,
    () => `Error in pooling: expected images of rank 4, got shape [${images.shape}].`,
  );
  const info = backend_util.computePool2DInfo(
    images.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return { geometry: geometryOf(info), outShape: info.outShape };
}

import { type ReshapeAttrs, util } from '@tensorflow/tfjs-core';
import { inputOf, type OwnKernel } from './own-kernel.js';

/** Tensors over the values of another one. */
export const views: readonly OwnKernel[] = [
  {
    kernelName: 'Identity',
    accepts: ({ inputs }) => inputs.x?.dtype !== 'complex64',
    run: (call) => {
      const { dataId, shape, dtype } = inputOf(call, 'x');
      call.backend.incRef(dataId);
      return { dataId, shape, dtype };
    },
  },
  {
    kernelName: 'Reshape',
    accepts: ({ inputs }) => inputs.x?.dtype !== 'complex64',
    run: (call) => {
      const { dataId, shape, dtype } = inputOf(call, 'x');
      const size = util.sizeFromShape(shape);
      const wanted = util.inferFromImplicitShape((call.attrs as unknown as ReshapeAttrs).shape, size);
      const wantedSize = util.sizeFromShape(wanted);
      util.assert(
        size === wantedSize,
        () =>
          `The new shape (${wanted}) has ${wantedSize} elements and the old shape (${shape}) has ${size} elements. ` +
          'The new shape and old shape must have the same number of elements.',
      );
      call.backend.incRef(dataId);
      return { dataId, shape: wanted, dtype };
    },
  },
];

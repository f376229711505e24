import { type DrawAttrs, getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { backendName } from '../backend-name.js';
import type { OwnKernel } from './own-kernel.js';

/** `tf.browser.draw` may name a backend instead of a canvas context; ours draws as tfjs-backend-cpu does. */
export const drawing: readonly OwnKernel[] = [
  {
    kernelName: 'Draw',
    accepts: ({ attrs }) => contextTypeOf(attrs as unknown as DrawAttrs) === backendName,
    run: (call) => {
      const draw = getKernel('Draw', 'cpu');
      if (draw == null) throw new Error('Draw: expected the kernel of tfjs-backend-cpu, got none registered');
      const { options } = call.attrs as unknown as DrawAttrs;
      const contextOptions = { ...options?.contextOptions, contextType: '2d' };
      const attrs = { ...call.attrs, options: { ...options, contextOptions } };
      return draw.kernelFunc({ ...call, attrs } as Parameters<typeof draw.kernelFunc>[0]) as TensorInfo;
    },
  },
];

function contextTypeOf({ options }: DrawAttrs): string | undefined {
  return options?.contextOptions?.contextType;
}

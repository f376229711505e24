import { type Float32Buffer, type Kernels, randomNormal, randomUniform } from '@hebblab/wasm';
import type { ParameterShape } from './architecture.js';

/**
 * How weights begin; biases and offsets begin at 0, scales at 1.
 * - `he-normal`: N(0, 2 / fan in) (He et al. 2015; the SHLP of arXiv 2405.00679).
 * - `glorot-uniform`: uniform within sqrt(6 / (fan in + fan out)) (Glorot & Bengio 2010; the default of Keras and tfjs).
 * - `fan-in-uniform`: uniform within 1 / sqrt(fan in) (LeCun et al. 1998; PyTorch's default for weights).
 */
export type Initialisation = 'he-normal' | 'glorot-uniform' | 'fan-in-uniform';

/** Fills the parameters; each array reads a stream named after it. */
export function drawInitialParameters(
  kernels: Kernels,
  seed: number,
  initialisation: Initialisation,
  shapes: readonly ParameterShape[],
  parameters: Readonly<Record<string, Float32Buffer>>,
): void {
  for (const { name, role, fanIn, fanOut } of shapes) {
    const array = parameters[name] as Float32Buffer;
    if (role !== 'weights') {
      array.view().fill(role === 'scale' ? 1 : 0);
      continue;
    }
    const stream = { seed, stream: `initial ${name}` };
    if (initialisation === 'he-normal') {
      randomNormal(kernels, stream, array);
      scale(array, (draw) => draw * Math.sqrt(2 / fanIn));
    } else {
      const bound =
        initialisation === 'glorot-uniform' ? Math.sqrt(6 / (fanIn + fanOut)) : 1 / Math.sqrt(fanIn);
      randomUniform(kernels, stream, array);
      scale(array, (draw) => (2 * draw - 1) * bound);
    }
  }
}

function scale(array: Float32Buffer, value: (draw: number) => number): void {
  const values = array.view();
  for (let index = 0; index < values.length; index++) values[index] = value(values[index] as number);
}

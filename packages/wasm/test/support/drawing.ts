import {
  allocateFloat32,
  allocateFloat64,
  allocateInt32,
  allocateUint8,
  allocateUint32,
  type Float32Buffer,
  type Float64Buffer,
  type Int32Buffer,
  type Kernels,
  type Uint8Buffer,
  type Uint32Buffer,
} from '@hebblab/wasm';
import fc, { type GeneratorValue } from 'fast-check';

/** Draws arguments that mostly fit each other, and now and then do not. */
export interface Drawing {
  size(): number;
  /** `usual` most of the time, else any number. */
  number(usual: number): number;
  float32(...shape: number[]): Float32Buffer;
  float64(...shape: number[]): Float64Buffer;
  int32(...shape: number[]): Int32Buffer;
  uint32(...shape: number[]): Uint32Buffer;
  uint8(...shape: number[]): Uint8Buffer;
}

export function drawing(kernels: Kernels, generate: GeneratorValue, made: { dispose(): void }[]): Drawing {
  const keep = <Made extends { dispose(): void }>(array: Made): Made => {
    made.push(array);
    return array;
  };
  const oneIn = (times: number) => generate(fc.nat, { max: times - 1 }) === 0;
  const size = () => generate(fc.constantFrom, 0, 1, 2, 3, 5, 17, 40);
  const shaped = (shape: readonly number[]) => (oneIn(25) ? [...shape.slice(1), size()] : shape);
  const odd = () => generate(fc.constantFrom, ...oddNumbers);
  const values = () => (oneIn(6) ? odd() : generate(fc.constantFrom, 0, 1, -1, 0.5));
  const filled = <Made extends Float32Buffer | Float64Buffer>(array: Made): Made => {
    const [first, others] = [values(), values()];
    array.view().forEach((_, index, view) => {
      view[index] = index === 0 ? first : others * (1 + (index % 7));
    });
    return keep(array);
  };
  return {
    size,
    number: (usual) => (oneIn(12) ? odd() : usual),
    float32: (...shape) => filled(allocateFloat32(kernels, shaped(shape))),
    float64: (...shape) => filled(allocateFloat64(kernels, shaped(shape))),
    int32: (...shape) => keep(allocateInt32(kernels, shaped(shape))),
    uint32: (...shape) => keep(allocateUint32(kernels, shaped(shape))),
    uint8(...shape) {
      const array = keep(allocateUint8(kernels, shaped(shape)));
      array.view().fill(oneIn(8) ? 0 : 200);
      return array;
    },
  };
}

/** Where float32, float64 and whole numbers end, and what is no number. */
const oddNumbers = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  0.5,
  1,
  2,
  3,
  16,
  17,
  40,
  1e-320,
  1e-50,
  1e-40,
  3e38,
  1e39,
  1e308,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
];

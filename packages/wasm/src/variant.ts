/**
 * Which build of the kernels runs.
 * - `simd128`: 128-bit SIMD; the same bits on every machine.
 * - `relaxed`: fused multiply-add where the machine has it; faster, the same bits on one kind of CPU and engine.
 */
export type Variant = 'simd128' | 'relaxed';

/** What this engine can run, found by asking `WebAssembly.validate`, never by version. */
export interface WasmFeatures {
  readonly simd128: boolean;
  readonly relaxedSimd: boolean;
}

/**
 * Asks the engine which WebAssembly features it accepts.
 *
 * @example
 * const { relaxedSimd } = detectWasmFeatures();
 */
export function detectWasmFeatures(): WasmFeatures {
  return { simd128: WebAssembly.validate(simdProbe), relaxedSimd: WebAssembly.validate(relaxedProbe) };
}

/**
 * The fastest variant that this engine accepts.
 *
 * @throws where it accepts none
 * @example
 * const variant = fastestVariant(); // 'relaxed' on Node 22
 */
export function fastestVariant(features: WasmFeatures = detectWasmFeatures()): Variant {
  if (features.relaxedSimd) return 'relaxed';
  if (features.simd128) return 'simd128';
  throw new Error('openKernels: expected an engine with WebAssembly SIMD, got one without');
}

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const typeAndFunction = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00];
const vectorOfZero = [0x41, 0x00, 0xfd, 0x0f];

/** A function `() -> v128` that returns i8x16.splat(0). */
const simdProbe = new Uint8Array([
  ...header,
  ...typeAndFunction,
  ...[0x0a, 0x08, 0x01, 0x06, 0x00],
  ...vectorOfZero,
  0x0b,
]);

/** The same with f32x4.relaxed_madd of three such vectors. */
const relaxedProbe = new Uint8Array([
  ...header,
  ...typeAndFunction,
  ...[0x0a, 0x13, 0x01, 0x11, 0x00],
  ...vectorOfZero,
  ...vectorOfZero,
  ...vectorOfZero,
  ...[0xfd, 0x85, 0x02],
  0x0b,
]);

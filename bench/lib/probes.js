// Ceilings of cases, in Node and on pages.
import { multiplyAddLoop } from './multiply-add-peak.js';

/** The ceilings of cases: independent multiply-adds in registers, and copying memory. */
export const probes = [
  ...['f32', 'f64'].map((precision) => ({
    name: `multiply-add peak, ${precision}`,
    flops: multiplyAddLoop('simd128', precision).flops,
    setup: ({ variant }) => multiplyAddLoop(variant, precision),
    run: (_, loop) => loop.run(),
  })),
  copyOf(32 * 2 ** 20),
];

/**
 * @param {{ precision?: string, flops?: number, bytes?: number }} benchCase
 * @returns {string | undefined} the name of its probe
 */
export function ceilingOf({ precision, flops, bytes }) {
  if (flops !== undefined && precision !== undefined) return `multiply-add peak, ${precision}`;
  return bytes === undefined ? undefined : 'memory bandwidth';
}

/** More than most caches hold, read once and written once. What fits into a cache can be above it. */
function copyOf(length) {
  return {
    name: 'memory bandwidth',
    bytes: 2 * length,
    setup: () => ({ from: new Uint8Array(length).fill(1), to: new Uint8Array(length) }),
    run: (_, { from, to }) => to.set(from),
  };
}

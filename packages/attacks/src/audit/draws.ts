import type { Normals } from '../random-source.js';

/** Random numbers of one named stream, one after the other. */
export interface Draws {
  /** Standard normal numbers. */
  normals(length: number): Float32Array;
  /** Numbers in (0, 1): logistic of normals, within 0.01 of uniform. */
  uniforms(length: number): Float32Array;
  /** A whole number in [0, below). */
  whole(below: number): number;
  /** -1 or 1. */
  signs(length: number): Float32Array;
}

export function startDraws(source: Normals, stream: string): Draws {
  let first = 0;
  const normals = (length: number) => {
    const out = new Float32Array(length);
    source(`audit, ${stream}`, first, out);
    first += length;
    return out;
  };
  const uniforms = (length: number) => normals(length).map((value) => 1 / (1 + Math.exp(-1.702 * value)));
  return {
    normals,
    uniforms,
    whole: (below) => Math.min(below - 1, Math.floor(below * (uniforms(1)[0] as number))),
    signs: (length) => normals(length).map((value) => (value < 0 ? -1 : 1)),
  };
}

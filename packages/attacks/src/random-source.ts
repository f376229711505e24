/**
 * A source of standard normal numbers: writes elements first, first + 1, ... of the named stream into out.
 * Element i of a stream must depend on (stream, i) alone, as a counter-based generator gives it.
 */
export type Normals = (stream: string, first: number, out: Float32Array) => void;

/** A source of numbers uniform in [0, 1), with the same promise as {@link Normals}. */
export type Uniforms = (stream: string, first: number, out: Float32Array) => void;

/** Where an attack reads its random numbers: fresh ones at each epsilon of a grid, or the same at every epsilon. */
export type Draw = `epsilon ${number}` | 'every epsilon';

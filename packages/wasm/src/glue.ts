import type { Variant } from './variant.js';

/** The generated functions of a build for one thread. */
type SingleGlue = typeof import('../artefacts/simd128/hebblab.js');
/** The same with those of the pool of threads. */
export type ThreadedGlue = typeof import('../artefacts/simd128-threads/hebblab.js');
/** The calls that every build has. */
export type Glue = Omit<SingleGlue, 'default' | 'initSync'>;

/** A compiled file: a variant, for one thread or for several on one memory. */
export type Build = Variant | `${Variant}-threads`;

// Written out, one literal each, so that bundlers find the files.

export function importGlue(variant: Variant): Promise<SingleGlue> {
  return variant === 'relaxed'
    ? import('../artefacts/relaxed/hebblab.js')
    : import('../artefacts/simd128/hebblab.js');
}

export function importThreadedGlue(variant: Variant): Promise<ThreadedGlue> {
  return variant === 'relaxed'
    ? import('../artefacts/relaxed-threads/hebblab.js')
    : import('../artefacts/simd128-threads/hebblab.js');
}

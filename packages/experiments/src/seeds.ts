import type { RunConfig } from './config.js';

/** The seeds of a run, in order. */
export function seedsOf({ seed, seeds }: Pick<RunConfig, 'seed' | 'seeds'>): number[] {
  return Array.from({ length: seeds }, (_, index) => seed + index);
}

/**
 * What a model trained with one seed is called in files and metrics: its own name where the run has one seed,
 * otherwise with the seed after it.
 */
export function nameWithSeed({ seeds }: Pick<RunConfig, 'seeds'>, model: string, seed: number): string {
  return seeds === 1 ? model : `${model}-seed-${seed}`;
}

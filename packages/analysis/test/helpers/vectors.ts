import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface ArrayVector {
  readonly shape: readonly [number, number];
  readonly data: readonly number[];
}

interface SpectraVectors {
  readonly cvPCA: {
    readonly repeat1: ArrayVector;
    readonly repeat2: ArrayVector;
    readonly crossValidatedVariance: { readonly data: readonly number[] };
  };
  readonly cases: readonly {
    readonly samples: ArrayVector;
    readonly eigenvalues: { readonly data: readonly number[] };
    readonly fitRange: readonly [number, number];
    readonly slope: number;
    readonly slopeStdErr: number;
    readonly weightedAlpha: number;
    readonly participationRatio: number;
    readonly effectiveRank: number;
    readonly stableRank: number;
    readonly rankMe: number;
  }[];
}

interface KhVectors {
  readonly pruning: {
    readonly weights: ArrayVector;
    readonly variances: { readonly data: readonly number[] };
    readonly threshold: number;
    readonly pruned: readonly boolean[];
    readonly lpNorms3: { readonly data: readonly number[] };
  };
}

export const spectra = read('spectra.json') as SpectraVectors;
export const kh = read('kh.json') as KhVectors;

/** Agreement within 1e-5 of the expected array's largest magnitude, or a share that the test names. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const worst = Array.from(actual).reduce(
    (max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))),
    0,
  );
  expect(worst).toBeLessThanOrEqual(tolerance * largest);
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../test/vectors/${name}`, import.meta.url), 'utf8'));
}

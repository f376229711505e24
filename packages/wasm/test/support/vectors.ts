import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Tensor } from './variants.js';

export interface KrotovHopfieldSettings {
  readonly p: number;
  readonly k: number;
  readonly delta: number;
  readonly radius: number;
  readonly learningRate: number;
  readonly precision: number;
}

/** What a minibatch step must give. */
export interface ExpectedStep {
  readonly preactivations: Tensor;
  readonly winner: Tensor;
  readonly antiHebbian: Tensor;
  readonly maxAbsUpdate: number;
  readonly weightsAfter: Tensor;
}

interface KrotovHopfieldVectors {
  readonly minibatch: readonly (KrotovHopfieldSettings & {
    readonly weights: Tensor;
    readonly steps: readonly (ExpectedStep & { readonly inputs: Tensor })[];
  })[];
  readonly edges: readonly (KrotovHopfieldSettings &
    ExpectedStep & { readonly case: string; readonly weights: Tensor; readonly inputs: Tensor })[];
  readonly fromBytes: readonly (KrotovHopfieldSettings &
    ExpectedStep & { readonly bytes: Tensor; readonly scale: Tensor; readonly weights: Tensor })[];
  readonly sequential: readonly (Omit<KrotovHopfieldSettings, 'precision'> & {
    readonly weights: Tensor;
    readonly inputs: Tensor;
    readonly weightsAfter: Tensor;
  })[];
  readonly inputNormalization: {
    readonly p: number;
    readonly bytes: Tensor;
    readonly scale: Tensor;
    readonly normalized: Tensor;
  };
  readonly pruning: { readonly weights: Tensor; readonly lpNorms3: Tensor };
}

interface SpectraVectors {
  readonly cases: readonly {
    readonly samples: Tensor;
    /** Given for the first case alone. */
    readonly covariance: Tensor | null;
    readonly eigenvalues: Tensor;
    readonly topEigenvector: Tensor;
    readonly spectralNorm: number;
  }[];
}

export interface NetworkVectors {
  readonly sizes: readonly number[];
  readonly power: number;
  readonly params: readonly { readonly weight: Tensor; readonly bias: Tensor }[];
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly logits: Tensor;
  readonly crossEntropy: number;
  readonly paramGrads: readonly (Tensor | null)[];
  readonly inputGrad: Tensor;
}

export interface ConvolutionVectors {
  readonly stride: number;
  readonly pad: 'same' | 'valid';
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor;
  readonly y: Tensor;
  readonly dy: Tensor;
  readonly dx: Tensor;
  readonly dfilter: Tensor;
  readonly reluMaxPool2: Tensor;
  readonly dPool: Tensor;
  readonly dxThroughPool: Tensor;
}

/** The reference vectors; their README says what they are and where they come from. */
export const krotovHopfieldVectors: KrotovHopfieldVectors = read('kh');
export const spectraVectors: SpectraVectors = read('spectra');
export const networkVectors: { readonly cases: readonly NetworkVectors[] } = read('networks');
export const convolutionVectors: { readonly cases: readonly ConvolutionVectors[] } = read('conv');

/** Within `tolerance` of the expected array's largest magnitude, entry by entry. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((kept, value) => Math.max(kept, Math.abs(value)), 0);
  const errors = Array.from(expected, (value, index) => Math.abs((actual[index] as number) - value));
  // A NaN among the errors makes the largest NaN, which is at most nothing.
  expect(errors.reduce((kept, error) => Math.max(kept, error), 0)).toBeLessThanOrEqual(tolerance * largest);
}

function read<Vectors>(name: string): Vectors {
  const url = new URL(`../../../../test/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Vectors;
}

import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface ArrayVector {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A network of test/vectors/networks.json; weights are [in, out], y = x W + b. */
export interface NetworkVectors {
  readonly sizes: readonly [inputs: number, hidden: number, classes: number];
  readonly power: number;
  readonly params: readonly [LayerVectors, LayerVectors];
  readonly inputs: ArrayVector;
  readonly labels: ArrayVector;
  readonly logits: ArrayVector;
  readonly crossEntropy: number;
  /** Weight, bias of the hidden layer, weight, bias of the readout. */
  readonly paramGrads: readonly [ArrayVector, ArrayVector, ArrayVector, ArrayVector];
  readonly inputGrad: ArrayVector;
  readonly sumSquares: number;
}

interface LayerVectors {
  readonly weight: ArrayVector;
  readonly bias: ArrayVector;
}

/** The two networks with one hidden layer of ReLU(z)^power: power 1 and 4.5. */
export function readNetworks(): readonly NetworkVectors[] {
  const { cases } = readVectors('networks.json') as { cases: readonly NetworkVectors[] };
  return cases.slice(0, 2);
}

export function readVectors(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../test/vectors/${name}`, import.meta.url), 'utf8'));
}

/** Agreement within a share of the expected array's largest magnitude. */
export function expectClose(
  actual: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance = 1e-5,
): void {
  expect(actual?.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const differences = Array.from(actual ?? [], (value, index) =>
    Math.abs(value - (expected[index] as number)),
  );
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance * largest);
}

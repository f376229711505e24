import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface ArrayVector {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface CriticalVectors {
  readonly epsStart: number;
  readonly epsStop: number;
  readonly epsCount: number;
  readonly correct: readonly boolean[];
  readonly eps: readonly (number | null)[];
  readonly distance: readonly (number | null)[];
}

export interface NetworkVectors {
  readonly sizes: readonly number[];
  readonly activation: string;
  readonly power: number;
  readonly params: readonly { readonly weight: ArrayVector; readonly bias: ArrayVector }[];
  readonly inputs: ArrayVector;
  readonly labels: ArrayVector;
  readonly logits: ArrayVector;
  readonly crossEntropy: number;
  readonly inputGrad: ArrayVector;
  readonly margin: ArrayVector;
  readonly jacobian: ArrayVector;
  readonly attacks: Readonly<Record<string, ArrayVector>>;
  readonly criticalFgsm: CriticalVectors;
  readonly criticalRandom: CriticalVectors & { readonly noise: ArrayVector };
  readonly criticalPgd: CriticalVectors;
}

export const networks: readonly (NetworkVectors & { readonly title: string })[] = (
  JSON.parse(readFileSync(new URL('../../../../test/vectors/networks.json', import.meta.url), 'utf8')) as {
    cases: NetworkVectors[];
  }
).cases.map((network) => ({
  ...network,
  title: `${network.sizes.join('-')} ${network.activation} ^ ${network.power}`,
}));

/** The vectors' inputs and labels as the packages take them. */
export function imageSetOf(network: NetworkVectors) {
  return { images: Float32Array.from(network.inputs.data), labels: Uint8Array.from(network.labels.data) };
}

/** Agreement within a share of the expected array's largest magnitude. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const largest = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const worst = Array.from(actual).reduce(
    (max, value, i) => Math.max(max, Math.abs(value - (expected[i] as number))),
    0,
  );
  expect(worst).toBeLessThanOrEqual(tolerance * largest);
}

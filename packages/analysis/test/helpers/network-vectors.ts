import { readFileSync } from 'node:fs';

interface FlatVector {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface NetworkVectors {
  readonly cases: readonly {
    readonly sizes: readonly number[];
    readonly activation: 'relu' | 'tanh' | 'sigmoid';
    readonly power: number;
    readonly params: readonly { readonly weight: FlatVector }[];
    readonly jacobian: {
      readonly shape: readonly [number, number, number];
      readonly data: readonly number[];
    };
    readonly jacobianFrobenius: FlatVector;
    readonly jacobianSingularValues: FlatVector;
    readonly weightExcessKurtosis: readonly number[];
  }[];
}

export const networks: NetworkVectors['cases'] = (
  JSON.parse(
    readFileSync(new URL('../../../../test/vectors/networks.json', import.meta.url), 'utf8'),
  ) as NetworkVectors
).cases;

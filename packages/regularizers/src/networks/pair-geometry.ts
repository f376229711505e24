import {
  allocateFloat32,
  allocateUninitialised,
  type Float32Buffer,
  gemm,
  type Kernels,
} from '@hebblab/wasm';
import type { ClassPairs } from './class-pairs.js';

/** What is known of the pairs of a batch: their distances, in double precision. */
export interface PairGeometry {
  readonly pairs: ClassPairs;
  readonly distances: Float64Array;
  /** 1 where the rows lie so near each other that products of rows would cancel: these are taken by differences. */
  readonly near: Uint8Array;
}

/**
 * Squares of distances below this share of |a|^2 + |b|^2 are taken again by differences. The Gram form
 * |a|^2 + |b|^2 - 2 a.b has an error of about 1e-7 (|a|^2 + |b|^2), so what remains is right to about 1e-5.
 */
const nearness = 0.01;

/**
 * The distances of all pairs: one Gram matrix for each group of rows, of which the mean is taken away first.
 *
 * @param rows [samples, features]
 */
export function measurePairs(kernels: Kernels, rows: Float32Buffer, pairs: ClassPairs): PairGeometry {
  const distances = new Float64Array(pairs.count);
  const near = new Uint8Array(pairs.count);
  const features = rows.length / pairs.samples;
  forEachGroup(pairs, (group, firstPair) => {
    using centred = centredRows(kernels, rows, features, group);
    using gram = allocateUninitialised(kernels, 'float32', [group.length, group.length]);
    gemm(kernels, 'NT', centred, centred, gram);
    const given = rows.view();
    const products = gram.view();
    const size = group.length;
    let pair = firstPair;
    for (let i = 0; i < size; i++) {
      const own = products[i * size + i] as number;
      for (let j = i + 1; j < size; j++, pair++) {
        const squares = own + (products[j * size + j] as number);
        let square = squares - 2 * (products[i * size + j] as number);
        // Written so that NaN counts as near, and stays NaN.
        if (!(square >= nearness * squares)) {
          near[pair] = 1;
          const [a, b] = [(group[i] as number) * features, (group[j] as number) * features];
          square = productOfDifferences(given, given, a, b, features);
        }
        distances[pair] = Math.sqrt(square);
      }
    }
  });
  return { pairs, distances, near };
}

/** (a_i - a_j).(b_i - b_j) of all pairs. */
export function pairProducts(
  kernels: Kernels,
  { pairs, near }: PairGeometry,
  a: Float32Buffer,
  b: Float32Buffer,
): Float64Array {
  const products = new Float64Array(pairs.count);
  const features = a.length / pairs.samples;
  forEachGroup(pairs, (group, firstPair) => {
    const size = group.length;
    using first = centredRows(kernels, a, features, group);
    using second = centredRows(kernels, b, features, group);
    using mixed = allocateUninitialised(kernels, 'float32', [size, size]);
    gemm(kernels, 'NT', first, second, mixed);
    const [x, y, m] = [a.view(), b.view(), mixed.view()];
    let pair = firstPair;
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++, pair++) {
        products[pair] =
          near[pair] === 1
            ? productOfDifferences(
                x,
                y,
                (group[i] as number) * features,
                (group[j] as number) * features,
                features,
              )
            : (m[i * size + i] as number) +
              (m[j * size + j] as number) -
              (m[i * size + j] as number) -
              (m[j * size + i] as number);
      }
    }
  });
  return products;
}

/** Weights of pairs, and rows whose differences they weigh. */
export interface WeighedRows {
  /** [pairs] */
  readonly weights: Float64Array;
  /** [samples, features] */
  readonly rows: Float32Buffer;
}

/** For each sample i the sum over its pairs with j, and over the terms, of weight_ij (r_i - r_j); [samples, features]. */
export function pullTogether(
  kernels: Kernels,
  { pairs, near }: PairGeometry,
  terms: readonly WeighedRows[],
): Float32Array {
  const [{ rows: some }] = terms as readonly [WeighedRows];
  const features = some.length / pairs.samples;
  const result = new Float32Array(some.length);
  for (const { weights, rows } of terms) {
    forEachGroup(pairs, (group, firstPair) => {
      const size = group.length;
      using centred = centredRows(kernels, rows, features, group);
      using matrix = allocateFloat32(kernels, [size, size]);
      using weighed = allocateUninitialised(kernels, 'float32', [size, features]);
      const sums = fillSymmetric(matrix.view(), weights, near, firstPair, size);
      gemm(kernels, 'NN', matrix, centred, weighed);
      const [own, others] = [centred.view(), weighed.view()];
      group.forEach((sample, i) => {
        const sum = sums[i] as number;
        for (let feature = 0; feature < features; feature++) {
          const at = sample * features + feature;
          const from = i * features + feature;
          result[at] = (result[at] as number) + sum * (own[from] as number) - (others[from] as number);
        }
      });
      addNearPairs(result, rows.view(), weights, near, firstPair, group, features);
    });
  }
  return result;
}

/** Writes the weights of a group's pairs that are not near as a symmetric matrix; gives the sums of its rows. */
function fillSymmetric(
  matrix: Float32Array,
  weights: Float64Array,
  near: Uint8Array,
  firstPair: number,
  size: number,
): Float64Array {
  const sums = new Float64Array(size);
  let pair = firstPair;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++, pair++) {
      if (near[pair] === 1) continue;
      const weight = weights[pair] as number;
      matrix[i * size + j] = weight;
      matrix[j * size + i] = weight;
      sums[i] = (sums[i] as number) + weight;
      sums[j] = (sums[j] as number) + weight;
    }
  }
  return sums;
}

function addNearPairs(
  result: Float32Array,
  rows: Float32Array,
  weights: Float64Array,
  near: Uint8Array,
  firstPair: number,
  group: Int32Array,
  features: number,
): void {
  let pair = firstPair;
  for (let i = 0; i < group.length; i++) {
    for (let j = i + 1; j < group.length; j++, pair++) {
      if (near[pair] === 0 || weights[pair] === 0) continue;
      const toI = (group[i] as number) * features;
      const toJ = (group[j] as number) * features;
      for (let feature = 0; feature < features; feature++) {
        const difference = (rows[toI + feature] as number) - (rows[toJ + feature] as number);
        const pulled = (weights[pair] as number) * difference;
        result[toI + feature] = (result[toI + feature] as number) + pulled;
        result[toJ + feature] = (result[toJ + feature] as number) - pulled;
      }
    }
  }
}

function forEachGroup({ groups }: ClassPairs, visit: (group: Int32Array, firstPair: number) => void): void {
  let firstPair = 0;
  for (const group of groups) {
    visit(group, firstPair);
    firstPair += (group.length * (group.length - 1)) / 2;
  }
}

/** A group's rows less their mean: no distance changes, and smaller numbers cancel less. */
function centredRows(
  kernels: Kernels,
  rows: Float32Buffer,
  features: number,
  group: Int32Array,
): Float32Buffer {
  const centred = allocateUninitialised(kernels, 'float32', [group.length, features]);
  const [from, to] = [rows.view(), centred.view()];
  const means = new Float64Array(features);
  for (const sample of group) {
    for (let feature = 0; feature < features; feature++)
      means[feature] = (means[feature] as number) + (from[sample * features + feature] as number);
  }
  for (let feature = 0; feature < features; feature++)
    means[feature] = (means[feature] as number) / group.length;
  group.forEach((sample, i) => {
    for (let feature = 0; feature < features; feature++)
      to[i * features + feature] = (from[sample * features + feature] as number) - (means[feature] as number);
  });
  return centred;
}

/** (x_a - x_b).(y_a - y_b), with rows that begin at a and b. */
function productOfDifferences(
  x: Float32Array,
  y: Float32Array,
  a: number,
  b: number,
  features: number,
): number {
  let sum = 0;
  for (let feature = 0; feature < features; feature++) {
    const first = (x[a + feature] as number) - (x[b + feature] as number);
    const second = (y[a + feature] as number) - (y[b + feature] as number);
    sum += first * second;
  }
  return sum;
}

import type { NetworkPass, NetworkPenalty } from '@hebblab/models/networks';
import { div, mul, type Scalar, scalar, slice, square, sub, sum, type Tensor1D } from '@tensorflow/tfjs-core';
import { expectPositive, expectWeight } from '../expect.js';
import { classPairs } from './class-pairs.js';
import { asRows, expectHiddenLayer, type HiddenLayer, hiddenLayerOf } from './hidden-layers.js';
import { pairDistances } from './pair-distances.js';

/** How distances of the inputs are asked of a hidden layer. */
export interface IsometrySettings {
  /** beta >= 0; 0.1 for MNIST in arXiv 2211.01236. */
  readonly weight: number;
  /** K > 0; 10 for MNIST, 1 elsewhere. */
  readonly factor: number;
  readonly layer: HiddenLayer;
  /**
   * `distances`: the mean over all count^2 pairs of (K Y D_hid - Y D_in)^2, Y_ij = 1 where labels agree.
   * `relative distances`, the authors' earlier form: the square of the mean of
   * (Y D_hid / (K max(Y D_hid)) - Y D_in / max(Y D_in))^2.
   */
  readonly form: 'distances' | 'relative distances';
}

/**
 * Keeps distances within a class from the inputs to a hidden layer (Beshkov, Verhellen & Lepperød, arXiv 2211.01236).
 * Distances are Euclidean, of the inputs as they are and of the layer's post-activations. Its gradient by the inputs
 * is right too, for attacks on the whole loss; it is right to second order, and beyond that refused.
 *
 * @throws where a setting is out of range, or the network has no such layer
 * @example
 * const penalties = [isometryPenalty({ weight: 0.1, factor: 10, layer: 'last', form: 'distances' })];
 */
export function isometryPenalty(settings: IsometrySettings): NetworkPenalty {
  const { weight, factor, layer, form } = settings;
  expectWeight(operation, weight);
  expectPositive(operation, 'factor', factor);
  if (form !== 'distances' && form !== 'relative distances')
    throw new Error(
      `${operation}: expected the form 'distances' or 'relative distances', got ${String(form)}`,
    );
  return {
    name: layer === 'last' ? 'isometry' : `isometry, layer ${layer}`,
    start({ architecture }) {
      expectHiddenLayer(operation, architecture, layer);
      return { value: (pass) => mul(isometryOf(pass, settings), weight), dispose() {} };
    },
  };
}

/** The penalty of a pass without its weight. */
export function isometryOf(pass: NetworkPass, settings: Omit<IsometrySettings, 'weight'>): Scalar {
  const { activations } = hiddenLayerOf(operation, pass, settings.layer);
  const [count = 0] = activations.shape;
  if (pass.labels.size !== count)
    throw new Error(`${operation}: expected a label of each of ${count} samples, got ${pass.labels.size}`);
  const pairs = classPairs(pass.labels.dataSync());
  if (pairs.count === 0) return scalar(0);
  const hidden = pairDistances(asRows(activations), pairs);
  const given = pairDistances(asRows(pass.inputs), pairs);
  return settings.form === 'distances'
    ? compareDistances(hidden, given, settings.factor, count)
    : compareRelativeDistances(hidden, given, settings.factor, count);
}

const operation = 'isometryPenalty';

function compareDistances(hidden: Tensor1D, given: Tensor1D, factor: number, count: number): Scalar {
  return meanOverPairs(square(sub(mul(hidden, factor), given)) as Tensor1D, count);
}

function compareRelativeDistances(hidden: Tensor1D, given: Tensor1D, factor: number, count: number): Scalar {
  const difference = sub(div(relativeToLargest(hidden), factor), relativeToLargest(given)) as Tensor1D;
  return square(meanOverPairs(square(difference), count));
}

/** Distances over the largest; all 0 where that is 0. Of several largest, the first carries the slope. */
function relativeToLargest(distances: Tensor1D): Tensor1D {
  const values = distances.dataSync() as Float32Array;
  const at = values.reduce((best, value, pair) => (value > (values[best] as number) ? pair : best), 0);
  return values[at] === 0 ? mul(distances, 0) : div(distances, slice(distances, [at], [1]));
}

/** The mean over all count^2 pairs: each pair stands for two, the others are 0. */
function meanOverPairs(values: Tensor1D, count: number): Scalar {
  return mul(sum(values), 2 / count ** 2);
}

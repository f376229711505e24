import { type Histogram, histogram } from './histogram.js';

/** Nonlinearities that saturate: a ReLU (of any power) at 0 below, a sigmoid at 0 and 1, tanh and hard tanh at -1 and 1. */
export type SaturatingActivation = 'relu' | 'sigmoid' | 'tanh' | 'hard-tanh';

/** The activations of one layer for many inputs. */
export interface LayerActivations {
  readonly layer: string;
  readonly activation: SaturatingActivation;
  /** After the nonlinearity, [inputs, units] in any order, finite. */
  readonly activations: Float32Array | Float64Array;
}

/** How saturated one layer is. */
export interface LayerSaturation {
  readonly layer: string;
  /** Share of the activations within the tolerance of saturation, in [0, 1]. */
  readonly saturatedShare: number;
  /** Of the distances to saturation, from 0 to the largest there can be (for 'relu': that there is). */
  readonly distances: Histogram;
}

/**
 * How far activations are from the nearest value at which the nonlinearity is flat: a for a ReLU's a, min(a, 1 - a) for a
 * sigmoid, 1 - |a| for tanh and hard tanh.
 *
 * @param activations - finite, in the nonlinearity's range up to a float32 rounding
 * @throws Error where an activation is not finite or out of range.
 *
 * @example
 * saturationDistances(Float32Array.of(0.25, 1), 'sigmoid'); // [0.25, 0]
 */
export function saturationDistances(
  activations: Float32Array | Float64Array,
  activation: SaturatingActivation,
): Float64Array {
  return Float64Array.from(activations, (value) => {
    const distance = distanceOf(value, activation);
    if (!(distance >= -1e-6 && distance < Number.POSITIVE_INFINITY)) {
      throw new Error(`saturationDistances: expected activations of ${activation}, got ${value}`);
    }
    return Math.max(0, distance);
  });
}

/**
 * Saturation of each layer: the share of activations within a tolerance, and the histogram of the distances
 * (arXiv 1703.09202, saturated against vanilla networks).
 *
 * @param tolerance - in units of the activation, at least 0
 * @param bins - of the histograms
 * @throws Error where an activation is out of range, a layer is empty, or the tolerance or bins are out of range.
 *
 * @example
 * const [first] = layerSaturation([{ layer: 'hidden 1', activation: 'sigmoid', activations }], { tolerance: 0.01, bins: 50 });
 */
export function layerSaturation(
  layers: readonly LayerActivations[],
  { tolerance, bins }: { readonly tolerance: number; readonly bins: number },
): LayerSaturation[] {
  if (!(tolerance >= 0)) {
    throw new Error(`layerSaturation: expected a tolerance of at least 0, got ${tolerance}`);
  }
  return layers.map(({ layer, activation, activations }) => {
    if (activations.length === 0) {
      throw new Error(`layerSaturation: expected activations, got none in ${layer}`);
    }
    const distances = saturationDistances(activations, activation);
    let saturated = 0;
    let largest = 0;
    for (const distance of distances) {
      if (distance <= tolerance) saturated++;
      largest = Math.max(largest, distance);
    }
    return {
      layer,
      saturatedShare: saturated / distances.length,
      distances: histogram(distances, { from: 0, to: rangeOf(activation, largest), bins }),
    };
  });
}

function distanceOf(value: number, activation: SaturatingActivation): number {
  switch (activation) {
    case 'relu':
      return value;
    case 'sigmoid':
      return Math.min(value, 1 - value);
    case 'tanh':
    case 'hard-tanh':
      return 1 - Math.abs(value);
  }
}

function rangeOf(activation: SaturatingActivation, largest: number): number {
  if (activation === 'sigmoid') return 0.5;
  if (activation !== 'relu') return 1;
  return largest === 0 ? 1 : largest;
}

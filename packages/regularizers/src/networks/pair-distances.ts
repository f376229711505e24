import { backendKernels, kernelArrayOf } from '@hebblab/tfjs-backend';
import {
  customGrad,
  type GradSaveFunc,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type { ClassPairs } from './class-pairs.js';
import { measurePairs, type PairGeometry, pairProducts, pullTogether } from './pair-geometry.js';

/**
 * Euclidean distances between the rows of each pair, [pairs]. The gradient by the rows is in closed form and right to
 * second order; that of a distance of 0 is 0. A third derivative is refused.
 *
 * @param rows [samples, features]
 * @example
 * const distances = pairDistances(activations, classPairs(labels));
 */
export function pairDistances(rows: Tensor2D, pairs: ClassPairs): Tensor1D {
  return differentiable<Tensor1D>([rows], ([given]) => {
    const geometry = measurePairs(backendKernels(), kernelArrayOf(given, 'float32'), pairs);
    return {
      value: tensor1d(Float32Array.from(geometry.distances)),
      gradients: (dy, [saved]) => [pull(saved as Tensor2D, dy as Tensor1D, geometry)],
    };
  });
}

/** The gradient of <slopes, distances> by the rows: row i is the sum over j of slope_ij (r_i - r_j) / d_ij. */
function pull(rows: Tensor2D, slopes: Tensor1D, geometry: PairGeometry): Tensor2D {
  const { distances } = geometry;
  return differentiable<Tensor2D>([rows, slopes], ([r, s]) => {
    const slopeOf = s.dataSync();
    const weights = distances.map((distance, pair) => quotient(slopeOf[pair] as number, distance));
    const value = tensor2d(
      pullTogether(backendKernels(), geometry, [{ weights, rows: rowsOf(r) }]),
      rows.shape,
    );
    return {
      value,
      gradients: (dy, [r1, s1]) => pullGradients(r1 as Tensor2D, s1 as Tensor1D, dy, geometry),
    };
  });
}

/**
 * With d'_ij = (r_i - r_j).(u_i - u_j) / d_ij, the change of the distances along u: by the slopes d', by row i the sum
 * over j of slope_ij ((u_i - u_j) / d_ij - d'_ij (r_i - r_j) / d_ij^2).
 */
function pullGradients(rows: Tensor2D, slopes: Tensor1D, along: Tensor, geometry: PairGeometry): Tensor[] {
  const { distances } = geometry;
  const kernels = backendKernels();
  const slopeOf = slopes.dataSync();
  const products = pairProducts(kernels, geometry, rowsOf(rows), rowsOf(along));
  const changes = distances.map((distance, pair) => quotient(products[pair] as number, distance));
  const ofDirections = distances.map((distance, pair) => quotient(slopeOf[pair] as number, distance));
  const ofRows = changes.map(
    (change, pair) => -(ofDirections[pair] as number) * quotient(change, distances[pair] as number),
  );
  const byRows = pullTogether(kernels, geometry, [
    { weights: ofDirections, rows: rowsOf(along) },
    { weights: ofRows, rows: rowsOf(rows) },
  ]);
  return [
    refusingDerivatives([rows, slopes, along], tensor2d(byRows, rows.shape)),
    refusingDerivatives([rows, slopes, along], tensor1d(Float32Array.from(changes))),
  ];
}

function rowsOf(tensor: Tensor) {
  return kernelArrayOf(tensor, 'float32');
}

function quotient(numerator: number, distance: number): number {
  return distance === 0 ? 0 : numerator / distance;
}

/** An operation on the tape: its value, and its gradients by the inputs, given those of the value. */
function differentiable<Result extends Tensor>(
  inputs: Tensor[],
  compute: (inputs: Tensor[]) => {
    readonly value: Result;
    readonly gradients: (dy: Tensor, inputs: Tensor[]) => Tensor[];
  },
): Result {
  return customGrad((...given) => {
    const save = given[inputs.length] as unknown as GradSaveFunc;
    const tensors = given.slice(0, inputs.length) as Tensor[];
    save(tensors);
    const { value, gradients } = compute(tensors);
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradients(dy, saved) };
  })(...inputs) as Result;
}

/** The value, whose dependence on the inputs is on the tape without a derivative. */
function refusingDerivatives<Result extends Tensor>(inputs: Tensor[], value: Result): Result {
  return differentiable<Result>(inputs, () => ({
    value,
    gradients: () => {
      throw new Error('pairDistances: expected a first or second derivative, got a third');
    },
  }));
}

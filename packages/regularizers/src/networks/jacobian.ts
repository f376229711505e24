import { classesOf, type NetworkPass, type NetworkPenalty } from '@hebblab/models/networks';
import { type Kernels, randomNormal } from '@hebblab/wasm';
import { mul, type Scalar, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
import { expectWeight, expectWhole } from '../expect.js';
import { squaredJacobianNorms, squaredProjectedNorms } from './jacobian-norms.js';

/** How the Jacobian of the logits is kept small. */
export interface JacobianSettings {
  /** >= 0; typically 0.01. */
  readonly weight: number;
  /** All of the Jacobian, or an unbiased estimate from random directions in the space of the logits. */
  readonly form: { readonly kind: 'exact' } | { readonly kind: 'projected'; readonly projections: number };
}

/**
 * weight * 1/2 the mean over the batch of ||d logits / d inputs||_F^2 (Hoffman, Roberts & Yaida 2019). With
 * projections v, random unit vectors for each sample: classes / projections * 1/2 the mean of the sum of ||J^T v||^2.
 * Directions come from a stream for each step, so that a resumed training draws the same.
 *
 * @throws where a setting is out of range, or the network normalises batches, which mixes the samples' Jacobians
 * @example
 * const penalties = [jacobianPenalty({ weight: 0.01, form: { kind: 'projected', projections: 1 } })];
 */
export function jacobianPenalty({ weight, form }: JacobianSettings): NetworkPenalty {
  expectWeight(operation, weight);
  if (form.kind === 'projected') expectWhole(operation, 'projections', form.projections, 1);
  return {
    name: 'jacreg',
    start({ architecture, kernels, seed }) {
      if (architecture.layers.some(({ kind }) => kind === 'batch-normalisation'))
        throw new Error(`${operation}: expected a network without batch normalisation, got one with it`);
      const classes = classesOf(architecture);
      return {
        value(pass, step) {
          if (form.kind === 'exact') return mul(jacobianNorm(pass), weight);
          const shape = [form.projections, pass.inputs.shape[0], classes] as const;
          return mul(projectedJacobianNorm(pass, unitVectors(kernels, seed, step, shape)), weight);
        },
        dispose() {},
      };
    },
  };
}

/** 1/2 the mean over the batch of ||J||_F^2. */
export function jacobianNorm(pass: NetworkPass): Scalar {
  return mul(squaredJacobianNorms(pass), 1 / (2 * pass.inputs.shape[0]));
}

/**
 * Its estimate from unit vectors.
 *
 * @param directions [projections, count, classes]
 */
export function projectedJacobianNorm(pass: NetworkPass, directions: Tensor3D): Scalar {
  const [projections, count, classes] = directions.shape;
  return mul(squaredProjectedNorms(pass, directions), classes / (2 * projections * count));
}

const operation = 'jacobianPenalty';

/** Uniform on the sphere. */
function unitVectors(
  kernels: Kernels,
  seed: number,
  step: number,
  shape: readonly [projections: number, count: number, classes: number],
): Tensor3D {
  const [projections, count, classes] = shape;
  const values = new Float32Array(projections * count * classes);
  randomNormal(kernels, { seed, stream: `jacobian directions, step ${step}` }, values);
  for (let first = 0; first < values.length; first += classes) {
    const vector = values.subarray(first, first + classes);
    const norm = Math.hypot(...vector);
    vector.forEach((value, index) => {
      vector[index] = value / norm;
    });
  }
  return tensor3d(values, [projections, count, classes]);
}

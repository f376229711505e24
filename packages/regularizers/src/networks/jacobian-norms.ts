import { classesOf, type NetworkArchitecture, type NetworkPass } from '@hebblab/models/networks';
import {
  add,
  fill,
  grad,
  matMul,
  mul,
  oneHot,
  reshape,
  type Scalar,
  scalar,
  slice,
  square,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  transpose,
} from '@tensorflow/tfjs-core';
import { gramOf, squaredNormOfProduct } from './gram.js';
import { slopeOfActivation } from './slope-of-activation.js';
import { sumOfSquares } from './sum-of-squares.js';

/**
 * The sum over the batch of ||J||_F^2, J the Jacobian of the logits by the inputs. Networks of dense layers go by the
 * products that their backward pass consists of, others by tfjs-core's gradients.
 */
export function squaredJacobianNorms(pass: NetworkPass): Scalar {
  if (!isDense(pass.architecture)) return normsByGradients(pass);
  return pass.layers.length === 2 && suitsOneHiddenLayer(pass)
    ? normsOfOneHiddenLayer(pass)
    : normsOfDenseLayers(pass);
}

/** Whether two products with the weights and one with the slopes are less than three of all signals with the weights. */
function suitsOneHiddenLayer(pass: NetworkPass): boolean {
  const [weights, readout] = weightsOf(pass) as [Tensor2D, Tensor2D];
  const [inputs, hidden] = weights.shape;
  const [count] = pass.inputs.shape;
  return (2 * inputs + count) * hidden < 3 * count * readout.shape[1] * inputs;
}

/**
 * The sum over projections and the batch of ||J^T v||^2.
 *
 * @param directions v, [projections, count, classes]
 */
export function squaredProjectedNorms(pass: NetworkPass, directions: Tensor3D): Scalar {
  return isDense(pass.architecture)
    ? projectedNormsOfDenseLayers(pass, directions)
    : projectedNormsByGradients(pass, directions);
}

/**
 * One hidden layer with weights W, slopes s of the samples and readout V: ||J||_F^2 = s^T (W^T W * V V^T) s, entry by
 * entry, so the sum over a batch with slopes S is the sum of all entries of W^T W * V V^T * S^T S. One product with W
 * forward and one backward, whatever the batch and the classes.
 */
export function normsOfOneHiddenLayer(pass: NetworkPass): Scalar {
  const [hidden] = pass.layers as [NetworkPass['layers'][number]];
  const [weights, readout] = weightsOf(pass) as [Tensor2D, Tensor2D];
  const slopes = slopeOfActivation(hidden) as Tensor2D;
  return sum(mul(mul(gramOf(weights), gramOf(slopes)), matMul(readout, readout, false, true)));
}

/** Any number of dense layers: the logits' rows of the identity go back through all but the first. */
export function normsOfDenseLayers(pass: NetworkPass): Scalar {
  const weights = weightsOf(pass);
  const readout = weights.at(-1) as Tensor2D;
  const [count] = pass.inputs.shape;
  const [hidden, classes] = readout.shape;
  if (weights.length === 1) return mul(sumOfSquares(readout), count);
  const start = reshape(transpose(readout), [classes, 1, hidden]) as Tensor3D;
  return backToInputs(pass, start);
}

/** Any number of dense layers, from directions in the space of the logits. */
export function projectedNormsOfDenseLayers(pass: NetworkPass, directions: Tensor3D): Scalar {
  const weights = weightsOf(pass);
  const readout = weights.at(-1) as Tensor2D;
  const rows = asMatrix(directions);
  if (weights.length === 1) return squaredNormOfProduct(rows, readout);
  const [projections, count] = directions.shape;
  const start = matMul(rows, readout, false, true);
  return backToInputs(pass, reshape(start, [projections, count, readout.shape[0]]) as Tensor3D);
}

/** Any network, class by class. */
export function normsByGradients(pass: NetworkPass): Scalar {
  const [count] = pass.inputs.shape;
  const classes = classesOf(pass.architecture);
  const norms = Array.from({ length: classes }, (_, label) => {
    const rows = oneHot(fill([count], label, 'int32') as Tensor1D, classes, 1, 0, 'float32');
    return squaredGradient(pass, rows);
  });
  return norms.reduce((total, norm) => add(total, norm), scalar(0));
}

/** Any network, projection by projection. */
export function projectedNormsByGradients(pass: NetworkPass, directions: Tensor3D): Scalar {
  const [projections, count, classes] = directions.shape;
  const rows = reshape(directions, [projections, count * classes]);
  const norms = Array.from({ length: projections }, (_, index) =>
    squaredGradient(pass, reshape(slice(rows, [index, 0], [1, -1]), [count, classes])),
  );
  return norms.reduce((total, norm) => add(total, norm), scalar(0));
}

/** The squared norm of J^T v, summed over samples: none of them has a part in another's logits. */
function squaredGradient(pass: NetworkPass, directions: Tensor): Scalar {
  const gradient = grad((inputs: Tensor) => pass.run(inputs as Tensor2D).logits);
  return sum(square(gradient(pass.inputs, directions)));
}

/**
 * From derivatives by the last hidden activations, [signals, count or 1, units], to those by the inputs, of which the
 * squared norm is taken without forming them where that is less work.
 */
function backToInputs(pass: NetworkPass, signals: Tensor3D): Scalar {
  const weights = weightsOf(pass);
  let current: Tensor3D = signals;
  for (let layer = weights.length - 2; layer > 0; layer--) {
    const behind = asMatrix(mul(current, slopesOf(pass, layer)) as Tensor3D);
    const before = matMul(behind, weights[layer] as Tensor2D, false, true);
    const [count] = pass.inputs.shape;
    current = reshape(before, [behind.shape[0] / count, count, -1]) as Tensor3D;
  }
  return squaredNormOfProduct(asMatrix(mul(current, slopesOf(pass, 0)) as Tensor3D), weights[0] as Tensor2D);
}

/** [1, count, units] */
function slopesOf({ layers }: NetworkPass, layer: number): Tensor3D {
  const slopes = slopeOfActivation(layers[layer] as NetworkPass['layers'][number]);
  return reshape(slopes, [1, slopes.shape[0] ?? 0, -1]);
}

/** [inputs, units] of each layer. */
function weightsOf({ layers, parameters }: NetworkPass): Tensor2D[] {
  return layers.map(({ name }) => parameters[`${name}.weights`] as Tensor2D);
}

function asMatrix(values: Tensor3D): Tensor2D {
  const [signals, count, units] = values.shape;
  return reshape(values, [signals * count, units]);
}

function isDense({ layers }: NetworkArchitecture): boolean {
  return layers.every(({ kind }) => kind === 'dense' || kind === 'flatten');
}

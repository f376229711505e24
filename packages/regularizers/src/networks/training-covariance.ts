import type { NetworkPass, NetworkPenaltyContext } from '@hebblab/models/networks';
import { kernelArrayOf } from '@hebblab/tfjs-backend';
import {
  allocateFloat64,
  allocateUninitialised,
  covariance,
  type Float64Buffer,
  type Kernels,
} from '@hebblab/wasm';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The unbiased covariance of values of the network as it stands over all training samples, in double precision. Batches
 * are joined by their means and covariances (Chan, Golub & LeVeque 1979), so that they can be of any size.
 *
 * @param out [features, features]
 */
export function trainingCovariance(
  kernels: Kernels,
  { forEachBatch, batchSize }: NetworkPenaltyContext,
  rowsOfPass: (pass: NetworkPass) => Tensor2D,
  out: Float64Buffer,
): void {
  const [features = 0] = out.shape;
  using own = allocateFloat64(kernels, [features, features]);
  let count = 0;
  const means = new Float64Array(features);
  out.view().fill(0);
  forEachBatch(batchSize, (pass) => {
    const tensor = rowsOfPass(pass);
    const [added] = tensor.shape;
    using rows = allocateUninitialised(kernels, 'float32', [added, features]);
    rows.view().set(kernelArrayOf(tensor, 'float32').view());
    const addedMeans = columnMeans(rows.view(), added, features);
    if (added > 1) covariance(kernels, rows, own);
    else own.view().fill(0);
    join(out.view(), own.view(), added - 1, (count * added) / (count + added), means, addedMeans);
    const share = added / (count + added);
    means.forEach((mean, feature) => {
      means[feature] = mean + share * ((addedMeans[feature] as number) - mean);
    });
    count += added;
  });
  if (count < 2) throw new Error(`trainingCovariance: expected at least 2 samples, got ${count}`);
  const sums = out.view();
  for (let index = 0; index < sums.length; index++) sums[index] = (sums[index] as number) / (count - 1);
}

/** sums += weight * own + between * (means - addedMeans) (means - addedMeans)^T */
function join(
  sums: Float64Array,
  own: Float64Array,
  weight: number,
  between: number,
  means: Float64Array,
  addedMeans: Float64Array,
): void {
  const features = means.length;
  const differences = means.map((mean, feature) => mean - (addedMeans[feature] as number));
  for (let row = 0; row < features; row++) {
    const factor = between * (differences[row] as number);
    for (let column = 0; column < features; column++) {
      const at = row * features + column;
      sums[at] =
        (sums[at] as number) + weight * (own[at] as number) + factor * (differences[column] as number);
    }
  }
}

function columnMeans(values: Float32Array, count: number, features: number): Float64Array {
  const means = new Float64Array(features);
  for (let sample = 0; sample < count; sample++) {
    for (let feature = 0; feature < features; feature++)
      means[feature] = (means[feature] as number) + (values[sample * features + feature] as number);
  }
  return means.map((sum) => sum / count);
}

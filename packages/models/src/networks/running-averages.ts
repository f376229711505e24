import type { ArrayData } from '@hebblab/data';
import { allocateFloat32, type Float32Buffer, type Kernels } from '@hebblab/wasm';
import { buildOwning } from '../owned-parts.js';
import { type Checkpoint, checkpointArray } from '../training.js';
import { type ParameterShape, parameterName } from './architecture.js';
import type { BatchStatistics } from './network-pass.js';

/** Weight of a batch in the running averages of a batch normalisation; 0.1 in PyTorch, as its unbiased variance is. */
const batchWeight = 0.1;

/**
 * The running means and variances of all batch normalisations. What the first pass of a step saw is gathered, later
 * passes of the same step (a penalty's, an attack's) are not, and `apply` adds it.
 */
export function createRunningAverages(kernels: Kernels, shapes: readonly ParameterShape[]) {
  return buildOwning((own, dispose) => {
    const arrays: Record<string, Float32Buffer> = {};
    for (const { name, shape, role } of shapes) {
      if (role !== 'average') continue;
      const array = own(allocateFloat32(kernels, shape));
      if (name.endsWith('variance')) array.view().fill(1);
      arrays[name] = array;
    }
    const gathered = new Map<number, { mean: Float32Array; variance: Float32Array }>();

    return {
      arrays: arrays as Readonly<Record<string, Float32Buffer>>,
      gather({ layer, mean, variance }: BatchStatistics, count: number) {
        if (gathered.has(layer)) return;
        const unbiased = count > 1 ? count / (count - 1) : 1;
        gathered.set(layer, {
          mean: mean.dataSync() as Float32Array,
          variance: (variance.dataSync() as Float32Array).map((value) => value * unbiased),
        });
      },
      apply() {
        for (const [layer, statistics] of gathered) {
          for (const part of ['mean', 'variance'] as const) {
            const average = (arrays[parameterName(layer, part)] as Float32Buffer).view();
            statistics[part].forEach((value, index) => {
              average[index] = (1 - batchWeight) * (average[index] as number) + batchWeight * value;
            });
          }
        }
        gathered.clear();
      },
      save: (): [string, ArrayData][] =>
        Object.entries(arrays).map(([name, { shape, view }]) => [
          name,
          { dtype: 'float32', shape, data: view().slice() },
        ]),
      restore(checkpoint: Checkpoint) {
        for (const [name, array] of Object.entries(arrays))
          array.set(checkpointArray(checkpoint, name, array.shape));
      },
      dispose,
    };
  });
}

import '@hebblab/tfjs-backend';
import type { NetworkPass, NetworkPenaltyContext } from '@hebblab/models/networks';
import { backendKernels } from '@hebblab/tfjs-backend';
import { allocateFloat64 } from '@hebblab/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainingCovariance } from '../../dist/networks/training-covariance.js';

beforeAll(async () => {
  await tf.setBackend('hebblab');
});

describe('trainingCovariance', () => {
  it.each([[[7]], [[4, 3]], [[1, 5, 1]], [[2, 2, 2, 1]]])(
    'joins batches of %j to the covariance of all',
    (batches) => {
      const kernels = backendKernels();
      // Far from 0, where sums of squares would cancel.
      const rows = Array.from({ length: 7 }, (_, sample) => [
        1000 + Math.sin(sample),
        Math.cos(5 * sample),
        sample % 3,
      ]).map((row) => row.map(Math.fround));
      let first = 0;
      const slices = batches.map((count) => {
        first += count;
        return rows.slice(first - count, first);
      });
      const context = {
        batchSize: 4,
        forEachBatch: (_: number, visit: (pass: NetworkPass) => void) => {
          for (const slice of slices) tf.tidy(() => visit({ inputs: tf.tensor2d(slice) } as NetworkPass));
        },
      } as unknown as NetworkPenaltyContext;
      using out = allocateFloat64(kernels, [3, 3]);
      trainingCovariance(kernels, context, ({ inputs }) => inputs, out);
      const expected = float64Covariance(rows).flat();
      out.view().forEach((value, at) => {
        expect(value).toBeCloseTo(expected[at] as number, 10);
      });
    },
  );
});

function float64Covariance(rows: readonly number[][]): number[][] {
  const means = [0, 1, 2].map(
    (column) => rows.reduce((sum, row) => sum + (row[column] as number), 0) / rows.length,
  );
  const centred = rows.map((row) => row.map((value, column) => value - (means[column] as number)));
  return [0, 1, 2].map((a) =>
    [0, 1, 2].map(
      (b) =>
        centred.reduce((sum, row) => sum + (row[a] as number) * (row[b] as number), 0) / (rows.length - 1),
    ),
  );
}

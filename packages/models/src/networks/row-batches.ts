import type { BatchPlan } from '@hebblab/data';
import { tensorOver } from '@hebblab/tfjs-backend';
import { allocateFloat32, bytesToFloats, type Float32Buffer, type Kernels, rowsOf } from '@hebblab/wasm';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { buildOwning } from '../owned-parts.js';
import { allocateBatch, fillBatch, type Samples } from '../samples.js';

/** A batch as tensors of tfjs-core see it. */
export interface RowBatch {
  readonly count: number;
  /** [count, inputs], in memory that the next batch overwrites. */
  readonly rows: Tensor2D;
  /** [count] */
  readonly labels: Uint8Array;
}

/** Room for the batches of some samples as float32 rows. */
export interface RowBatches {
  /** Fills in a batch of a plan and calls `use` with it; its tensor does not outlive the call. */
  withBatch(plan: BatchPlan, index: number, use: (batch: RowBatch) => void): void;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Reserves room for batches of up to `capacity` samples. */
export function openRowBatches(kernels: Kernels, samples: Samples, capacity: number): RowBatches {
  return buildOwning((own, dispose) => {
    const inputs = own(allocateFloat32(kernels, [capacity, samples.inputs]));
    const fill =
      samples.values.kind === 'exact'
        ? gatherer(samples.values.values, inputs)
        : scaler(kernels, samples, own(allocateBatch(kernels, capacity, samples.inputs)), inputs);
    return {
      withBatch(plan, index, use) {
        const first = index * plan.batchSize;
        const indices = plan.order.subarray(first, first + plan.batchSize);
        fill(plan, index, indices);
        const rows = tensorOver(rowsOf(inputs, 0, indices.length)) as Tensor2D;
        const labels = Uint8Array.from(indices, (image) => samples.images.labels[image] as number);
        try {
          use({ count: indices.length, rows, labels });
        } finally {
          rows.dispose();
        }
      },
      dispose,
      [Symbol.dispose]: dispose,
    };
  });
}

type Fill = (plan: BatchPlan, index: number, indices: Uint32Array) => void;

function scaler(
  kernels: Kernels,
  samples: Samples,
  buffers: ReturnType<typeof allocateBatch>,
  inputs: Float32Buffer,
): Fill {
  return (plan, index) => {
    const { count, pixels, scales } = fillBatch(buffers, samples, plan, index);
    bytesToFloats(kernels, pixels, scales, rowsOf(inputs, 0, count));
  };
}

function gatherer(values: Float32Array, inputs: Float32Buffer): Fill {
  const width = inputs.length / (inputs.shape[0] as number);
  return (_, __, indices) => {
    const rows = inputs.view();
    indices.forEach((sample, row) => {
      rows.set(values.subarray(sample * width, (sample + 1) * width), row * width);
    });
  };
}

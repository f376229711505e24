import type { Kernels } from '@hebblab/wasm';
import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { buildOwning } from '../owned-parts.js';
import type { Samples } from '../samples.js';
import type { NetworkPenalty, NetworkPenaltyContext } from './network-penalty.js';
import { type BatchObjective, penalisedCrossEntropy } from './objective.js';
import type { OpenNetwork } from './open-network.js';
import { openRowBatches } from './row-batches.js';
import { inOrder } from './validation-split.js';

/** An objective that holds memory until it is disposed of. */
export interface TrainingLossObjective extends BatchObjective {
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * What a network was trained to lower, mean cross-entropy plus penalties, as an objective of attacks (the authors of
 * arXiv 2211.01236 attack it). Penalties that look at the training set are shown `samples`, once.
 *
 * @param settings.batchSize of the training: it is what penalties expect; open the network with this capacity
 * @example
 * using loss = trainingLossObjective(kernels, open, [isometryPenalty(settings)], train, { batchSize: 100, seed: 1 });
 * const gradient = open.objectiveGradient(images, labels, count, loss);
 */
export function trainingLossObjective(
  kernels: Kernels,
  open: OpenNetwork,
  penalties: readonly NetworkPenalty[],
  samples: Samples,
  { batchSize, seed }: { readonly batchSize: number; readonly seed: number },
): TrainingLossObjective {
  return buildOwning((own, dispose) => {
    const context: NetworkPenaltyContext = {
      architecture: open.architecture,
      kernels,
      samples,
      batchSize,
      seed,
      forEachBatch(size, visit) {
        using batches = openRowBatches(kernels, samples, size);
        const all = Uint32Array.from({ length: samples.count }, (_, image) => image);
        const plan = inOrder(samples.images, all, size);
        for (let index = 0; index < plan.batchCount; index++) {
          batches.withBatch(plan, index, ({ rows, labels }) =>
            tidy(() => visit(open.run(rows, tensor1d(Int32Array.from(labels), 'int32')))),
          );
        }
      },
    };
    const running = penalties.map((penalty) => own(penalty.start(context)));
    for (const penalty of running) penalty.beforeEpoch?.(1);
    return { ...penalisedCrossEntropy(running), dispose, [Symbol.dispose]: dispose };
  });
}

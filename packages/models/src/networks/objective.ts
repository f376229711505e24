import { add, mul, type Scalar, scalar, sum, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { crossEntropies, meanCrossEntropy, type NetworkPass } from './network-pass.js';
import type { RunningNetworkPenalty } from './network-penalty.js';

/** What an open network can be asked to differentiate by its inputs; all but the last by sample. */
export type NetworkObjective =
  /** -log softmax(z)[label], nats. */
  | 'cross-entropy'
  /** max_{j != label} z_j - z_label: above 0 where the label loses. The first of equals is the largest. */
  | 'margin'
  | BatchObjective;

/**
 * A scalar of a whole batch, the mean over its samples where it has terms by sample. Samples are taken together, in
 * order, as many as the open network's capacity: here, and only here, a sample's gradient depends on its neighbours.
 */
export interface BatchObjective {
  readonly kind: 'batch';
  /** Made by operations of tfjs-core. */
  value(pass: NetworkPass): Scalar;
}

/** The sum of an objective over the `count` samples of a pass, on the tape. */
export function sumOfObjective(objective: NetworkObjective, pass: NetworkPass, count: number): Scalar {
  const { logits, labels } = pass;
  if (objective === 'cross-entropy') return sum(crossEntropies(logits, labels));
  if (objective === 'margin') return weightedSum(logits, marginWeights(pass));
  return mul(objective.value(pass), scalar(count)) as Scalar;
}

/** sum_c weights_c z_c over all samples, weights [count, classes], on the tape. */
export function weightedSum(logits: Tensor2D, weights: Float32Array): Scalar {
  return sum(mul(logits, tensor2d(weights, logits.shape)));
}

/**
 * The mean cross-entropy and penalties of the batch, of penalties that were started already; `trainingLossObjective`
 * starts them.
 *
 * @example
 * const gradient = open.objectiveGradient(images, labels, count, penalisedCrossEntropy([running]));
 */
export function penalisedCrossEntropy(penalties: readonly RunningNetworkPenalty[]): BatchObjective {
  return {
    kind: 'batch',
    value: (pass) =>
      penalties.reduce<Scalar>(
        (total, penalty) => add(total, penalty.value(pass, 0)),
        meanCrossEntropy(pass.logits, pass.labels),
      ),
  };
}

/** The margin's derivatives by the logits, [count, classes]; found outside the tape, as they are constants. */
function marginWeights({ logits, labels }: NetworkPass): Float32Array {
  const [count, classes] = logits.shape;
  const values = logits.dataSync();
  const weights = new Float32Array(count * classes);
  labels.dataSync().forEach((label, row) => {
    let best = label === 0 ? 1 : 0;
    for (let unit = best + 1; unit < classes; unit++) {
      if (
        unit !== label &&
        (values[row * classes + unit] as number) > (values[row * classes + best] as number)
      )
        best = unit;
    }
    weights[row * classes + label] = -1;
    weights[row * classes + best] = 1;
  });
  return weights;
}

import {
  add,
  clone,
  cumsum,
  customGrad,
  exp,
  type GradConfig,
  LogSoftmax,
  mul,
  neg,
  reshape,
  Softmax,
  type SoftmaxAttrs,
  softmax,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { asFloat, attributes, inputsOf, only, saving } from './config.js';

/**
 * Softmax, its logarithm and the cross-entropy of it. 1 - p and p - y are never taken as differences, which round to
 * 0 where the network is sure, but summed from the other classes.
 *
 * tf.logSoftmax and tf.losses.softmaxCrossEntropy are no kernels but functions with a customGrad, whose gradients
 * use a saved output that the tape does not connect with the logits. The tape files such a function under the name
 * of its scope, and takes the gradient registered for that name instead.
 */
export const softmaxFamily: GradConfig[] = [
  saving(Softmax, ['logits'], (dy, [logits], attrs) => {
    const { dim } = attributes<SoftmaxAttrs>(attrs);
    return { logits: () => softmaxGradient(dy, softmax(asFloat(logits), dim)) };
  }),
  saving(LogSoftmax, ['logits'], (dy, [logits]) => ({
    logits: () => logSoftmaxGradient(dy, softmax(asFloat(logits))),
  })),
  {
    kernelName: 'logSoftmax__op',
    gradFunc: (dy, saved) => {
      const { 0: logits } = inputsOf(saved);
      const [logProbabilities] = saved;
      return { 0: () => logSoftmaxGradient(only(dy), softmaxOf(logits, exp(logProbabilities))) };
    },
  },
  {
    kernelName: 'softmaxCrossEntropy__op',
    gradFunc: (dy, saved) => {
      const { 1: logits } = inputsOf(saved);
      const [savedLabels, logProbabilities] = saved;
      const labels = asFloat(savedLabels);
      const weights = reshape(only(dy), [...only(dy).shape, 1]);
      return {
        0: () => neg(mul(weights, logSoftmaxOf(logits, logProbabilities))),
        1: () => {
          const probabilities = softmaxOf(logits, exp(logProbabilities));
          const gradient = sub(
            mul(probabilities, sumOfOthers(labels)),
            mul(labels, sumOfOthers(probabilities)),
          );
          return mul(weights, gradient);
        },
      };
    },
  },
];

/** p_i (dy_i - sum_j p_j dy_j), with dy_i (1 - p_i) and the sum over the others apart. */
function softmaxGradient(dy: Tensor, probabilities: Tensor): Tensor {
  const own = mul(dy, sumOfOthers(probabilities));
  return mul(probabilities, sub(own, sumOfOthers(mul(probabilities, dy))));
}

/** dy_i - p_i sum_j dy_j, with the sum over the others apart. */
function logSoftmaxGradient(dy: Tensor, probabilities: Tensor): Tensor {
  return sub(mul(dy, sumOfOthers(probabilities)), mul(probabilities, sumOfOthers(dy)));
}

/** For each element the sum of the others in its row (last axis), without taking it out of the whole sum. */
function sumOfOthers(x: Tensor): Tensor {
  const axis = x.rank - 1;
  return add(cumsum(x, axis, true, false), cumsum(x, axis, true, true));
}

/**
 * The softmax of logits, given its values, so that its gradient leads back to the logits. These may be disposed of
 * by now: a tape needs of its inputs their identity alone.
 */
function softmaxOf(logits: Tensor, values: Tensor): Tensor {
  return customGrad((_logits, save) => {
    const probabilities = clone(values);
    if (typeof save === 'function') save([probabilities]);
    return {
      value: probabilities,
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => softmaxGradient(dy, softmaxOf(logits, saved)),
    };
  })(logits);
}

/** The logarithm of the softmax of logits, given its values; see softmaxOf. */
function logSoftmaxOf(logits: Tensor, values: Tensor): Tensor {
  return customGrad((_logits, save) => {
    const logProbabilities = clone(values);
    if (typeof save === 'function') save([logProbabilities]);
    return {
      value: logProbabilities,
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => logSoftmaxGradient(dy, softmaxOf(logits, exp(saved))),
    };
  })(logits);
}

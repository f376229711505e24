import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { convolution } from './convolution.js';
import { functions } from './functions.js';
import { images } from './images.js';
import { indexing } from './indexing.js';
import { normalisation } from './normalisation.js';
import { pooling } from './pooling.js';
import { products } from './products.js';
import { reductions } from './reductions.js';
import { selection } from './selection.js';
import { shapes } from './shapes.js';
import { softmaxFamily } from './softmax.js';
import { steps } from './steps.js';

/**
 * Registers our gradients with tfjs-core, over those that are there. tfjs-core keeps one registry for all of its
 * copies in a process, and the last one to register wins without a word: call this again after importing another
 * copy. Any number of calls do the same as one.
 *
 * Each gradient is right to second order (and further, where the functions are smooth), also where tfjs's own is not
 * (Tanh, Sigmoid, Exp, Elu, Softmax, tf.logSoftmax, tf.losses.softmaxCrossEntropy) or does not exist (comparisons,
 * Conv2DBackpropFilter, MaxPoolGrad, Cumprod, TopK...); in plain Node tfjs-core registers none at all.
 *
 * Float32 holds gradients down to 1.2e-38 (with fewer digits to 1e-45): those of a saturated tanh or sigmoid, of
 * softmax and of its cross-entropy are computed without differences of nearly equal numbers, and keep all their
 * digits until there, |x| = 43 for tanh and 87 for sigmoid. What is smaller is 0.
 *
 * Not to be mended from here: tf.logSigmoid fails where its argument was computed within the function that is
 * differentiated (use -softplus(-x)), and tf.batchNorm where scale or offset is left out.
 *
 * @example
 * registerGradients();
 * tf.grad((x) => tf.sum(tf.tanh(x)))(tf.tensor1d([0, 20])).print(); // [1, 1.7e-17]
 */
export function registerGradients(): void {
  for (const gradient of gradients) {
    if (getGradient(gradient.kernelName) === gradient) continue;
    // Registering over another prints a warning in tfjs-core's debug mode.
    if (getGradient(gradient.kernelName) !== undefined) unregisterGradient(gradient.kernelName);
    registerGradient(gradient);
  }
}

const gradients: GradConfig[] = [
  ...arithmetic,
  ...functions,
  ...activations,
  ...steps,
  ...selection,
  ...products,
  ...convolution,
  ...pooling,
  ...reductions,
  ...softmaxFamily,
  ...shapes,
  ...indexing,
  ...images,
  ...normalisation,
];

import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { convolution } from './convolution.js';
import { functions } from './functions.js';
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
 * Conv2DBackpropFilter, MaxPoolGrad); in plain Node tfjs-core registers none at all.
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
  ...normalisation,
];

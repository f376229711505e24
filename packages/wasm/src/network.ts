import type { Float32Buffer, Uint32Buffer } from './arrays.js';
import { expectInteger, expectShape, matrixSizes } from './check.js';
import type { Kernels } from './open.js';

/**
 * Adds a bias to every row, in place.
 *
 * @param matrix [rows, columns]
 * @param bias [columns]
 * @throws where shapes do not fit
 * @example
 * addRowBias(kernels, logits, bias);
 */
export function addRowBias(kernels: Kernels, matrix: Float32Buffer, bias: Float32Buffer): void {
  const [rows, columns] = matrixSizes('addRowBias', 'matrix', matrix);
  expectShape('addRowBias', 'matrix', kernels, matrix, [rows, columns]);
  expectShape('addRowBias', 'bias', kernels, bias, [columns]);
  kernels.raw.addRowBias(matrix.offset, rows, columns, bias.offset);
}

/**
 * The sum of each column: the gradient of a bias.
 *
 * @param matrix [rows, columns]
 * @param out [columns]
 * @throws where shapes do not fit
 * @example
 * columnSums(kernels, logitsGradient, biasGradient);
 */
export function columnSums(kernels: Kernels, matrix: Float32Buffer, out: Float32Buffer): void {
  const [rows, columns] = matrixSizes('columnSums', 'matrix', matrix);
  expectShape('columnSums', 'matrix', kernels, matrix, [rows, columns]);
  expectShape('columnSums', 'out', kernels, out, [columns]);
  kernels.raw.columnSums(matrix.offset, rows, columns, out.offset);
}

/**
 * max(z, 0)^power, in place (Krotov & Hopfield 2019: power n = 4.5; 1 is the plain ReLU).
 *
 * @param power > 0
 * @throws where the power is out of range
 * @example
 * reluPower(kernels, preactivations, 4.5);
 */
export function reluPower(kernels: Kernels, values: Float32Buffer, power: number): void {
  expectPower('reluPower', power);
  expectShape('reluPower', 'values', kernels, values, values.shape);
  kernels.raw.reluPower(values.offset, values.length, power);
}

/**
 * Multiplies a gradient by the derivative power z^(power-1) where z > 0, else 0, in place.
 *
 * @param preactivations z, any shape
 * @param gradient of the same shape
 * @throws where the shapes differ or the power is out of range
 * @example
 * reluPowerBackward(kernels, preactivations, 4.5, gradient);
 */
export function reluPowerBackward(
  kernels: Kernels,
  preactivations: Float32Buffer,
  power: number,
  gradient: Float32Buffer,
): void {
  expectPower('reluPowerBackward', power);
  expectShape('reluPowerBackward', 'preactivations', kernels, preactivations, preactivations.shape);
  expectShape('reluPowerBackward', 'gradient', kernels, gradient, preactivations.shape);
  kernels.raw.reluPowerBackward(preactivations.offset, gradient.offset, gradient.length, power);
}

/** Arrays of a softmax cross-entropy. */
export interface SoftmaxCrossEntropy {
  /** [count, classes] */
  readonly logits: Float32Buffer;
  /** [count], each below `classes`. */
  readonly labels: Uint32Buffer;
  /** Receives each sample's loss in nats, [count]. */
  readonly losses: Float32Buffer;
  /** Receives (softmax - one-hot) * gradientScale, [count, classes]. */
  readonly gradient: Float32Buffer;
  /** 1 / count for the gradient of the mean, 1 for each sample's own. */
  readonly gradientScale: number;
}

/**
 * Softmax cross-entropy by log-sum-exp, with its gradient by the logits.
 *
 * @returns the mean loss in nats
 * @throws where shapes do not fit, a label is out of range or a logit is not finite
 * @example
 * const loss = softmaxCrossEntropy(kernels, { logits, labels, losses, gradient, gradientScale: 1 / 100 });
 */
export function softmaxCrossEntropy(kernels: Kernels, arrays: SoftmaxCrossEntropy): number {
  const operation = 'softmaxCrossEntropy';
  const { logits, labels, losses, gradient, gradientScale } = arrays;
  const [count, classes] = matrixSizes(operation, 'logits', logits);
  expectShape(operation, 'logits', kernels, logits, [count, classes]);
  expectShape(operation, 'labels', kernels, labels, [count]);
  expectShape(operation, 'losses', kernels, losses, [count]);
  expectShape(operation, 'gradient', kernels, gradient, [count, classes]);
  const { raw } = kernels;
  return raw.softmaxCrossEntropy(
    logits.offset,
    labels.offset,
    count,
    classes,
    gradientScale,
    losses.offset,
    gradient.offset,
  );
}

/** Settings of Adam (Kingma & Ba 2015, algorithm 1). */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** A parameter with what Adam keeps of it; all of one shape. */
export interface AdamState {
  readonly parameters: Float32Buffer;
  readonly gradient: Float32Buffer;
  readonly firstMoment: Float32Buffer;
  readonly secondMoment: Float32Buffer;
}

/**
 * One step of Adam, in place.
 *
 * @param step 1 for the first step
 * @throws where shapes differ or a setting is out of range
 * @example
 * adamStep(kernels, { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, 1, state);
 */
export function adamStep(kernels: Kernels, settings: AdamSettings, step: number, state: AdamState): void {
  const { parameters, gradient, firstMoment, secondMoment } = state;
  expectInteger('adamStep', 'step', step, 1, 2 ** 32 - 1);
  expectShape('adamStep', 'parameters', kernels, parameters, parameters.shape);
  expectShape('adamStep', 'gradient', kernels, gradient, parameters.shape);
  expectShape('adamStep', 'firstMoment', kernels, firstMoment, parameters.shape);
  expectShape('adamStep', 'secondMoment', kernels, secondMoment, parameters.shape);
  kernels.raw.adamStep(
    settings.learningRate,
    settings.beta1,
    settings.beta2,
    settings.epsilon,
    step,
    parameters.offset,
    gradient.offset,
    firstMoment.offset,
    secondMoment.offset,
    parameters.length,
  );
}

function expectPower(operation: string, power: number): void {
  if (!(power > 0 && Number.isFinite(power)))
    throw new Error(`${operation}: expected a power > 0, got ${power}`);
}

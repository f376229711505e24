import type { CheckedGradients } from './evaluation.js';
import type { NumberedImages } from './image-set.js';
import { type CustomObjective, type Objective, strongestRival, targetClass } from './objective.js';

/**
 * The gradient of an objective by the inputs, [count, inputs], from whatever the classifier offers: its own
 * `objectiveGradient` or `logitsGradient`, its Jacobian, or cross-entropy gradients at several labels. The last works because the
 * cross-entropy gradient at label c is m - dz_c/dx with the same m for every c: gradients at two labels differ by the
 * gradients of the two logits, exactly, however small the softmax has become.
 */
export async function objectiveGradient(
  gradients: CheckedGradients,
  batch: NumberedImages,
  objective: Objective,
): Promise<Float32Array> {
  switch (objective.kind) {
    case 'cross-entropy':
      return lossGradient(gradients, batch, batch.labels);
    case 'margin':
      return marginGradient(gradients, batch, batch.labels);
    case 'targeted cross-entropy':
      return negated(await lossGradient(gradients, batch, targetsOf(gradients, batch, objective.target)));
    case 'targeted margin':
      return negated(await marginGradient(gradients, batch, targetsOf(gradients, batch, objective.target)));
    case 'custom':
      return customGradient(gradients, batch, objective);
  }
}

function lossGradient(
  { classifier, answer }: CheckedGradients,
  { images, imageNumbers }: NumberedImages,
  labels: Uint8Array,
): Promise<Float32Array> {
  const count = imageNumbers.length;
  const values = classifier.lossGradient(images.slice(), labels.slice(), count);
  return answer('loss gradients', imageNumbers, classifier.inputs, 1, values);
}

/** Of max_{j != label} z_j - z_label. */
async function marginGradient(
  gradients: CheckedGradients,
  batch: NumberedImages,
  labels: Uint8Array,
): Promise<Float32Array> {
  const { classifier } = gradients;
  if (classifier.objectiveGradient !== undefined) {
    const { images, imageNumbers } = batch;
    const count = imageNumbers.length;
    const values = classifier.objectiveGradient(images.slice(), labels.slice(), count, 'margin');
    return gradients.answer('margin gradients', imageNumbers, classifier.inputs, 1, values);
  }
  const logits = await gradients.logits(batch.images, batch.imageNumbers);
  const { classes } = classifier;
  const rivals = labels.map((label, row) =>
    strongestRival(logits.subarray(row * classes, (row + 1) * classes), label),
  );
  const atLabels = await lossGradient(gradients, batch, labels);
  const atRivals = await lossGradient(gradients, batch, rivals);
  return atLabels.map((value, i) => value - (atRivals[i] as number));
}

async function customGradient(
  gradients: CheckedGradients,
  batch: NumberedImages,
  objective: CustomObjective,
): Promise<Float32Array> {
  const { classifier } = gradients;
  const weights = await logitsWeights(gradients, batch, objective);
  if (classifier.logitsGradient !== undefined) {
    const { images, imageNumbers } = batch;
    const values = classifier.logitsGradient(images.slice(), weights.slice(), imageNumbers.length);
    return gradients.answer('logits gradients', imageNumbers, classifier.inputs, 1, values);
  }
  if (classifier.jacobian !== undefined) return weightedJacobian(gradients, batch, weights);
  return weightedLossGradients(gradients, batch, weights, objective.name);
}

async function weightedJacobian(
  { operation, classifier, answer }: CheckedGradients,
  { images, imageNumbers }: NumberedImages,
  weights: Float32Array,
): Promise<Float32Array> {
  const { inputs, classes } = classifier;
  const count = imageNumbers.length;
  if (classifier.jacobian === undefined) {
    throw new Error(`${operation}: expected a classifier with jacobian, got one without`);
  }
  const jacobian = await answer(
    'Jacobians',
    imageNumbers,
    classes * inputs,
    classes,
    classifier.jacobian(images.slice(), count),
  );
  const sums = new Float64Array(count * inputs);
  for (let pair = 0; pair < count * classes; pair++) {
    const weight = weights[pair] as number;
    const to = Math.floor(pair / classes) * inputs;
    for (let i = 0; i < inputs; i++) {
      sums[to + i] = (sums[to + i] as number) + weight * (jacobian[pair * inputs + i] as number);
    }
  }
  return Float32Array.from(sums);
}

/** sum_c w_c dz_c/dx = -sum_c w_c g_c for weights that sum to 0, g_c the cross-entropy gradient at label c. */
async function weightedLossGradients(
  gradients: CheckedGradients,
  batch: NumberedImages,
  weights: Float32Array,
  name: string,
): Promise<Float32Array> {
  const { inputs, classes } = gradients.classifier;
  const count = batch.imageNumbers.length;
  for (let row = 0; row < count; row++) {
    const ofRow = weights.subarray(row * classes, (row + 1) * classes);
    const sum = ofRow.reduce((a, b) => a + b, 0);
    const size = ofRow.reduce((a, b) => a + Math.abs(b), 0);
    if (Math.abs(sum) > 1e-5 * size) {
      throw new Error(
        `${gradients.operation}: expected a classifier with logitsGradient or jacobian for the objective ${name}, whose derivatives by the logits do not sum to 0, got one without`,
      );
    }
  }
  const sums = new Float64Array(count * inputs);
  for (let label = 0; label < classes; label++) {
    const gradient = await lossGradient(gradients, batch, new Uint8Array(count).fill(label));
    for (let i = 0; i < sums.length; i++) {
      const weight = weights[Math.floor(i / inputs) * classes + label] as number;
      sums[i] = (sums[i] as number) - weight * (gradient[i] as number);
    }
  }
  return Float32Array.from(sums);
}

async function logitsWeights(
  { operation, classifier: { classes }, logits }: CheckedGradients,
  { images, labels, imageNumbers }: NumberedImages,
  objective: CustomObjective,
): Promise<Float32Array> {
  const answer = await logits(images, imageNumbers);
  const weights = new Float32Array(answer.length);
  labels.forEach((label, row) => {
    const ofRow = objective.logitsGradient(answer.slice(row * classes, (row + 1) * classes), label);
    if (ofRow.length !== classes || !Array.from(ofRow).every(Number.isFinite)) {
      throw new Error(
        `${operation}: expected ${classes} finite derivatives from the objective ${objective.name}, got ${Array.from(ofRow).join(', ')}`,
      );
    }
    weights.set(ofRow, row * classes);
  });
  return weights;
}

function targetsOf(
  { operation, classifier }: CheckedGradients,
  { labels, imageNumbers }: NumberedImages,
  target: Parameters<typeof targetClass>[1],
): Uint8Array {
  return labels.map((label, row) =>
    targetClass(operation, target, label, imageNumbers[row] as number, classifier.classes),
  );
}

function negated(values: Float32Array): Float32Array {
  return values.map((value) => -value);
}

import type { Classifier, DifferentiableClassifier } from './classifier.js';

/**
 * Transfer: a classifier whose answers are the model's and whose gradients are a twin's. Any attack with gradients then
 * makes its adversarials on the twin, and is judged by the model; images that the model gets wrong from the start are
 * left out. An attack that looks at the logits on its way (restarts, early stops, second order, minimal norm) looks at the
 * model's, which only makes it stronger. If a transfer attack beats the white-box one, the model's own gradients are
 * masked.
 *
 * @throws Error where the two differ in inputs, classes or bounds.
 *
 * @example
 * const transfer = transferClassifier({ model, twin: plainModel });
 * const { images: judged } = await criticalDistances(transfer, pgd(settings), request);
 */
export function transferClassifier({
  model,
  twin,
}: {
  readonly model: Classifier;
  readonly twin: DifferentiableClassifier;
}): DifferentiableClassifier {
  const { inputs, classes, bounds } = model;
  if (twin.inputs !== inputs || twin.classes !== classes) {
    throw new Error(
      `transferClassifier: expected a twin of ${inputs} inputs and ${classes} classes, got ${twin.inputs} and ${twin.classes}`,
    );
  }
  const boundsOf = (classifier: Classifier) =>
    classifier.bounds.kind === 'box' ? `[${classifier.bounds.lower}, ${classifier.bounds.upper}]` : 'none';
  if (boundsOf(twin) !== boundsOf(model)) {
    throw new Error(
      `transferClassifier: expected a twin with the bounds ${boundsOf(model)}, got ${boundsOf(twin)}`,
    );
  }
  const { objectiveGradient, logitsGradient, jacobian, hessianVectorProduct } = twin;
  return {
    inputs,
    classes,
    bounds,
    logits: (images, count) => model.logits(images, count),
    lossGradient: (images, labels, count) => twin.lossGradient(images, labels, count),
    ...(objectiveGradient && { objectiveGradient: objectiveGradient.bind(twin) }),
    ...(logitsGradient && { logitsGradient: logitsGradient.bind(twin) }),
    ...(jacobian && { jacobian: jacobian.bind(twin) }),
    ...(hessianVectorProduct && { hessianVectorProduct: hessianVectorProduct.bind(twin) }),
  };
}

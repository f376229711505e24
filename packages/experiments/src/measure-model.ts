import { predictedClass } from '@hebblab/attacks';
import { normalisedImages, type OpenModel } from '@hebblab/models';
import type { MeasurementConfig } from './config.js';
import { measureAttacks } from './measurements/attacks.js';
import type { MeasureContext } from './measurements/context.js';
import { measureJacobian, measureLandscape } from './measurements/geometry.js';
import { measureCrossValidatedSpectrum, measureSubPopulations } from './measurements/populations.js';
import { measureSpectra } from './measurements/spectra.js';
import type { StoredModel } from './open-stored-model.js';
import type { MeasurementResults, ModelResult } from './results.js';

/**
 * Accuracy on the test images, spectra of the pre-activations on images and on noise, each attack, and whatever else
 * the run measures.
 *
 * @example
 * const result = await measureModel(context, await openStoredModel(kernels, bytes, config, {}, { capacity: 500, source }));
 */
export async function measureModel(
  context: MeasureContext,
  stored: StoredModel,
): Promise<Omit<ModelResult, 'layer'>> {
  const { test, model, onProgress } = context;
  const { open } = stored;
  const measuring = (what: string) => onProgress({ kind: 'measuring', model, what });
  measuring('accuracy');
  const inputs = normalisedImages(test, test.count);
  const accuracy = accuracyOf(open, inputs, test.images.labels);
  measuring('spectra');
  const spectrum = measureSpectra(context, open);
  const attacks = await measureAttacks(context, open);
  const others = await otherMeasurements(context, stored);
  return { accuracy, ...attacks, spectrum, ...others };
}

/**
 * Share of inputs [count, inputs] whose predicted class is their label.
 *
 * @example
 * const accuracy = accuracyOf(open, normalisedImages(test, test.count), test.images.labels);
 */
export function accuracyOf(open: OpenModel, inputs: Float32Array, labels: Uint8Array): number {
  const logits = open.logits(inputs, labels.length);
  let correct = 0;
  labels.forEach((label, sample) => {
    if (predictedClass(logits, open.classes, sample) === label) correct += 1;
  });
  return correct / labels.length;
}

async function otherMeasurements(
  context: MeasureContext,
  stored: StoredModel,
): Promise<Pick<ModelResult, 'measurements'>> {
  let results: MeasurementResults = {};
  for (const measurement of context.measurements) {
    context.onProgress({ kind: 'measuring', model: context.model, what: measurement.kind });
    results = { ...results, ...(await measureOne(context, stored, measurement)) };
  }
  return Object.keys(results).length === 0 ? {} : { measurements: results };
}

async function measureOne(
  context: MeasureContext,
  { open, asNetwork, openUnpruned }: StoredModel,
  measurement: MeasurementConfig,
): Promise<MeasurementResults> {
  switch (measurement.kind) {
    case 'unpruned-spectra': {
      if (openUnpruned === undefined) return {};
      using unpruned = openUnpruned();
      return { 'unpruned-spectra': measureSpectra(context, unpruned) };
    }
    case 'sub-populations':
      return { 'sub-populations': measureSubPopulations(context, open) };
    case 'cross-validated-spectrum':
      return { 'cross-validated-spectrum': measureCrossValidatedSpectrum(context, open, measurement) };
    case 'jacobian': {
      if (asNetwork.kind === 'none') return {};
      using network = await asNetwork.open();
      return { jacobian: measureJacobian(context, network, measurement) };
    }
    case 'landscape': {
      if (asNetwork.kind === 'none') return {};
      using network = await asNetwork.open();
      return measureLandscape(context, network, asNetwork.model(), measurement);
    }
  }
}

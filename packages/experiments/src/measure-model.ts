import { normalisedImages } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import { accuracyOf } from './accuracy-of.js';
import type { MeasurementConfig } from './config.js';
import type { MeasurementResults } from './measurement-results.js';
import { measureAdversarialError } from './measurements/adversarial-error.js';
import { measureAttacks } from './measurements/attacks.js';
import { measureAudit } from './measurements/audit.js';
import type { MeasureContext } from './measurements/context.js';
import { measureFixedBudget } from './measurements/fixed-budget.js';
import { measureJacobian, measureLandscape } from './measurements/geometry.js';
import { measureHierarchy } from './measurements/hierarchy.js';
import { measureIsometry } from './measurements/isometry.js';
import { measureCrossValidatedSpectrum, measureSubPopulations } from './measurements/populations.js';
import {
  measureActivationSaturation,
  measureJacobianPaths,
  measureLayerSimilarity,
  measureWeightKurtosis,
} from './measurements/saturation.js';
import { measureSpectra } from './measurements/spectra.js';
import type { StoredModel } from './open-stored-model.js';
import type { ModelResult } from './results.js';

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
): Promise<Omit<ModelResult, 'layer' | 'sha256' | 'twinSha256'>> {
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
  stored: StoredModel,
  measurement: MeasurementConfig,
): Promise<MeasurementResults> {
  const { open, asNetwork, openUnpruned, config } = stored;
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
    case 'fixed-budget':
      return measureFixedBudget(context, stored, measurement);
    case 'isometry': {
      if (asNetwork.kind === 'none') return {};
      using network = await asNetwork.open();
      return await measureIsometry(context, network, config, measurement);
    }
    case 'hierarchy': {
      if (asNetwork.kind === 'none') return {};
      using network = await asNetwork.open();
      return measureHierarchy(context, network, config, measurement);
    }
    case 'audit':
      if (asNetwork.kind === 'none') return {};
      return { audit: await measureAudit(context, asNetwork.model(), measurement) };
    case 'weight-kurtosis':
      if (asNetwork.kind === 'none') return {};
      return { 'weight-kurtosis': measureWeightKurtosis(asNetwork.model()) };
    case 'adversarial-error':
    case 'layer-similarity':
    case 'jacobian-paths':
    case 'activation-saturation': {
      if (asNetwork.kind === 'none') return {};
      using network = await asNetwork.open();
      return await measureNetwork(context, network, measurement);
    }
  }
}

async function measureNetwork(
  context: MeasureContext,
  network: OpenNetwork,
  measurement: Extract<
    MeasurementConfig,
    { kind: 'adversarial-error' | 'layer-similarity' | 'jacobian-paths' | 'activation-saturation' }
  >,
): Promise<MeasurementResults> {
  switch (measurement.kind) {
    case 'adversarial-error':
      return { 'adversarial-error': await measureAdversarialError(context, network, measurement) };
    case 'layer-similarity':
      return { 'layer-similarity': measureLayerSimilarity(context, network, measurement) };
    case 'jacobian-paths':
      return { 'jacobian-paths': measureJacobianPaths(context, network, measurement) };
    case 'activation-saturation':
      return { 'activation-saturation': measureActivationSaturation(context, network, measurement) };
  }
}

import type { NetworkPass, NetworkPenalty, NetworkPenaltyContext } from '@hebblab/models/networks';
import { allocateFloat64, symmetricEigen } from '@hebblab/wasm';
import { keep, mul, type Scalar, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { expectPositive, expectWeight, expectWhole } from '../expect.js';
import { asRows, expectHiddenLayer, type HiddenLayer, hiddenLayerOf } from './hidden-layers.js';
import { type PowerLaw, spectralDeviation } from './spectral-deviation.js';
import { trainingCovariance } from './training-covariance.js';

/** What the spectral penalties share. */
export interface PublishedSpectralSettings {
  /** beta >= 0; 1 to 5 in Nassar et al. 2020. */
  readonly weight: number;
  /** s > 0 of the power law n^-s that is asked for; 1 in Nassar et al. 2020. */
  readonly slope: number;
  /** A dense one. */
  readonly layer: HiddenLayer;
}

/** Settings of the penalty of Nassar et al. 2020. */
export interface SpectralSettings extends PublishedSpectralSettings {
  /** Index, from 0, of the eigenvalue that the power law goes through; those after it are penalised. 10 there. */
  readonly tau: number;
}

/**
 * Asks the spectrum of a hidden layer's covariance to fall as n^-s (Nassar et al. 2020, "On 1/n neural representation
 * and robustness"): weight / width * the sum over n > tau with lambda_n > 0 of (q - 1)^2 + max(0, q - 1),
 * q = lambda_n / gamma_n, gamma_n = lambda_tau ((tau + 1) / (n + 1))^s, n from 0, lambda_tau a constant for the gradient.
 *
 * The lambda are the variances of a batch's post-activations along the eigenvectors of their covariance over all
 * training samples, sorted; the eigenvectors are found anew before each epoch. Right to second order.
 *
 * @throws where a setting is out of range, the layer is not dense, or a batch has fewer than 1.25 samples a unit
 * @example
 * const penalties = [spectralPenalty({ weight: 1, slope: 1, tau: 10, layer: 0 })];
 */
export function spectralPenalty(settings: SpectralSettings): NetworkPenalty {
  const operation = 'spectralPenalty';
  expectSpectrum(operation, settings);
  expectWhole(operation, 'tau', settings.tau, 0);
  const { tau, slope } = settings;
  return {
    name: 'specreg',
    start(context) {
      const width = widthOf(operation, context, settings.layer);
      if (tau >= width - 1)
        throw new Error(`${operation}: expected tau below ${width - 1} of ${width} units, got ${tau}`);
      expectLargeBatch(operation, context.batchSize, width);
      const running = startSpectral(operation, context, width, settings, {
        values: 'activations',
        law: { kind: 'through eigenvalue', index: tau, slope },
      });
      return {
        ...running,
        value(pass) {
          expectLargeBatch(operation, pass.inputs.shape[0], width);
          return running.value(pass);
        },
      };
    },
  };
}

/**
 * SpecReg as arXiv 2405.00679 trained it: {@link spectralPenalty} on the pre-activations, of all eigenvalues above 0,
 * with gamma_n = n^-s, n from 1. Batches may be smaller than the layer.
 *
 * @throws where a setting is out of range or the layer is not dense
 * @example
 * const penalties = [spectralPenaltyPublished({ weight: 1, slope: 1, layer: 0 })];
 */
export function spectralPenaltyPublished(settings: PublishedSpectralSettings): NetworkPenalty {
  const operation = 'spectralPenaltyPublished';
  expectSpectrum(operation, settings);
  return {
    name: 'specreg-published',
    start: (context) =>
      startSpectral(operation, context, widthOf(operation, context, settings.layer), settings, {
        values: 'preactivations',
        law: { kind: 'from one', slope: settings.slope },
      }),
  };
}

interface SpectralForm {
  readonly values: 'activations' | 'preactivations';
  readonly law: PowerLaw;
}

function startSpectral(
  operation: string,
  context: NetworkPenaltyContext,
  width: number,
  { weight, layer }: PublishedSpectralSettings,
  { values, law }: SpectralForm,
) {
  const { kernels } = context;
  const rowsOf = (pass: NetworkPass) => asRows(hiddenLayerOf(operation, pass, layer)[values]);
  let basis: Tensor2D | undefined;
  return {
    beforeEpoch(): void {
      using matrix = allocateFloat64(kernels, [width, width]);
      trainingCovariance(kernels, context, rowsOf, matrix);
      const { vectors } = symmetricEigen(kernels, matrix);
      basis?.dispose();
      basis = keep(tensor2d(Float32Array.from(vectors), [width, width]));
    },
    value(pass: NetworkPass): Scalar {
      if (basis === undefined)
        throw new Error(`${operation}: expected beforeEpoch to be called before value, got no eigenvectors`);
      return mul(spectralDeviation(rowsOf(pass), basis, law), weight);
    },
    dispose(): void {
      basis?.dispose();
      basis = undefined;
    },
  };
}

function expectSpectrum(operation: string, { weight, slope }: PublishedSpectralSettings): void {
  expectWeight(operation, weight);
  expectPositive(operation, 'slope', slope);
}

function widthOf(operation: string, { architecture }: NetworkPenaltyContext, layer: HiddenLayer): number {
  expectHiddenLayer(operation, architecture, layer);
  const hidden = architecture.layers
    .filter((spec) => spec.kind === 'dense' || spec.kind === 'convolution')
    .slice(0, -1);
  const chosen = layer === 'last' ? hidden.at(-1) : hidden[layer];
  if (chosen?.kind === 'dense') return chosen.units;
  throw new Error(`${operation}: expected a dense layer, got layer ${layer}, a ${chosen?.kind}`);
}

/** Below 1.25 samples a unit the small eigenvalues of a batch say little of those of the training set. */
function expectLargeBatch(operation: string, count: number, width: number): void {
  const least = Math.ceil(1.25 * width);
  if (count < least)
    throw new Error(
      `${operation}: expected batches of at least ${least} samples (1.25 for each of ${width} units), the last one too, got one of ${count}`,
    );
}

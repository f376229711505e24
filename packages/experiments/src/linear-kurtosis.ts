import {
  excessKurtosis,
  generalisedGaussianKurtosis,
  generalisedGaussianNormRatio,
  linearError,
  linearErrorTheory,
  normRatio,
  sampleGeneralisedGaussian,
} from '@hebblab/analysis';
import { type Kernels, randomNormal, randomUniform } from '@hebblab/wasm';
import type { ExperimentConfig } from './config.js';
import type { ExperimentResults, LinearKurtosisResult } from './measurement-results.js';

/** The experiments of a run, which no model is needed for. */
export function runExperiments(
  kernels: Kernels,
  seed: number,
  experiments: readonly ExperimentConfig[],
): ExperimentResults {
  return Object.fromEntries(
    experiments.map((experiment) => [experiment.kind, measureLinearKurtosis(kernels, seed, experiment)]),
  );
}

type LinearKurtosis = Extract<ExperimentConfig, { kind: 'linear-kurtosis' }>;

/**
 * Linear classifiers of two classes x = y margin w / ||w||_2 + z, z ~ N(0, 1), y = +-1, with independent weights of
 * density exp(-|w|^b): the distance of an input from the boundary is N(margin, 1) whatever the weights, so that classifiers
 * differ in their tails alone (arXiv 1703.09202: kurtosis alone protects).
 */
export function measureLinearKurtosis(
  kernels: Kernels,
  seed: number,
  settings: LinearKurtosis,
): LinearKurtosisResult {
  const { shapes, classifiers, linfEpsilon, l2Epsilon } = settings;
  return {
    linfEpsilon,
    l2Epsilon,
    shapes: shapes.map((shape) => {
      const measured = Array.from({ length: classifiers }, (_, classifier) =>
        measureClassifier(kernels, seed, settings, shape, classifier),
      );
      const ratio = generalisedGaussianNormRatio(shape);
      const { inputs, margin } = settings;
      const theory = (norm: 'linf' | 'l2', epsilon: number) =>
        linearErrorTheory({ margin, deviation: 1, inputs, normRatio: ratio, norm, epsilon });
      const beside = (expected: number, key: keyof (typeof measured)[number]) => ({
        theory: expected,
        measured: measured.map((each) => each[key]),
      });
      return {
        shape,
        kurtosis: beside(generalisedGaussianKurtosis(shape), 'kurtosis'),
        normRatio: beside(ratio, 'normRatio'),
        cleanError: beside(theory('linf', 0), 'cleanError'),
        linfError: beside(theory('linf', linfEpsilon), 'linfError'),
        l2Error: beside(theory('l2', l2Epsilon), 'l2Error'),
      };
    }),
  };
}

function measureClassifier(
  kernels: Kernels,
  seed: number,
  { inputs: features, samples, margin, linfEpsilon, l2Epsilon }: LinearKurtosis,
  shape: number,
  classifier: number,
) {
  const uniforms = new Float32Array(features);
  // The same uniform numbers for every shape: classifiers of one number are comparable pair by pair.
  randomUniform(kernels, { seed, stream: 'linear weights', first: classifier * features }, uniforms);
  const weights = sampleGeneralisedGaussian(shape, uniforms);
  const length = Math.hypot(...weights);
  const inputs = new Float32Array(samples * features);
  const first = classifier * samples * features;
  randomNormal(kernels, { seed, stream: 'linear inputs', first }, inputs);
  const labels = Array.from({ length: samples }, (_, sample) => (sample % 2 === 0 ? 1 : -1));
  labels.forEach((label, sample) => {
    for (let i = 0; i < features; i++) {
      const at = sample * features + i;
      inputs[at] = (inputs[at] as number) + (label * margin * (weights[i] as number)) / length;
    }
  });
  const error = (norm: 'linf' | 'l2', epsilon: number) =>
    linearError({ weights, bias: 0, inputs, labels, norm, epsilon });
  return {
    kurtosis: excessKurtosis(weights),
    normRatio: normRatio(weights),
    cleanError: error('linf', 0),
    linfError: error('linf', linfEpsilon),
    l2Error: error('l2', l2Epsilon),
  };
}

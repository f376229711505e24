import { backendKernels } from '@hebblab/tfjs-backend';
import type { Kernels } from '@hebblab/wasm';
import type { Samples } from '../samples.js';
import { expectTrainingSizes } from '../training.js';
import { expectAdversarialTraining } from './adversarial-inputs.js';
import { classesOf, inputsOf } from './architecture.js';
import { expectEarlyStop } from './early-stop.js';
import type { GradientTrainingSettings } from './gradient-training.js';
import { expectLevels } from './levels.js';
import type { NetworkPenalty } from './network-penalty.js';

const operation = 'createGradientTraining';

/** Refuses settings, samples and penalties that make no training, and a backend on other kernels. */
export function expectGradientTraining(
  kernels: Kernels,
  samples: Samples,
  settings: GradientTrainingSettings,
  penalties: readonly NetworkPenalty[],
): void {
  const { architecture, epochs, batchSize } = settings;
  expectTrainingSizes(operation, { epochs, batchSize, images: samples.count });
  if (backendKernels() !== kernels)
    throw new Error(
      `${operation}: expected the backend on these kernels (configureBackend), got another instance`,
    );
  if (inputsOf(architecture) !== samples.inputs)
    throw new Error(
      `${operation}: expected samples of ${inputsOf(architecture)} values, got ${samples.inputs}`,
    );
  if (classesOf(architecture) < samples.classes)
    throw new Error(
      `${operation}: expected a readout of at least ${samples.classes} classes, got ${classesOf(architecture)}`,
    );
  const reserved = ['learningRate', 'loss', 'accuracy', 'validationAccuracy'];
  penalties.forEach(({ name }, index) => {
    if (reserved.includes(name) || penalties.findIndex((other) => other.name === name) !== index)
      throw new Error(`${operation}: expected penalties with names of their own, got ${name}`);
  });
  expectLevels(architecture, settings.levels, samples.classes);
  expectAdversarialTraining(settings.adversarialTraining);
  expectEarlyStop(settings);
}

import type { Samples, TrainingStart } from '@hebblab/models';
import {
  createGradientTraining,
  createNetworkModel,
  encodeNetworkModel,
  type GradientTraining,
  type NetworkArchitecture,
  type NetworkPenalty,
  openTensors,
  parameterShapes,
} from '@hebblab/models/networks';
import {
  isometryPenalty,
  jacobianPenalty,
  l2,
  saturationPenalty,
  spectralPenalty,
  spectralPenaltyPublished,
} from '@hebblab/regularizers/networks';
import type { ModelConfig, NetworkConfig } from './config.js';
import { runStage } from './stage.js';
import { settingsOf, type TrainModelContext } from './train-model.js';

/** Trains a network of any layers into the bytes of its file. */
export async function trainNetwork(context: TrainModelContext, config: NetworkConfig): Promise<Uint8Array> {
  const { train } = context;
  const architecture = architectureOf(train, config);
  await openTensors(context.kernels);
  const parameters = await runStage(
    context,
    config.kind,
    (start) => createNetwork(context, config, start),
    (training) => training.parameters(),
  );
  return encodeNetworkModel(
    createNetworkModel({
      name: context.model,
      architecture,
      parameters,
      settings: settingsOf(context, config),
    }),
  );
}

/**
 * What is wrong with the networks of a run, by beginning each training without an epoch: levels, penalties and readouts
 * that do not fit its layers or the images. Layers that make no network are found by `expectRunnable`.
 */
export async function networkFaults(
  context: Pick<TrainModelContext, 'kernels' | 'train' | 'seed'>,
  models: Readonly<Record<string, ModelConfig>>,
): Promise<string[]> {
  const networks = Object.entries(models).flatMap(([name, config]) =>
    config.kind === 'network' && isNetwork(architectureOf(context.train, config)) ? [{ name, config }] : [],
  );
  if (networks.length > 0) await openTensors(context.kernels);
  return networks.flatMap(({ name, config }) => {
    try {
      createNetwork(context, config, { kind: 'fresh' }).dispose();
      return [];
    } catch (error) {
      return [`models.${name}: ${error instanceof Error ? error.message : error}`];
    }
  });
}

function createNetwork(
  { kernels, train, seed }: Pick<TrainModelContext, 'kernels' | 'train' | 'seed'>,
  config: NetworkConfig,
  start: TrainingStart,
): GradientTraining {
  const { kind: _, layers: __, penalties, ...settings } = config;
  const architecture = architectureOf(train, config);
  return createGradientTraining(
    kernels,
    train,
    { ...settings, architecture, seed },
    penalties.map(penaltyOf),
    start,
  );
}

function architectureOf({ images }: Samples, { layers }: NetworkConfig): NetworkArchitecture {
  return { inputShape: images.shape, layers };
}

function isNetwork(architecture: NetworkArchitecture): boolean {
  try {
    parameterShapes(architecture);
    return true;
  } catch {
    return false;
  }
}

/** A penalty as a configuration names it. */
export function penaltyOf(penalty: NetworkConfig['penalties'][number]): NetworkPenalty {
  switch (penalty.kind) {
    case 'l2':
      return l2(penalty.weight);
    case 'jacobian':
      return jacobianPenalty(penalty);
    case 'spectral':
      return spectralPenalty(penalty);
    case 'spectral-published':
      return spectralPenaltyPublished(penalty);
    case 'isometry':
      return isometryPenalty(penalty);
    case 'saturation':
      return saturationPenalty(penalty);
  }
}

import {
  createGradientTraining,
  createNetworkModel,
  encodeNetworkModel,
  type NetworkPenalty,
  openTensors,
} from '@hebblab/models/networks';
import {
  isometryPenalty,
  jacobianPenalty,
  l2,
  saturationPenalty,
  spectralPenalty,
  spectralPenaltyPublished,
} from '@hebblab/regularizers/networks';
import type { NetworkConfig } from './config.js';
import { runStage } from './stage.js';
import { settingsOf, type TrainModelContext } from './train-model.js';

/** Trains a network of any layers into the bytes of its file. */
export async function trainNetwork(context: TrainModelContext, config: NetworkConfig): Promise<Uint8Array> {
  const { kernels, train, seed } = context;
  const { kind, layers, penalties, ...settings } = config;
  const architecture = { inputShape: train.images.shape, layers };
  await openTensors(kernels);
  const parameters = await runStage(
    context,
    kind,
    (start) =>
      createGradientTraining(
        kernels,
        train,
        { ...settings, architecture, seed },
        penalties.map(penaltyOf),
        start,
      ),
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

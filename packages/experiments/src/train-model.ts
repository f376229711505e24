import {
  layerConvergence,
  mixtureThreshold,
  pruneByVariance,
  pruningThreshold,
  unitVariances,
  zeroPrunedUnits,
} from '@hebblab/analysis';
import { DataError } from '@hebblab/data';
import {
  createLayerTraining,
  createModel,
  createNetworkTraining,
  createReadoutTraining,
  createTanhReadoutTraining,
  encodeModel,
  type HiddenLayer,
  krotovHopfieldRule,
  type LearningRule,
  type NetworkTraining,
  type Penalty,
  type ReadoutTraining,
  type Samples,
  type TrainingStart,
} from '@hebblab/models';
import { jacregPublished, l2 } from '@hebblab/regularizers';
import type { Kernels } from '@hebblab/wasm';
import type {
  BackpropagationConfig,
  InitialisedConfig,
  LearningRuleConfig,
  LocalLearningConfig,
  ModelConfig,
  RunConfig,
} from './config.js';
import { type Extensions, extensionNamed } from './extensions.js';
import type { LayerResult } from './results.js';
import { runStage, type StageContext } from './stage.js';

/** What training any model needs. */
export interface TrainModelContext extends StageContext {
  readonly kernels: Kernels;
  readonly train: Samples;
  readonly normalisation: RunConfig['normalisation'];
  readonly dataset: string;
  readonly seed: number;
  readonly extensions: Extensions;
}

/**
 * Trains a model into the bytes of its file.
 *
 * @throws DataError for an extension that is not there; an AbortError where the signal aborts
 * @example
 * const bytes = await trainModel(context, config.models.kh);
 */
export async function trainModel(context: TrainModelContext, config: ModelConfig): Promise<Uint8Array> {
  switch (config.kind) {
    case 'local-learning':
      return trainLocalLearning(context, config);
    case 'backpropagation':
      return trainBackpropagation(context, config);
    case 'network':
      return (await import('./train-network.js')).trainNetwork(context, config);
    case 'initialised':
      return initialisedNetwork(context, config);
    case 'custom': {
      const { kernels, train, seed, signal, extensions } = context;
      const extension = extensionNamed('model', extensions.models, config.name);
      return extension.train({ kernels, train, seed, settings: config.settings, signal });
    }
  }
}

async function trainLocalLearning(
  context: TrainModelContext,
  config: LocalLearningConfig,
): Promise<Uint8Array> {
  const { kernels, train, seed, extensions } = context;
  const { hidden, rule } = config;
  const norm = normOf(rule);
  const layerSettings = { ...config.layer, hidden, norm, seed };
  const weights = await runStage(
    context,
    'layer',
    (start) => createLayerTraining(kernels, train, layerSettings, learningRuleOf(rule, extensions), start),
    (training) => training.weights(),
  );
  const unprunedWeights = weights.slice();
  const layer = pruneLayer(context.model, weights, { hidden, inputs: train.inputs }, norm, config.pruning);
  const hiddenLayer = { kind: 'krotov-hopfield', weights, p: norm.p } as const;
  const readout = await runStage(
    context,
    'readout',
    (start) => createReadout(kernels, train, { hidden, hiddenLayer }, { ...config.readout, seed }, start),
    (training) => training.readout(),
  );
  const { inputs, classes } = train;
  return encodeModel(
    createModel({
      name: context.model,
      inputs,
      hidden,
      classes,
      hiddenLayer,
      power: config.readout.power,
      readoutWeights: readout.weights,
      readoutBias: readout.bias,
      ...(layer.prunedUnits === 0 ? {} : { unprunedWeights }),
      settings: { ...settingsOf(context, config), layer },
    }),
  );
}

function createReadout(
  kernels: Kernels,
  train: Samples,
  layer: { readonly hidden: number; readonly hiddenLayer: HiddenLayer },
  { loss, ...settings }: LocalLearningConfig['readout'] & { readonly seed: number },
  start: TrainingStart,
): ReadoutTraining {
  if (loss === undefined) return createReadoutTraining(kernels, train, layer, settings, start);
  return createTanhReadoutTraining(kernels, train, layer, { ...settings, loss }, start);
}

async function trainBackpropagation(
  context: TrainModelContext,
  config: BackpropagationConfig,
): Promise<Uint8Array> {
  const { kernels, train, seed, extensions } = context;
  const penalties = config.penalties.map((penalty) => penaltyOf(penalty, extensions));
  const parameters = await runStage(
    context,
    'network',
    (start) => createNetworkTraining(kernels, train, { ...config, seed }, penalties, start),
    (training) => training.parameters(),
  );
  return encodeDense(context, config, parameters);
}

/** What a `backpropagation` model of these sizes and this seed is before its first step. */
function initialisedNetwork(context: TrainModelContext, config: InitialisedConfig): Uint8Array {
  const { kernels, train, seed } = context;
  const { hidden, power } = config;
  const untrained = {
    hidden,
    power,
    epochs: 1,
    batchSize: 1,
    learningRate: { kind: 'constant', value: 1 },
    seed,
  } as const;
  using training = createNetworkTraining(kernels, train, untrained, [], { kind: 'fresh' });
  return encodeDense(context, config, training.parameters());
}

function encodeDense(
  context: TrainModelContext,
  config: BackpropagationConfig | InitialisedConfig,
  parameters: ReturnType<NetworkTraining['parameters']>,
): Uint8Array {
  const { inputs, classes } = context.train;
  const { hidden, power } = config;
  return encodeModel(
    createModel({
      name: context.model,
      inputs,
      hidden,
      classes,
      hiddenLayer: { kind: 'dense', weights: parameters['hidden weights'] },
      power,
      readoutWeights: parameters['readout weights'],
      readoutBias: parameters['readout bias'],
      settings: settingsOf(context, config),
    }),
  );
}

/** What the file of a model keeps of how it was made. */
export function settingsOf({ dataset, normalisation, seed }: TrainModelContext, config: ModelConfig) {
  return { dataset, normalisation, seed, config };
}

function normOf(rule: LearningRuleConfig): { readonly p: number; readonly radius: number } {
  return { p: rule.p, radius: rule.radius };
}

function learningRuleOf(rule: LearningRuleConfig, extensions: Extensions): LearningRule {
  if (rule.kind === 'krotov-hopfield') return krotovHopfieldRule(rule);
  return extensionNamed('learning rule', extensions.learningRules, rule.name);
}

function penaltyOf(penalty: BackpropagationConfig['penalties'][number], extensions: Extensions): Penalty {
  switch (penalty.kind) {
    case 'l2':
      return l2(penalty.weight);
    case 'hidden-decay':
      return jacregPublished(penalty.weight);
    case 'custom':
      return extensionNamed('penalty', extensions.penalties, penalty.name);
  }
}

/** Sets pruned rows of `weights` to 0 and says how the layer had ended before. */
function pruneLayer(
  where: string,
  weights: Float32Array,
  shape: { readonly hidden: number; readonly inputs: number },
  norm: { readonly p: number; readonly radius: number },
  pruning: LocalLearningConfig['pruning'],
): LayerResult {
  const { convergedShare, medianNorm, negativeAttractorUnits } = layerConvergence(weights, shape, norm);
  const variances = unitVariances(weights, shape);
  const statistics = { convergedShare, medianNorm, negativeAttractorUnits, variances: [...variances] };
  const threshold = thresholdOf(pruning, variances, { ...norm, inputs: shape.inputs });
  if (threshold === undefined) return { ...statistics, prunedUnits: 0 };
  if (variances.every((variance) => variance >= threshold)) {
    throw new DataError(
      `${where}: expected units of variance below the pruning threshold ${threshold.toPrecision(3)}, got ${Math.min(...variances).toPrecision(3)} or more in all ${shape.hidden}: train for more epochs, or set pruning={"kind":"none"}`,
    );
  }
  const { pruned, count } = pruneByVariance(weights, shape, threshold);
  zeroPrunedUnits(weights, shape, pruned);
  return { ...statistics, prunedUnits: count, pruningThreshold: threshold };
}

function thresholdOf(
  pruning: LocalLearningConfig['pruning'],
  variances: Float64Array,
  layer: { readonly inputs: number; readonly p: number; readonly radius: number },
): number | undefined {
  switch (pruning.kind) {
    case 'none':
      return undefined;
    case 'published-threshold':
      return pruningThreshold(layer);
    case 'threshold':
      return pruning.value;
    case 'mixture': {
      const mixture = mixtureThreshold(variances);
      return mixture.kind === 'threshold' ? mixture.threshold : undefined;
    }
  }
}

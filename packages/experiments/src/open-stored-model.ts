import { decodeModel, type OpenModel, openModel, type TwoLayerModel } from '@hebblab/models';
import {
  decodeAnyModel,
  type NetworkModel,
  type OpenNetwork,
  openNetwork,
  openTensors,
} from '@hebblab/models/networks';
import type { Kernels } from '@hebblab/wasm';
import type { ModelConfig } from './config.js';
import { type Extensions, extensionNamed } from './extensions.js';

/** An opened model with the settings that its file keeps. */
export interface StoredModel {
  readonly config: ModelConfig;
  readonly open: OpenModel;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The same model as a network on tfjs-core, with every derivative. */
  readonly asNetwork: AsNetwork;
  /** Opens it as it was before pruning; absent where no unit was pruned. The caller disposes of it. */
  readonly openUnpruned?: () => OpenModel;
  /** Gives back the memory of `open`. */
  [Symbol.dispose](): void;
}

/** The models of extensions are no networks. */
export type AsNetwork =
  | {
      readonly kind: 'network';
      readonly model: NetworkModel;
      /** Opens it, where told with room for other than the usual number of samples; the caller disposes of it. */
      open(capacity?: number): Promise<OpenNetwork>;
    }
  | { readonly kind: 'none' };

/**
 * Opens the file of a trained model, of whatever kind, with room for `capacity` samples at a time.
 *
 * @param source what error messages call the bytes
 * @throws DataError where the file is none of its kind
 */
export async function openStoredModel(
  kernels: Kernels,
  bytes: Uint8Array,
  config: ModelConfig,
  extensions: Extensions,
  { capacity, source }: { readonly capacity: number; readonly source: string },
): Promise<StoredModel> {
  if (config.kind === 'custom') {
    const extension = extensionNamed('model', extensions.models, config.name);
    const open = extension.open(kernels, bytes, capacity);
    return { config, open, settings: {}, asNetwork: { kind: 'none' }, [Symbol.dispose]: open.dispose };
  }
  const model = decodeAnyModel(bytes, source);
  const openAsNetwork = async (samples = capacity) => {
    await openTensors(kernels);
    return openNetwork(kernels, model, samples);
  };
  const twoLayer = config.kind === 'network' ? undefined : decodeModel(bytes, source);
  const open = twoLayer === undefined ? await openAsNetwork() : openModel(kernels, twoLayer, capacity);
  return {
    config,
    ...(twoLayer?.unprunedWeights === undefined
      ? {}
      : { openUnpruned: () => openModel(kernels, unpruned(twoLayer), capacity) }),
    open,
    settings: model.settings,
    asNetwork: { kind: 'network', model, open: openAsNetwork },
    [Symbol.dispose]: open.dispose,
  };
}

function unpruned(model: TwoLayerModel): TwoLayerModel {
  const { hiddenLayer, unprunedWeights = hiddenLayer.weights } = model;
  return { ...model, hiddenLayer: { ...hiddenLayer, weights: unprunedWeights } };
}

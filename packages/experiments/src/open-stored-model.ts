import { decodeModel, type OpenModel, openModel } from '@hebblab/models';
import type { NetworkModel, OpenNetwork } from '@hebblab/models/networks';
import type { Kernels } from '@hebblab/wasm';
import type { ModelConfig } from './config.js';
import { type Extensions, extensionNamed } from './extensions.js';
import { openModelFile } from './open-model-file.js';

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
      model(): NetworkModel;
      /** Opens it, where told with room for other than the usual number of samples; the caller disposes of it. */
      open(samples?: number): Promise<OpenNetwork>;
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
  const { decodeAnyModel, openNetwork, openTensors } = await import('@hebblab/models/networks');
  const { open, settings } = await openModelFile(kernels, bytes, { capacity, source });
  const openUnpruned =
    config.kind === 'local-learning' ? openerOfUnpruned(kernels, bytes, capacity, source) : {};
  const asNetwork: AsNetwork = {
    kind: 'network',
    model: () => decodeAnyModel(bytes, source),
    async open(samples = capacity) {
      await openTensors(kernels);
      return openNetwork(kernels, decodeAnyModel(bytes, source), samples);
    },
  };
  return { config, open, settings, asNetwork, ...openUnpruned, [Symbol.dispose]: open.dispose };
}

function openerOfUnpruned(
  kernels: Kernels,
  bytes: Uint8Array,
  capacity: number,
  source: string,
): Pick<StoredModel, 'openUnpruned'> {
  const model = decodeModel(bytes, source);
  const { hiddenLayer, unprunedWeights: weights } = model;
  if (weights === undefined) return {};
  const unpruned = { ...model, hiddenLayer: { ...hiddenLayer, weights } };
  return { openUnpruned: () => openModel(kernels, unpruned, capacity) };
}

import { decodeModel, type OpenModel, openModel } from '@hebblab/models';
import { decodeAnyModel, openNetwork, openTensors } from '@hebblab/models/networks';
import type { Kernels } from '@hebblab/wasm';
import type { ModelConfig } from './config.js';
import { type Extensions, extensionNamed } from './extensions.js';

/** An opened model with the settings that its file keeps. */
export interface StoredModel {
  readonly open: OpenModel;
  readonly settings: Readonly<Record<string, unknown>>;
}

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
  switch (config.kind) {
    case 'custom': {
      const extension = extensionNamed('model', extensions.models, config.name);
      return { open: extension.open(kernels, bytes, capacity), settings: {} };
    }
    case 'network': {
      await openTensors(kernels);
      const network = decodeAnyModel(bytes, source);
      return { open: openNetwork(kernels, network, capacity), settings: network.settings };
    }
    case 'local-learning':
    case 'backpropagation':
    case 'initialised': {
      const model = decodeModel(bytes, source);
      return { open: openModel(kernels, model, capacity), settings: model.settings };
    }
  }
}

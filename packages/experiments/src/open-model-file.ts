import { decodeModel, isTwoLayerFile, type OpenModel, openModel } from '@hebblab/models';
import type { Kernels } from '@hebblab/wasm';

/** A model file, opened. */
export interface OpenedModelFile {
  readonly name: string;
  /** How it was trained, as its file says. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly open: OpenModel;
}

/**
 * Opens any model file of this project, with room for `capacity` samples at a time: two-layer models on the kernels
 * alone, networks on tfjs-core.
 *
 * @param source what error messages call the bytes
 * @throws DataError where the file is no model
 * @example
 * const { open } = await openModelFile(kernels, await readFile(file), { capacity: 500, source: file });
 */
export async function openModelFile(
  kernels: Kernels,
  bytes: Uint8Array,
  { capacity, source }: { readonly capacity: number; readonly source: string },
): Promise<OpenedModelFile> {
  if (isTwoLayerFile(bytes, source)) {
    const model = decodeModel(bytes, source);
    return { name: model.name, settings: model.settings, open: openModel(kernels, model, capacity) };
  }
  // Loading tfjs-core takes a while, which two-layer models need not wait for.
  const { decodeAnyModel, openNetwork, openTensors } = await import('@hebblab/models/networks');
  const network = decodeAnyModel(bytes, source);
  await openTensors(kernels);
  return { name: network.name, settings: network.settings, open: openNetwork(kernels, network, capacity) };
}

import type { LayerPass, NetworkArchitecture, NetworkPass } from '@hebblab/models/networks';
import { reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** A hidden dense or convolution layer, counted from 0, or the last of them. */
export type HiddenLayer = number | 'last';

/** Refuses a layer that the network does not have. */
export function expectHiddenLayer(
  operation: string,
  { layers }: NetworkArchitecture,
  layer: HiddenLayer,
): void {
  const hidden = layers.filter(({ kind }) => kind === 'dense' || kind === 'convolution').length - 1;
  requireLayer(operation, hidden, layer);
}

/** The layer's part of a pass, which has fewer layers where a level of a hierarchy reads an earlier state. */
export function hiddenLayerOf(operation: string, { layers }: NetworkPass, layer: HiddenLayer): LayerPass {
  const hidden = layers.length - 1;
  requireLayer(operation, hidden, layer);
  return layers[layer === 'last' ? hidden - 1 : layer] as LayerPass;
}

/** Values of samples as rows, [count, values]. */
export function asRows(values: Tensor): Tensor2D {
  const [count = 0] = values.shape;
  return reshape(values, [count, count === 0 ? 0 : values.size / count]);
}

function requireLayer(operation: string, hidden: number, layer: HiddenLayer): void {
  const index = layer === 'last' ? hidden - 1 : layer;
  if (Number.isSafeInteger(index) && index >= 0 && index < hidden) return;
  const expected =
    hidden === 0 ? 'a network with a hidden layer' : `a hidden layer from 0 to ${hidden - 1} or 'last'`;
  throw new Error(`${operation}: expected ${expected}, got ${layer}`);
}

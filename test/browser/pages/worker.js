import { trainLayer } from './train-layer.js';

globalThis.onmessage = async ({ data: variant }) => {
  globalThis.postMessage(await trainLayer(variant));
};

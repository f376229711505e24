import { trainLayer } from './train-layer.js';

globalThis.onmessage = async ({ data: variant }) => {
  globalThis.postMessage(await trainLayer(variant));
};

// The page is told of errors, not of rejections.
globalThis.onunhandledrejection = ({ reason }) => {
  throw reason;
};

import * as wasm from '/packages/wasm/dist/index.js';
import { kernelSteps } from './kernel-steps.js';

globalThis.onmessage = async ({ data: { variant, url } }) => {
  globalThis.postMessage(await kernelSteps(wasm, { variant, source: { kind: 'url', url } }));
};

// The page is told of errors, not of rejections.
globalThis.onunhandledrejection = ({ reason }) => {
  throw reason;
};

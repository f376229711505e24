import * as wasm from '/packages/wasm/dist/index.js';
import { stepOnThreads } from './step-on-threads.js';

globalThis.onmessage = async ({ data: variant }) => {
  globalThis.postMessage(await stepOnThreads(wasm, variant));
};

// The page is told of errors, not of rejections.
globalThis.onunhandledrejection = ({ reason }) => {
  throw reason;
};

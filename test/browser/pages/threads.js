import * as wasm from '@hebblab/wasm';
import { answerOf } from './answer-of-worker.js';
import { stepOnThreads } from './step-on-threads.js';

/** The tests call these. */
globalThis.stepOnPage = (variant) => stepOnThreads(wasm, variant);
globalThis.stepInWorker = (variant) =>
  answerOf(new Worker(new URL('./threads-worker.js', import.meta.url), { type: 'module' }), variant);

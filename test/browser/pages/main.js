import { answerOf } from './answer-of-worker.js';
import { trainLayer } from './train-layer.js';
import { useAllPackages } from './use-all-packages.js';

/** The tests call these. */
globalThis.train = {
  onPage: trainLayer,
  inWorker(variant) {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    return answerOf(worker, variant);
  },
};

globalThis.useAllPackages = useAllPackages;

import { trainLayer } from './train-layer.js';
import { useAllPackages } from './use-all-packages.js';

/** The tests call these. */
globalThis.train = {
  onPage: trainLayer,
  inWorker(variant) {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(variant);
    });
  },
};

globalThis.useAllPackages = useAllPackages;

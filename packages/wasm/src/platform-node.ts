import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fetchBytes, type Platform } from './platform.js';

export const node: Platform = {
  readBytes: async (url) => (url.protocol === 'file:' ? readFile(url) : fetchBytes(url)),
  processors: availableParallelism,
  threadsMissing: () => undefined,
  startThread: (start, onFailure) =>
    new Promise((resolve, reject) => {
      // What this process was started with is not for a file: `--input-type` of `--eval` would refuse it.
      const options = { workerData: start, execArgv: [] };
      const worker = new Worker(new URL('./thread-node.js', import.meta.url), options);
      let ending = false;
      const end = async () => {
        ending = true;
        await worker.terminate();
      };
      const fail = (cause: string) => {
        if (!ending) onFailure(cause);
        reject(new Error(cause));
      };
      worker.on('message', ({ failure }: { failure?: string }) => {
        if (failure !== undefined) {
          fail(failure);
          return;
        }
        // From here on it must not keep the process alive; while it starts, it must.
        worker.unref();
        resolve({ end });
      });
      worker.on('error', ({ message }) => fail(message));
      worker.on('exit', (code) => fail(`its end (${code})`));
    }),
};

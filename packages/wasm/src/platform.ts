import type { ThreadStart } from './thread-work.js';

/** What differs between Node and browsers; the Node entry replaces the browser's. */
export interface Platform {
  /** A file's bytes by its URL. */
  readBytes(url: URL): Promise<BufferSource>;
  /** How many threads run at the same time. */
  processors(): number;
  /** Why several threads on one memory cannot be had here, if so. */
  threadsMissing(): ThreadsMissing | undefined;
  /** Starts a worker that runs `workInThread`; resolves when it is about to work, rejects where it cannot. */
  startThread(start: ThreadStart, onFailure: (cause: string) => void): Promise<Thread>;
}

/** Why kernels run on one thread although more were asked for. */
export type ThreadsMissing =
  | 'the engine has no shared memory'
  | 'the page is not cross-origin isolated'
  | 'the main thread of a page may not wait';

/** A worker in the pool. */
export interface Thread {
  /** Ends it; resolves when it is gone. */
  end(): Promise<void>;
}

/** The platform of this process. */
export function platform(): Platform {
  return current;
}

/** The Node entry calls this before anything is opened. */
export function setPlatform(replacement: Platform): void {
  current = replacement;
}

const browser: Platform = {
  async readBytes(url) {
    const response = await fetch(url);
    if (!response.ok)
      throw new Error(`openKernels: expected a file at ${url}, got status ${response.status}`);
    return response.arrayBuffer();
  },
  processors: () => globalThis.navigator?.hardwareConcurrency ?? 1,
  threadsMissing() {
    if (!globalThis.crossOriginIsolated) return 'the page is not cross-origin isolated';
    if (typeof SharedArrayBuffer === 'undefined') return 'the engine has no shared memory';
    return typeof document === 'undefined' ? undefined : 'the main thread of a page may not wait';
  },
  startThread: (start, onFailure) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./thread-browser.js', import.meta.url), { type: 'module' });
      const end = async () => worker.terminate();
      const fail = (cause: string) => {
        onFailure(cause);
        reject(new Error(cause));
      };
      worker.onmessage = ({ data }: MessageEvent<{ failure?: string }>) =>
        data.failure === undefined ? resolve({ end }) : fail(data.failure);
      worker.onerror = ({ message }) => fail(message || 'its file could not be loaded');
      worker.postMessage(start);
    }),
};

let current = browser;

export const fetchBytes = browser.readBytes;

import { parentPort, workerData } from 'node:worker_threads';
import { workInThread } from './thread-work.js';

await workInThread(workerData, (message) => parentPort?.postMessage(message));

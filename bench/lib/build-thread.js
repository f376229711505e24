// A thread of a build that was opened for several: it imports the build's own functions and takes part in its jobs.
import { parentPort, workerData } from 'node:worker_threads';

const { glue: address, module, memory, thread } = workerData;
const glue = await import(address);
// The stack of thread-work.ts.
glue.initSync({ module, memory, thread_stack_size: 1 << 20 });
parentPort?.postMessage('ready');
glue.threadsWork(thread);

// A process with one case of the whole project: it says when it is ready, and times as many calls as it is asked to; or it
// tells a size.
import { type ClockName, openClock } from '../timing/clock.js';
import { prepareTask } from '../timing/task.js';
import { readSuite } from './suite-files.js';

export interface WorkerStart {
  /** The folder of the suites. */
  readonly suites: string;
  readonly file: string;
  readonly name: string;
  readonly clock: ClockName | 'auto';
}

export interface WorkerRequest {
  readonly calls: number;
}

export type WorkerReply =
  | { readonly kind: 'done'; readonly figure: number }
  | { readonly kind: 'failed'; readonly error: string };

const [argument = ''] = process.argv.slice(2);
if (process.send !== undefined) await work(JSON.parse(argument) as WorkerStart);

async function work({ suites, file, name, clock: clockName }: WorkerStart): Promise<void> {
  const prepared = await tried(async () => {
    const { cases } = await readSuite(suites, file, ({ ceiling }) => ceiling);
    const found = cases.find((item) => item.name === name);
    if (found === undefined) throw new Error(`expected the case ${name} in ${file}, found none`);
    if (found.size !== undefined) return { bytes: await found.size({}) };
    const task = await found.prepare({});
    return prepareTask(typeof task === 'function' ? { name, setup: () => task } : task);
  });
  if (prepared === undefined) return;
  if ('bytes' in prepared) {
    reply({ kind: 'done', figure: prepared.bytes });
    return;
  }
  const { now } = openClock(clockName);
  process.on('message', async ({ calls }: WorkerRequest) => {
    const figure = await tried(() => prepared.sample(calls, now));
    if (figure !== undefined) reply({ kind: 'done', figure });
  });
  reply({ kind: 'done', figure: 0 });
}

async function tried<Value>(action: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await action();
  } catch (error) {
    reply({ kind: 'failed', error: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}

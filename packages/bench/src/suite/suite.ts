import { type Interval, medianInterval } from '../statistics/bootstrap.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import { type Clock, type ClockName, openClock } from '../timing/clock.js';
import { type Prepared, prepareTask, type Task } from '../timing/task.js';
import { type TinybenchLike, tinybenchTask } from '../timing/tinybench.js';
import { type WarmUp, warmUp } from '../timing/warm-up.js';
import { checkWork, type Rate, ratesOf, type Work } from './work.js';

export interface SuiteOptions {
  /** What the suite finds out, as one question. */
  readonly question?: string;
}

export interface RunOptions {
  /** Elapsed seconds that each task may take. Default 2. */
  readonly seconds?: number;
  /** A task ends earlier where the interval of its median reaches at most this share to either side. Default 0.01. */
  readonly precision?: number;
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number;
  readonly clock?: ClockName | 'auto';
  /** Of the order of tasks and the resampling. Default 1. */
  readonly seed?: number;
}

/** What a suite measured; plain data, fit for JSON. */
export interface SuiteResult {
  readonly suite: string;
  readonly question: string;
  readonly clock: ClockName;
  readonly tasks: readonly TaskResult[];
}

export type TaskResult = MeasuredTask | FailedTask;

export interface MeasuredTask {
  readonly state: 'measured';
  readonly name: string;
  readonly role: 'probe' | 'task';
  readonly work: Work;
  /** Median milliseconds of a call. */
  readonly milliseconds: Interval;
  readonly rates: readonly Rate[];
  /** The rate as a share of its ceiling's, where a probe of that name was measured. */
  readonly shareOfCeiling?: number;
  readonly samples: number;
  readonly callsPerSample: number;
  readonly warmUp: WarmUp['state'];
  readonly ended: 'precise' | 'out of time';
}

export interface FailedTask {
  readonly state: 'failed';
  readonly name: string;
  readonly role: 'probe' | 'task';
  readonly error: string;
}

interface Entry {
  readonly name: string;
  readonly role: 'probe' | 'task';
  readonly task: Task;
  readonly work: Work;
}

/**
 * Tasks with the work that they declare. A run warms each up, then times all of them in rounds of random order, so
 * that quiet and busy times fall on all alike, until the interval of each median is narrow enough or its time is spent.
 *
 * @example
 * const suite = new Suite('hashing').add('sha-256', () => hash(megabyte), { bytes: 2 ** 20 });
 * const { tasks } = await suite.run({ seconds: 1 });
 */
export class Suite {
  readonly name: string;
  readonly question: string;
  readonly #entries: Entry[] = [];

  constructor(name: string, { question = '' }: SuiteOptions = {}) {
    this.name = name;
    this.question = question;
  }

  /** Takes the tasks of a tinybench bench, with the work of those that are named. */
  static of(bench: TinybenchLike, name: string, work: Readonly<Record<string, Work>> = {}): Suite {
    const suite = new Suite(name);
    for (const task of bench.tasks) suite.add(task.name, tinybenchTask(bench, task.name), work[task.name]);
    return suite;
  }

  /** @throws Error where the suite has a task of that name, or work is not positive */
  add(name: string, task: Task, work: Work = {}): this {
    return this.#append({ name, role: 'task', task, work });
  }

  /** Adds a task whose rate is a ceiling for others; probes are measured like tasks, in the same rounds. */
  probe(name: string, task: Task, work: Work): this {
    return this.#append({ name, role: 'probe', task, work });
  }

  /** Measures the tasks; one that throws is reported and the others are measured. */
  async run(options: RunOptions = {}): Promise<SuiteResult> {
    const settings = checkedSettings(options);
    const clock = openClock(settings.clock);
    const random = seededRandom(settings.seed);
    const running: Running[] = [];
    for (const entry of this.#entries) running.push(await start(entry, clock, settings));
    const going = () => running.filter(({ end }) => end === 'going');
    while (going().length > 0) await runRound(shuffled(going(), random), clock, settings);
    const results = running.map((task) => resultOf(task, settings));
    return {
      suite: this.name,
      question: this.question,
      clock: clock.name,
      tasks: results.map((result) => withShare(result, results)),
    };
  }

  #append(entry: Entry): this {
    if (this.#entries.some(({ name }) => name === entry.name))
      throw new Error(`Suite: expected names that differ, got ${entry.name} twice in ${this.name}`);
    checkWork('Suite', entry.work);
    this.#entries.push(entry);
    return this;
  }
}

type Settings = Required<RunOptions>;

function checkedSettings(options: RunOptions): Settings {
  const settings: Settings = {
    seconds: 2,
    precision: 0.01,
    confidence: 0.95,
    clock: 'auto',
    seed: 1,
    ...options,
  };
  for (const name of ['seconds', 'precision'] as const) {
    if (!(settings[name] > 0 && settings[name] < Number.POSITIVE_INFINITY))
      throw new Error(`Suite.run: expected ${name} above 0, got ${settings[name]}`);
  }
  return settings;
}

/** A task on its way through a run. */
interface Running {
  readonly entry: Entry;
  readonly ready: { readonly prepared: Prepared; readonly warm: WarmUp; readonly calls: number } | undefined;
  /** Milliseconds of a call, one value a sample. */
  readonly samples: number[];
  spentSeconds: number;
  end: 'going' | MeasuredTask['ended'] | { readonly error: string };
}

const warmUpShare = 0.2;
const sampleMilliseconds = 2;
/** Samples that a task takes one after the other in a round; an interval is looked at after each round. */
const samplesPerRound = 5;
const fewestSamples = 3;
/** Fewer have no interval to end by. */
const fewestPreciseSamples = 20;

async function start(entry: Entry, clock: Clock, { seconds }: Settings): Promise<Running> {
  try {
    const prepared = await prepareTask(entry.task);
    const warm = await warmUp(prepared, clock, seconds * 1000 * warmUpShare);
    const target = Math.max(sampleMilliseconds, 1000 * clock.tick);
    const calls = Math.max(1, Math.ceil(target / Math.max(warm.millisecondsPerCall, clock.tick / 1000)));
    return { entry, ready: { prepared, warm, calls }, samples: [], spentSeconds: 0, end: 'going' };
  } catch (error) {
    return { entry, ready: undefined, samples: [], spentSeconds: 0, end: failure(error) };
  }
}

async function runRound(tasks: readonly Running[], clock: Clock, settings: Settings): Promise<void> {
  for (const task of tasks) {
    const begin = performance.now();
    try {
      for (let sample = 0; sample < samplesPerRound && task.ready !== undefined; sample++) {
        const { prepared, calls } = task.ready;
        task.samples.push((await prepared.sample(calls, clock.now)) / calls);
        const spent = task.spentSeconds + (performance.now() - begin) / 1000;
        if (spent >= settings.seconds && task.samples.length >= fewestSamples) break;
      }
      task.spentSeconds += (performance.now() - begin) / 1000;
      task.end = endOf(task, settings);
    } catch (error) {
      task.end = failure(error);
    }
  }
}

function endOf({ samples, spentSeconds }: Running, settings: Settings): Running['end'] {
  const { seconds, precision, confidence, seed } = settings;
  if (spentSeconds >= seconds && samples.length >= fewestSamples) return 'out of time';
  if (samples.length < fewestPreciseSamples) return 'going';
  const { estimate, low, high } = medianInterval(samples, { confidence, seed, resamples: 200 });
  return (high - low) / 2 <= precision * estimate ? 'precise' : 'going';
}

function failure(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? error.message : String(error) };
}

function resultOf({ entry, ready, samples, end }: Running, settings: Settings): TaskResult {
  const { name, role, work } = entry;
  if (typeof end === 'object') return { state: 'failed', name, role, error: end.error };
  if (ready === undefined || end === 'going')
    throw new Error(`Suite.run: expected ${name} to have ended, got ${String(end)}`);
  const { confidence, seed } = settings;
  const milliseconds = medianInterval(samples, { confidence, seed });
  return {
    state: 'measured',
    name,
    role,
    work,
    milliseconds,
    rates: ratesOf(work, milliseconds.estimate),
    samples: samples.length,
    callsPerSample: ready.calls,
    warmUp: ready.warm.state,
    ended: end,
  };
}

/** With the share of its ceiling, by the first rate that both have. */
function withShare(result: TaskResult, results: readonly TaskResult[]): TaskResult {
  if (result.state === 'failed') return result;
  const ceiling = results.find(({ name, role }) => role === 'probe' && name === result.work.ceiling);
  if (ceiling?.state !== 'measured') return result;
  for (const { unit, value } of result.rates) {
    const highest = ceiling.rates.find((rate) => rate.unit === unit);
    if (highest !== undefined) return { ...result, shareOfCeiling: value / highest.value };
  }
  return result;
}

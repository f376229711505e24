import { type Interval, interquartileMeanInterval } from '../statistics/bootstrap.js';
import { interquartileMean, median } from '../statistics/quantiles.js';
import { type Random, seededRandom } from '../statistics/random.js';
import { signedRankTest } from '../statistics/signed-rank.js';
import { type Clock, type ClockName, openClock } from '../timing/clock.js';
import { prepareTask, type Task } from '../timing/task.js';
import { type WarmUp, warmUp } from '../timing/warm-up.js';
import { type Block, type Calls, logNoise, logRatio, type Trio, timeBlock } from './blocks.js';
import { decide, fewestBlocks, type Verdict } from './verdict.js';

export interface CompareOptions {
  /** Elapsed seconds after which no block is begun; the warm-up takes part of them. One block is always timed. Default 10. */
  readonly seconds?: number;
  /** It ends earlier where the interval reaches at most this share to either side. Default a quarter of the threshold. */
  readonly precision?: number;
  /** Differences up to this share count as none. Default 0.02. */
  readonly threshold?: number;
  /** Of the intervals. Default 0.99. */
  readonly confidence?: number;
  /** The largest p value of the rank test that confirms a difference. Default 0.01. */
  readonly alpha?: number;
  /** Default `auto`: CPU time where it ticks finely. */
  readonly clock?: ClockName | 'auto';
  /** Least milliseconds of a sample, in which a task is called as often as fits. Default 2. */
  readonly sampleMilliseconds?: number;
  /** Of the orders and the resampling. Default 1. */
  readonly seed?: number;
}

/** A comparison of two tasks. Ratios are of times: above 1, the second takes longer. */
export interface Comparison {
  readonly first: ComparedTask;
  readonly second: ComparedTask;
  readonly ratio: Interval;
  /** The first task over itself, measured in the same blocks. */
  readonly noiseFloor: Interval;
  /** Of Wilcoxon's signed-rank test of the blocks' logarithmic ratios. */
  readonly p: number;
  readonly blocks: number;
  readonly verdict: Verdict;
  readonly ended: 'precise' | 'out of time';
  readonly clock: ClockName;
  /** Elapsed seconds that it took. */
  readonly seconds: number;
}

export interface ComparedTask {
  readonly name: string;
  /** Median milliseconds of a call. */
  readonly milliseconds: number;
  readonly callsPerSample: number;
  readonly warmUp: WarmUp['state'];
}

/**
 * Compares two tasks in this process. After a warm-up of each, blocks time the first (A), the second (B) and the
 * first once more (A') forwards and backwards, as in A B A' A' B A, with each of them in each place, so that drift
 * and order cancel. The ratio is the interquartile mean over blocks of B's time over that of A and A', with its bootstrap interval;
 * A' over A is the noise floor. It ends where the intervals are narrow enough or the time is over.
 *
 * @throws Error where an option is out of range, or a task throws
 * @example
 * const { ratio, verdict } = await compare(sortBefore, sortNow, { seconds: 5 });
 * if (verdict.kind === 'slower') console.log(`slower by ${100 * (ratio.estimate - 1)} %`);
 */
export async function compare(first: Task, second: Task, options: CompareOptions = {}): Promise<Comparison> {
  const settings = checkedSettings(options);
  const start = performance.now();
  const clock = openClock(settings.clock);
  const remaining = () => settings.seconds - (performance.now() - start) / 1000;
  const trio: Trio = {
    first: await prepareTask(first),
    second: await prepareTask(second),
    again: await prepareTask(first),
  };
  const ready = await readyTrio(trio, clock, settings, settings.seconds * 1000 * warmUpShare);
  const { blocks, ended } = await takeBlocks(ready.takeBlock, settings, remaining);
  return {
    first: comparedTask('first', blocks, ready),
    second: comparedTask('second', blocks, ready),
    ...judge(blocks, settings),
    ended,
    clock: clock.name,
    seconds: (performance.now() - start) / 1000,
  };
}

/** The three of a comparison, started anew, such as in processes of their own. */
export interface Launch {
  readonly first: Task;
  readonly second: Task;
  readonly again: Task;
  end(): void;
}

/**
 * Compares two tasks over many launches. What an engine makes of the same program differs from process to process, by
 * more than what is measured within one, so that a launch is what is drawn and counted: its blocks together are one
 * block of the comparison (Kalibera & Jones 2013, "Rigorous benchmarking in reasonable time").
 *
 * @throws Error where an option is out of range, or a task throws
 * @example
 * await compareLaunches(async () => startProcesses(), { seconds: 30 });
 */
export async function compareLaunches(
  launch: () => Promise<Launch>,
  options: CompareOptions = {},
): Promise<Comparison> {
  const settings = checkedSettings(options);
  const start = performance.now();
  const clock = openClock(settings.clock);
  const remaining = () => settings.seconds - (performance.now() - start) / 1000;
  let last: Ready | undefined;
  const takeBlock = async (random: Random) => {
    const { first, second, again, end } = await launch();
    try {
      const trio = {
        first: await prepareTask(first),
        second: await prepareTask(second),
        again: await prepareTask(again),
      };
      last = await readyTrio(trio, clock, settings, launchWarmUpMilliseconds);
      const blocks: Block[] = [];
      const endOfLaunch = performance.now() + launchMilliseconds;
      do blocks.push(await last.takeBlock(random));
      while (performance.now() < endOfLaunch);
      return oneOf(blocks);
    } finally {
      end();
    }
  };
  const { blocks, ended } = await takeBlocks(takeBlock, settings, remaining);
  if (last === undefined) throw new Error('compareLaunches: expected at least one launch, got none');
  return {
    first: comparedTask('first', blocks, last),
    second: comparedTask('second', blocks, last),
    ...judge(blocks, settings),
    ended,
    clock: clock.name,
    seconds: (performance.now() - start) / 1000,
  };
}

/** Of each of the three. */
const launchWarmUpMilliseconds = 150;
const launchMilliseconds = 250;

/** A block with the interquartile means of what blocks say of the ratio and of the noise. */
function oneOf(blocks: readonly Block[]): Block {
  const first = interquartileMean(blocks.map((block) => block.first));
  const again = first + interquartileMean(blocks.map(logNoise));
  return { first, again, second: (first + again) / 2 + interquartileMean(blocks.map(logRatio)) };
}

/** A warmed-up trio that gives blocks. */
interface Ready {
  readonly trio: Trio;
  readonly warm: WarmTrio;
  readonly calls: Calls;
  readonly takeBlock: (random: Random) => Promise<Block>;
}

async function readyTrio(trio: Trio, clock: Clock, settings: Settings, milliseconds: number): Promise<Ready> {
  const warm = await warmTrio(trio, clock, milliseconds);
  const calls = callsOf(warm, clock, settings);
  const passes = warm.first.millisecondsPerCall > longCallMilliseconds ? 1 : 3;
  return { trio, warm, calls, takeBlock: (random) => timeBlock(trio, calls, random, clock.now, passes) };
}

/** Of the time, for each of the three. */
const warmUpShare = 0.1;

/** Calls as long as this are timed in blocks of one pass. */
const longCallMilliseconds = 20;

type Settings = Required<CompareOptions>;

function checkedSettings(options: CompareOptions): Settings {
  const { threshold = 0.02 } = options;
  const settings: Settings = {
    seconds: 10,
    precision: threshold / 4,
    threshold,
    confidence: 0.99,
    alpha: 0.01,
    clock: 'auto',
    sampleMilliseconds: 2,
    seed: 1,
    ...options,
  };
  for (const name of ['seconds', 'threshold', 'precision', 'sampleMilliseconds'] as const) {
    if (!(settings[name] > 0 && settings[name] < Number.POSITIVE_INFINITY))
      throw new Error(`compare: expected ${name} above 0, got ${settings[name]}`);
  }
  for (const name of ['confidence', 'alpha'] as const) {
    if (!(settings[name] > 0 && settings[name] < 1))
      throw new Error(`compare: expected ${name} inside (0, 1), got ${settings[name]}`);
  }
  return settings;
}

type WarmTrio = Readonly<Record<keyof Trio, WarmUp>>;

async function warmTrio(trio: Trio, clock: Clock, mostMilliseconds: number): Promise<WarmTrio> {
  return {
    first: await warmUp(trio.first, clock, mostMilliseconds),
    second: await warmUp(trio.second, clock, mostMilliseconds),
    again: await warmUp(trio.again, clock, mostMilliseconds),
  };
}

/** Samples as long as was asked for, and as the clock needs to tell 0.1 %. */
function callsOf(warm: WarmTrio, { tick }: Clock, { sampleMilliseconds }: Settings): Calls {
  const target = Math.max(sampleMilliseconds, 1000 * tick);
  const calls = ({ millisecondsPerCall }: WarmUp) =>
    Math.max(1, Math.ceil(target / Math.max(millisecondsPerCall, tick / 1000)));
  // The same number for the same task, so that it is measured alike.
  return { first: calls(warm.first), second: calls(warm.second), again: calls(warm.first) };
}

async function takeBlocks(
  takeBlock: (random: Random) => Promise<Block>,
  settings: Settings,
  remaining: () => number,
): Promise<{ readonly blocks: readonly Block[]; readonly ended: Comparison['ended'] }> {
  const random = seededRandom(settings.seed);
  const blocks: Block[] = [];
  let nextLook = fewestBlocks;
  do {
    blocks.push(await takeBlock(random));
    if (blocks.length < nextLook) continue;
    if (isPrecise(blocks, settings)) return { blocks, ended: 'precise' };
    nextLook = Math.ceil(1.2 * blocks.length);
  } while (remaining() > 0);
  return { blocks, ended: 'out of time' };
}

/** Looks at widths alone, never at the ratio: an end that waits for a difference would find one. */
function isPrecise(blocks: readonly Block[], { confidence, seed, precision }: Settings): boolean {
  return [logRatio, logNoise].every((value) => {
    const { low, high } = interquartileMeanInterval(blocks.map(value), { confidence, seed, resamples: 500 });
    return (high - low) / 2 <= Math.log1p(precision);
  });
}

function judge(blocks: readonly Block[], settings: Settings) {
  const { confidence, seed, threshold, alpha } = settings;
  const ratios = blocks.map(logRatio);
  const evidence = {
    ratio: exponentials(interquartileMeanInterval(ratios, { confidence, seed })),
    noiseFloor: exponentials(interquartileMeanInterval(blocks.map(logNoise), { confidence, seed })),
    p: signedRankTest(ratios).p,
    blocks: blocks.length,
  };
  return { ...evidence, verdict: decide(evidence, { threshold, alpha }) };
}

function exponentials({ estimate, low, high, confidence }: Interval): Interval {
  return { estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high), confidence };
}

function comparedTask(
  role: 'first' | 'second',
  blocks: readonly Block[],
  { trio, calls, warm }: Ready,
): ComparedTask {
  return {
    name: trio[role].name,
    milliseconds: Math.exp(median(blocks.map((block) => block[role]))),
    callsPerSample: calls[role],
    warmUp: warm[role].state,
  };
}

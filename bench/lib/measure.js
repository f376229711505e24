import { quantile } from '@hebblab/bench';
import { Bench } from 'tinybench';
import { clocks } from './clocks.js';
import { multiplyAddLoop } from './multiply-add-peak.js';

/**
 * A case of a suite.
 *
 * @typedef {object} BenchCase
 * @property {string} name
 * @property {number} [flops] of one run, a multiply-add counting as 2; asks for `precision`
 * @property {'f32' | 'f64'} [precision] whose peak the flops are compared with
 * @property {number} [bytes] that one run reads and writes
 * @property {number} [items] that one run makes
 * @property {string} [part] name of a case of the suite that this one contains
 * @property {boolean} [slow] measured with --slow alone
 * @property {(kernels: import('@hebblab/wasm').Kernels) => any} setup makes the state that runs share
 * @property {(kernels: import('@hebblab/wasm').Kernels, state: any) => unknown} run every call does the same work
 * @property {(state: any) => string} [describe] what the state turned out to be, after a run
 */

/**
 * The result of a case in one variant on some threads; times in milliseconds.
 *
 * @typedef {{ name: string, variant: string, threads: number, flops?: number, precision?: string, bytes?: number, items?: number,
 *   part?: string } & ({ state: 'measured', median: number, p25: number, p75: number, samples: number, note?: string }
 *   | { state: 'failed', error: string })} CaseResult
 */

/** Each case's time is spread over this many passes through the suite, so that all share quiet and busy times. */
const rounds = 5;

/**
 * Measures cases in each of the opened instances, and the multiply-add peaks of one thread that they ask for among them.
 *
 * @param {BenchCase[]} cases
 * @param {import('@hebblab/wasm').Kernels[]} opened
 * @param {{ seconds: number, clock: 'cpu' | 'wall' }} budget seconds for each case in each variant
 * @returns {CaseResult[]}
 */
export function measure(cases, opened, { seconds, clock }) {
  const precisions = [...new Set(cases.flatMap(({ precision }) => precision ?? []))];
  const oneOfEach = opened.filter(
    ({ variant }, index) => opened.findIndex((kernels) => kernels.variant === variant) === index,
  );
  const tasks = [
    ...precisions.flatMap((precision) => oneOfEach.map((kernels) => prepare(peakCase(precision), kernels))),
    ...cases.flatMap((benchCase) => opened.map((kernels) => prepare(benchCase, kernels))),
  ];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? tasks : tasks.toReversed();
    for (const task of order) if (wantsMore(task, seconds)) takeSamples(task, seconds / rounds, clock);
  }
  return tasks.map(resultOf);
}

/** The name of the case that measures the peak of a precision. */
export function peakName(precision) {
  return `multiply-add peak, ${precision}`;
}

function isPeak(name) {
  return name === peakName('f32') || name === peakName('f64');
}

/** @returns {BenchCase} */
function peakCase(precision) {
  const { flops } = multiplyAddLoop('simd128', precision);
  return {
    name: peakName(precision),
    flops,
    precision,
    setup: ({ variant }) => multiplyAddLoop(variant, precision),
    run: (_, loop) => loop.run(),
  };
}

/** Sets a case up and runs it until the engine has had the time to optimise it. */
function prepare(benchCase, kernels) {
  const task = { benchCase, kernels, state: undefined, samples: [], error: undefined };
  try {
    task.state = benchCase.setup(kernels);
    const start = performance.now();
    do benchCase.run(kernels, task.state);
    while (performance.now() - start < warmUpMilliseconds);
  } catch (error) {
    task.error = error;
  }
  return task;
}

const warmUpMilliseconds = 20;

function wantsMore({ error, samples }, seconds) {
  const spent = samples.reduce((sum, sample) => sum + sample, 0);
  return error === undefined && (samples.length < fewestSamples || spent < seconds * 1000);
}

/** A median needs these, however long a run takes. */
const fewestSamples = 3;

function takeSamples(task, seconds, clock) {
  const { benchCase, kernels, state } = task;
  const bench = new Bench({
    time: seconds * 1000,
    iterations: 1,
    warmup: false,
    retainSamples: true,
    timestampProvider: clocks[clock],
  });
  // Told to be synchronous, or tinybench would call it once more to find out.
  bench.add(benchCase.name, () => void benchCase.run(kernels, state), { async: false });
  bench.runSync();
  const [result] = bench.results;
  if (result.state === 'completed') task.samples.push(...result.latency.samples);
  else task.error = result.state === 'errored' ? result.error : new Error(`tinybench ended ${result.state}`);
}

/** @returns {CaseResult} */
function resultOf({ benchCase, kernels, state, samples, error }) {
  const { name, flops, precision, bytes, items, part, describe } = benchCase;
  const { variant } = kernels;
  const threads = isPeak(name) ? 1 : kernels.threads;
  const subject = { name, variant, threads, flops, precision, bytes, items, part };
  if (error !== undefined) return { ...subject, state: 'failed', error: String(error.message ?? error) };
  return {
    ...subject,
    state: 'measured',
    median: quantile(samples, 0.5),
    p25: quantile(samples, 0.25),
    p75: quantile(samples, 0.75),
    samples: samples.length,
    note: describe?.(state),
  };
}

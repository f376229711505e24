// Whether comparisons can be trusted on a noisy machine: equal kernels compared many times, and a slowdown of 5 % that
// was planted, beside a busy second process. Each comparison is a process of its own; its outcome is appended to
// runs.jsonl, so that the proof can be stopped and goes on where it was. results.md and results.json sum it up.
//
//   node bench/proof/run.js                 what is missing of 200 equal pairs and 50 planted slowdowns, 10 s each
//   node bench/proof/run.js --minutes 20    as much of it as fits
//   node bench/proof/run.js --summary       only sum up
import { execFile, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { summaryOf, summaryPage } from './summary.js';

const runsFile = new URL('runs.jsonl', import.meta.url);
const wanted = { equal: 200, planted: 50 };
const secondsEach = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    summary: { type: 'boolean', default: false },
  },
});
if (!values.summary) await proceed(Number(values.minutes) * 60_000);
sumUp();

async function proceed(milliseconds) {
  const end = performance.now() + milliseconds;
  const busy = spawn(process.execPath, [fileURLToPath(new URL('busy.js', import.meta.url))], {
    stdio: 'ignore',
  });
  try {
    for (;;) {
      const next = nextRun(readRuns());
      if (next === undefined || performance.now() + secondsEach * 1000 > end) return;
      const run = await compareOnce(next);
      appendFileSync(runsFile, `${JSON.stringify({ ...next, load: os.loadavg()[0], ...run })}\n`);
      const { ratio, verdict } = run;
      console.log(`${next.kind} ${next.kernel} ${next.seed}: ${ratio.estimate.toFixed(4)} ${verdict.kind}`);
    }
  } finally {
    busy.kill();
  }
}

/** One planted slowdown after every four equal pairs, each kernel in turn, each seed once. */
function nextRun(runs) {
  const count = (kind) => runs.filter((run) => run.kind === kind).length;
  const [equal, planted] = [count('equal'), count('planted')];
  if (equal >= wanted.equal && planted >= wanted.planted) return undefined;
  const kind = planted < wanted.planted && planted < Math.floor(equal / 4) ? 'planted' : 'equal';
  const seed = count(kind);
  return { kind, kernel: seed % 2 === 0 ? 'gemm' : 'normals', seed, seconds: secondsEach };
}

async function compareOnce({ kind, kernel, seed, seconds }) {
  const script = fileURLToPath(new URL('one-comparison.js', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, kind, kernel, seed, seconds].map(String),
  );
  return JSON.parse(stdout);
}

function readRuns() {
  if (!existsSync(runsFile)) return [];
  const lines = readFileSync(runsFile, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function sumUp() {
  const machine = { node: process.version, cpu: os.cpus()[0]?.model ?? 'unknown', cores: os.cpus().length };
  const summary = summaryOf(readRuns(), wanted, machine);
  writeFileSync(new URL('results.json', import.meta.url), `${JSON.stringify(summary, null, 2)}\n`);
  writeFileSync(new URL('results.md', import.meta.url), summaryPage(summary));
}

// A run that is killed at any moment and resumed has to end with the bytes of one that was left alone. SIGKILL gives
// the program no chance to tidy up, so whatever is on the disk at that moment has to be enough.
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hebblab, outcomeOf, startHebblab, temporaryFolder } from '../support/command-line.js';
import { smallRun, writeConfig } from '../support/small-run.js';

const kills = 10;
/** The most kills of one run, so that several runs are killed, early and late. */
const killsOfRun = 4;
/** A kill comes up to so long after its epoch was seen, to hit what a program does between two of them as well. */
const mostMillisecondsAfter = 30;
const seed = Number(process.env.HEBBLAB_KILL_SEED ?? Date.now() % 1_000_000);

const folder = temporaryFolder();
const config = writeConfig(folder.path, smallRun(50));
const parametersFor = (out: string) => [
  ...['run', config, '--out', out, '--variant', 'simd128', '--checkpoint-seconds', '0'],
];
const placeOf = (run: string) => path.join(folder.path, run);

let reference: ReadonlyMap<string, Buffer>;
let epochs: number;

beforeAll(async () => {
  expect(await hebblab(parametersFor(placeOf('reference')))).toMatchObject({ code: 0 });
  epochs = rowsOf(placeOf('reference'));
  reference = filesOf(placeOf('reference'));
});
afterAll(() => folder[Symbol.dispose]());

describe(`a run that is killed ${kills} times (HEBBLAB_KILL_SEED=${seed})`, () => {
  it('ends with the models, metrics and results of one that was not', async () => {
    console.log(`kill-and-resume: HEBBLAB_KILL_SEED=${seed}`);
    const random = randomNumbers(seed);
    const moments: string[] = [];
    for (let chain = 0; moments.length < kills; chain++) {
      const out = placeOf(`killed-${chain}`);
      await runAndKill(out, random, moments, chain);
      expect(filesOf(out), `chain ${chain}, killed at ${moments.join(', ')}`).toEqual(reference);
      expect(leftovers(out)).toEqual([]);
    }
    console.log(`kill-and-resume: killed at ${moments.join(', ')}`);
  }, 300_000);
});

/** One run, killed and resumed until it is through; each kill is noted with what was on the disk then. */
async function runAndKill(
  out: string,
  random: () => number,
  moments: string[],
  chain: number,
): Promise<void> {
  const earlier = moments.length;
  for (let resume: string[] = []; ; resume = ['--resume']) {
    const before = rowsOf(out);
    const after = before + Math.floor(random() * (epochs - before + 1));
    const wait = random() * mostMillisecondsAfter;
    const kill = moments.length < Math.min(kills, earlier + killsOfRun) && stateOf(out) !== 'results';
    const child = startHebblab([...parametersFor(out), ...resume]);
    const outcome = outcomeOf(child);
    if (kill) await killAfter(child, wait, () => rowsOf(out) >= after && existsSync(out));
    const { code, stderr } = await outcome;
    if (child.signalCode !== 'SIGKILL') {
      expect({ code, stderr }).toMatchObject({ code: 0 });
      return;
    }
    moments.push(`${chain}: ${Math.round(wait)} ms after row ${after} (${stateOf(out)})`);
  }
}

/** Kills a process so long after something was seen, unless it ends before: no slow machine misses the moment. */
async function killAfter(child: ChildProcess, milliseconds: number, seen: () => boolean): Promise<void> {
  while (child.exitCode === null && !seen()) await sleep(2);
  await sleep(milliseconds);
  child.kill('SIGKILL');
}

/** Epochs that a run has told of. */
function rowsOf(run: string): number {
  const metrics = path.join(run, 'metrics.jsonl');
  return existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length - 1 : 0;
}

/** The files whose bytes may not depend on how often a run was interrupted. */
function filesOf(run: string): ReadonlyMap<string, Buffer> {
  const models = readdirSync(path.join(run, 'models')).sort();
  const names = [...models.map((name) => path.join('models', name)), 'metrics.jsonl', 'results.json'];
  return new Map(names.map((name) => [name, readFileSync(path.join(run, name))]));
}

/** What a finished run has no use for: checkpoints and half-written files. */
function leftovers(run: string): string[] {
  const names = readdirSync(run, { recursive: true }).map(String);
  return names.filter((name) => name.startsWith('checkpoints') || name.endsWith('.part'));
}

function stateOf(run: string): string {
  if (existsSync(path.join(run, 'results.json'))) return 'results';
  if (!existsSync(path.join(run, 'metrics.jsonl'))) return existsSync(run) ? 'no epoch' : 'no folder';
  return `${rowsOf(run)} rows`;
}

/** Mulberry32: uniform numbers in [0, 1) from a seed. */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

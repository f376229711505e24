import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { mostThreads } from '@hebblab/wasm';
import { clocks } from './clocks.js';

/** What was asked for is not there: the command ends with exit code 2 and this one sentence. */
export class ArgumentError extends Error {}

/**
 * @param {string[]} commandLine
 * @returns {{ suites: string[], variants: ('simd128' | 'relaxed')[], threads: number[], seconds: number, clock: 'cpu' | 'wall', slow: boolean, json: string | undefined }}
 * seconds is the time that each case gets in each variant
 * @throws {ArgumentError}
 */
export function readArguments(commandLine) {
  const { values, positionals } = parse(commandLine);
  const known = suiteNames();
  for (const name of positionals) {
    if (!known.includes(name))
      throw new ArgumentError(`bench: expected a suite of ${known.join(', ')}, got ${name}`);
  }
  if (!Object.hasOwn(variantSets, values.variant))
    throw new ArgumentError(`bench: expected --variant simd128, relaxed or both, got ${values.variant}`);
  const threads = [...new Set(values.threads.split(',').map(Number))];
  if (!threads.every((count) => Number.isInteger(count) && count >= 1 && count <= mostThreads))
    throw new ArgumentError(
      `bench: expected --threads from 1 to ${mostThreads}, with commas between, got ${values.threads}`,
    );
  const clock = values.clock ?? (threads.some((count) => count > 1) ? 'wall' : 'cpu');
  if (!Object.hasOwn(clocks, clock))
    throw new ArgumentError(`bench: expected --clock cpu or wall, got ${clock}`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY))
    throw new ArgumentError(`bench: expected --seconds above 0, got ${values.seconds}`);
  const suites = positionals.length === 0 ? known : [...new Set(positionals)];
  const variants = variantSets[values.variant];
  return { suites, variants, threads, seconds, clock, slow: values.slow, json: values.json };
}

const variantSets = { simd128: ['simd128'], relaxed: ['relaxed'], both: ['simd128', 'relaxed'] };

const options = {
  variant: { type: 'string', default: 'both' },
  seconds: { type: 'string', default: '0.4' },
  threads: { type: 'string', default: '1' },
  clock: { type: 'string' },
  slow: { type: 'boolean', default: false },
  json: { type: 'string' },
};

function parse(commandLine) {
  try {
    return parseArgs({ args: commandLine, options, allowPositionals: true });
  } catch (error) {
    throw new ArgumentError(`bench: ${error.message}`);
  }
}

function suiteNames() {
  return readdirSync(new URL('../suites/', import.meta.url))
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -'.js'.length))
    .sort();
}

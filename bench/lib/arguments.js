import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { clocks } from './clocks.js';

/** What was asked for is not there: the command ends with exit code 2 and this one sentence. */
export class ArgumentError extends Error {}

/**
 * @param {string[]} commandLine
 * @returns {{ suites: string[], variants: ('simd128' | 'relaxed')[], seconds: number, clock: 'cpu' | 'wall', slow: boolean, json: string | undefined }}
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
  if (!Object.hasOwn(clocks, values.clock))
    throw new ArgumentError(`bench: expected --clock cpu or wall, got ${values.clock}`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds < Number.POSITIVE_INFINITY))
    throw new ArgumentError(`bench: expected --seconds above 0, got ${values.seconds}`);
  const suites = positionals.length === 0 ? known : [...new Set(positionals)];
  const variants = variantSets[values.variant];
  return { suites, variants, seconds, clock: values.clock, slow: values.slow, json: values.json };
}

const variantSets = { simd128: ['simd128'], relaxed: ['relaxed'], both: ['simd128', 'relaxed'] };

const options = {
  variant: { type: 'string', default: 'both' },
  seconds: { type: 'string', default: '0.4' },
  clock: { type: 'string', default: 'cpu' },
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

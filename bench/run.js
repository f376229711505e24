// Runs suites of bench/suites and prints a table of each: see README.md.
//
//   pnpm bench [suite ...] [--variant simd128|relaxed|both] [--threads n,n] [--seconds n] [--clock cpu|wall] [--slow]
//     [--json FILE]
//
// Exit codes: 0 all cases were measured, 1 a case failed, 2 the arguments ask for something that is not there.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { detectWasmFeatures, openKernels } from '@hebblab/wasm';
import { ArgumentError, readArguments } from './lib/arguments.js';
import { measure } from './lib/measure.js';
import { describeMachine, resultTable } from './lib/table.js';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(commandLine) {
  const { suites: names, variants, threads, seconds, clock, slow, json } = readArguments(commandLine);
  if (variants.includes('relaxed')) allowRelaxed();
  const opened = [];
  for (const variant of variants)
    for (const count of threads) opened.push(await openWithThreads(variant, count));
  const machine = {
    node: process.version,
    v8: process.versions.v8,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    threads,
    variants,
    loadBefore: os.loadavg()[0],
  };
  console.log(describeMachine(machine));

  const results = [];
  for (const name of names) {
    const suite = await import(`./suites/${name}.js`);
    const cases = suite.cases.filter((benchCase) => slow || benchCase.slow !== true);
    const measured = measure(cases, opened, { seconds, clock });
    console.log(`\n${name}: ${suite.question}\n${resultTable(measured, clock)}`);
    results.push(...measured.map((result) => ({ suite: name, ...result })));
  }
  const loadAfter = os.loadavg()[0];
  console.log(
    `\nload of the machine: ${machine.loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`,
  );
  if (json !== undefined) {
    const file = { schema: 1, machine: { ...machine, loadAfter }, clock, seconds, results };
    writeFileSync(json, `${JSON.stringify(file, null, 2)}\n`);
  }
  return results.some((result) => result.state === 'failed') ? 1 : 0;
}

async function openWithThreads(variant, threads) {
  const kernels = await openKernels({ variant, threads });
  if (kernels.threads === threads) return kernels;
  throw new ArgumentError(`bench: expected ${threads} threads, got 1: ${kernels.threadsReason}`);
}

/** Node 20 has relaxed SIMD behind a flag of V8; newer ones know no such flag and need none. */
function allowRelaxed() {
  if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!detectWasmFeatures().relaxedSimd)
    throw new ArgumentError(
      'bench: expected an engine that runs relaxed, got one without: use --variant simd128',
    );
}

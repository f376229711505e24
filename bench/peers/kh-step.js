// A minibatch step of the Krotov-Hopfield rule at the size of arXiv 2405.00679 by our kernels and by NumPy and PyTorch,
// interleaved in one run: see ../README.md.
//
//   node bench/peers/kh-step.js [--weights FILE.npy ...] [--threads n] [--rounds n] [--json FILE]
//
// Exit codes: 0 every result agreed, 1 one did not or failed, 2 the arguments ask for something that is not there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { detectWasmFeatures, openKernels } from '@hebblab/wasm';
import {
  freshWeights,
  learnedWeights,
  principalDirections,
  readImages,
  readWeights,
  scalesOf,
  size,
} from './kh-layers.js';
import { openOurs } from './kh-ours.js';
import { openPythonSteps } from './kh-python.js';

async function main(commandLine) {
  const options = readArguments(commandLine);
  if (options.problem !== undefined) {
    console.error(`kh-step: ${options.problem}`);
    return 2;
  }
  if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hebblab-kh-step-'));
  const python = await openPythonSteps(folder, options.threads);
  try {
    const opened = [];
    for (const variant of ['simd128', 'relaxed'])
      for (const threads of new Set([1, options.threads]))
        opened.push(await openKernels({ variant, threads }));
    const images = readImages(opened[0]);
    const scales = scalesOf(images.pixels);
    const batch = {
      pixels: images.pixels.slice(0, size.count * size.inputs),
      scales: scales.slice(0, size.count),
      basis: principalDirections(opened[0], images.pixels),
    };
    const layers = [
      ['fresh', () => freshWeights(opened[0])],
      ['learned', () => learnedWeights(images.pixels, scales)],
      ...options.weights.map((file) => [path.basename(file), () => readWeights(file)]),
    ];
    console.log(
      `Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores; ${python.about}`,
    );
    console.log(`${size.count} samples of ${images.from}, ${size.inputs} inputs, ${size.hidden} units; ms`);
    const results = [];
    for (const [name, weightsOf] of layers) {
      const rows = await measureLayer({ ...batch, weights: weightsOf() }, opened, python, options.rounds);
      console.log(`\n${name}\n${tableOf(rows)}`);
      results.push({ layer: name, rows });
    }
    if (options.json)
      writeFileSync(
        options.json,
        `${JSON.stringify({ schema: 1, node: process.version, python: python.about, images: images.from, results }, null, 2)}\n`,
      );
    return results.some(({ rows }) => rows.some(({ problem }) => problem !== undefined)) ? 1 : 0;
  } finally {
    await python.close();
    rmSync(folder, { recursive: true });
  }
}

/** Checks one step of each at a real rate, then measures steps at a rate that leaves the layer as it is. */
async function measureLayer(layer, opened, python, rounds) {
  const participants = [
    ...opened.flatMap((kernels) => openOurs(kernels, layer)),
    ...(await python.open(layer)),
  ];
  const rows = [];
  for (const participant of participants) {
    const step = await participant.step(0.02);
    const { name, variant } = participant;
    rows.push({ name, variant, times: [], weights: participant.weights?.(), ...step });
    await participant.reset();
  }
  for (const row of rows) row.problem = problemOf(row, rows);
  for (let round = 0; round < rounds; round++) {
    const order = participants.map((participant, index) => ({ participant, row: rows[index] }));
    for (const { participant, row } of round % 2 === 0 ? order : order.toReversed()) {
      if (row.problem !== undefined) continue;
      // The first step after a pause pays for waking threads and for caches that another filled: in training none does.
      await participant.step(vanishingRate);
      row.times.push((await participant.step(vanishingRate)).milliseconds);
    }
  }
  for (const participant of participants) participant.close();
  return rows.map(({ name, times, note, problem }) => ({ name, note, problem, ...quartiles(times) }));
}

/** All the work of a step, and no weight of ordinary size changes. */
const vanishingRate = 1e-12;

/**
 * Ours have the bits of our whole product on one thread in the same variant; the others, which sum in other orders, nearly
 * the same winners and the same largest change.
 */
function problemOf(row, rows) {
  if (row.error !== undefined) return row.error;
  if (row.variant !== undefined) {
    const reference = rows.find(({ variant }) => variant === row.variant);
    return Buffer.compare(row.weights, reference.weights) === 0 ? undefined : 'other bits than the product';
  }
  const [ours] = rows;
  const same = row.winner.filter((unit, index) => unit === ours.winner[index]).length / row.winner.length;
  const apart = Math.abs(row.largest / ours.largest - 1);
  if (same >= 0.99 && apart <= 0.02) return undefined;
  return `${(100 * same).toFixed(1)} % of our winners, largest change off by ${apart}`;
}

function quartiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), p25: at(0.25), p75: at(0.75), runs: sorted.length };
}

const baselines = ['NumPy, dense', 'PyTorch, dense', 'PyTorch, sparse'];

function tableOf(rows) {
  const bases = baselines.flatMap((name) => rows.filter((row) => row.name === name && row.runs > 0));
  const cells = [
    ['', 'ms', 'p25 - p75', ...bases.map(({ name }) => `of ${name}`), ''],
    ...rows.map(({ name, median, p25, p75, runs, problem, note }) =>
      runs === 0
        ? [name, 'failed', '', ...bases.map(() => ''), problem]
        : [
            name,
            median.toFixed(1),
            `${p25.toFixed(1)} - ${p75.toFixed(1)}`,
            ...bases.map((base) => (median / base.median).toFixed(2)),
            note ?? '',
          ],
    ),
  ];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const align = (cell, column) =>
    column === 0 || column === widths.length - 1
      ? cell.padEnd(widths[column])
      : cell.padStart(widths[column]);
  return cells.map((row) => row.map(align).join('  ').trimEnd()).join('\n');
}

function readArguments(commandLine) {
  try {
    const { values } = parseArgs({
      args: commandLine,
      options: {
        weights: { type: 'string', multiple: true, default: [] },
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '7' },
        json: { type: 'string' },
      },
    });
    const [threads, rounds] = [values.threads, values.rounds].map(Number);
    if (!(Number.isInteger(threads) && threads > 0))
      return { problem: `expected --threads above 0, got ${values.threads}` };
    if (!(Number.isInteger(rounds) && rounds > 0))
      return { problem: `expected --rounds above 0, got ${values.rounds}` };
    for (const file of values.weights) readWeights(file);
    return { weights: values.weights, threads, rounds, json: values.json };
  } catch (error) {
    return { problem: error.message };
  }
}

// Last, since it reads the constants above.
process.exitCode = await main(process.argv.slice(2));

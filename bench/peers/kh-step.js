// A minibatch step of the Krotov-Hopfield rule at the size of arXiv 2405.00679 by our kernels and by NumPy and PyTorch,
// interleaved in one run: see ../README.md.
//
//   node bench/peers/kh-step.js [--weights FILE.npy ...] [--threads n] [--rounds n] [--clock wall|cpu] [--json FILE]
//
// With --epochs the layers are moments of one training, the fresh one its beginning, and the time of all its steps follows
// from the quickest way at each moment, between two of them on a straight line and after the last as there:
//
//   node bench/peers/kh-step.js --epochs 1000 --weights 5=FILE.npy --weights 130=FILE.npy ...
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
  const python = await openPythonSteps(folder, options.threads, options.clock);
  try {
    const opened = [];
    for (const variant of ['simd128', 'relaxed'])
      for (const threads of new Set(options.epochs ? [options.threads] : [1, options.threads]))
        opened.push(await openKernels({ variant, threads }));
    const images = readImages(opened[0]);
    const scales = scalesOf(images.pixels);
    const batch = {
      pixels: images.pixels.slice(0, size.count * size.inputs),
      scales: scales.slice(0, size.count),
      basis: principalDirections(opened[0], images.pixels),
    };
    const layers = [
      { name: 'fresh', epoch: 0, weights: () => freshWeights(opened[0]) },
      ...(options.epochs ? [] : [{ name: 'learned', weights: () => learnedWeights(images.pixels, scales) }]),
      ...options.weights.map(({ file, epoch }) => ({
        name: epoch === undefined ? path.basename(file) : `after ${epoch} epochs`,
        epoch,
        weights: () => readWeights(file),
      })),
    ];
    // Nobody would train with these.
    const isTimed = (name) => !options.epochs || !/(product|dense)$/.test(name);
    console.log(
      `Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores; ${python.about}`,
    );
    console.log(
      `${size.count} samples of ${images.from}, ${size.inputs} inputs, ${size.hidden} units; ms, ${options.clock} time`,
    );
    const results = [];
    for (const { name, epoch, weights } of layers) {
      const layer = { ...batch, weights: weights() };
      const rows = await measureLayer(layer, opened, python, options, isTimed);
      console.log(`\n${name}\n${tableOf(rows)}`);
      results.push({ layer: name, epoch, rows });
    }
    if (options.epochs) console.log(`\n${trainingTable(results, options.epochs)}`);
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
async function measureLayer(layer, opened, python, { rounds, clock }, isTimed) {
  const participants = [
    ...opened.flatMap((kernels) => openOurs(kernels, layer, clock)),
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
      if (row.problem !== undefined || !isTimed(row.name)) continue;
      // The first step after a pause pays for waking threads and for caches that another filled: in training none does.
      await participant.step(vanishingRate);
      row.times.push((await participant.step(vanishingRate)).milliseconds);
    }
  }
  for (const participant of participants) participant.close();
  return rows
    .filter(({ name, problem }) => problem !== undefined || isTimed(name))
    .map(({ name, variant, times, note, problem }) => ({
      name,
      variant,
      note,
      problem,
      ...quartiles(times),
    }));
}

/** Seconds of all steps of a training, 50 an epoch as for CIFAR-10: by the quickest of our ways at each moment, and by each peer. */
function trainingTable(results, epochs) {
  const names = results[0].rows.filter(({ runs }) => runs > 0).map(({ name, variant }) => variant ?? name);
  const lines = [...new Set(names)].map((name) => {
    const moments = results.map(({ epoch, rows }) => {
      const ways = rows.filter((row) => row.runs > 0 && (row.variant ?? row.name) === name);
      return { epoch, milliseconds: Math.min(...ways.map(({ median }) => median)) };
    });
    const seconds = (stepsAnEpoch * areaOf([...moments, { ...moments.at(-1), epoch: epochs }])) / 1000;
    const steps = moments.map(({ epoch, milliseconds }) => `${epoch}: ${milliseconds.toFixed(1)}`);
    return `${name.padEnd(16)} ${seconds.toFixed(0).padStart(6)} s   ms by epoch ${steps.join(', ')}`;
  });
  return [`all steps of ${epochs} epochs`, ...lines].join('\n');
}

/** The trapezoid rule. */
function areaOf(moments) {
  return moments
    .slice(1)
    .map((moment, index) => {
      const before = moments[index];
      return ((moment.epoch - before.epoch) * (moment.milliseconds + before.milliseconds)) / 2;
    })
    .reduce((sum, area) => sum + area, 0);
}

const stepsAnEpoch = 50;

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
        epochs: { type: 'string' },
        clock: { type: 'string', default: 'wall' },
        json: { type: 'string' },
      },
    });
    const [threads, rounds] = [values.threads, values.rounds].map(Number);
    if (!(Number.isInteger(threads) && threads > 0))
      return { problem: `expected --threads above 0, got ${values.threads}` };
    if (!(Number.isInteger(rounds) && rounds > 0))
      return { problem: `expected --rounds above 0, got ${values.rounds}` };
    if (!['wall', 'cpu'].includes(values.clock))
      return { problem: `expected --clock wall or cpu, got ${values.clock}` };
    const epochs = values.epochs === undefined ? undefined : Number(values.epochs);
    const weights = values.weights.map((value) => {
      const [, epoch, file] = /^(?:(\d+)=)?(.*)$/s.exec(value);
      return { file, epoch: epoch === undefined ? undefined : Number(epoch) };
    });
    for (const { file } of weights) readWeights(file);
    if (epochs !== undefined) {
      const moments = [0, ...weights.map(({ epoch }) => epoch), epochs];
      if (!moments.every((epoch, index) => index === 0 || epoch > moments[index - 1]))
        return { problem: `expected --weights EPOCH=FILE ascending below --epochs ${values.epochs}` };
    }
    return { weights, epochs, threads, rounds, clock: values.clock, json: values.json };
  } catch (error) {
    return { problem: error.message };
  }
}

// Last, since it reads the constants above.
process.exitCode = await main(process.argv.slice(2));

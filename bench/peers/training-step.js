// Training steps by our tfjs-core backend, by those of tfjs and by jax-js, each in a process of its own, interleaved in
// one run: see ../README.md.
//
//   node bench/peers/training-step.js [shlp] [cnn] [scalar] [--threads n] [--rounds n] [--without PEER ...] [--json FILE]
//
// Exit codes: 0 every loss agreed with ours, 1 one did not or a participant failed, 2 the arguments ask for something that is
// not there.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPeers } from './install.js';
import { textTable } from './tables.js';
import { works } from './training/works.js';

process.exitCode = await main(process.argv.slice(2));

async function main(commandLine) {
  const chosen = readArguments(commandLine);
  if (chosen.problem !== undefined) {
    console.error(`training-step: ${chosen.problem}`);
    return 2;
  }
  installPeers();
  console.log(
    `Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores; ms a step`,
  );
  const results = [];
  for (const work of chosen.works) {
    const participants = await measureWork(work, chosen);
    console.log(textTable(participants));
    results.push({ work: work.name, participants });
  }
  if (chosen.json) {
    writeFileSync(chosen.json, `${JSON.stringify({ schema: 1, node: process.version, results }, null, 2)}\n`);
  }
  return results.some(({ participants }) => participants.some(({ state }) => state === 'failed')) ? 1 : 0;
}

/** Every participant takes the same first steps; their losses are compared before anything is timed. */
async function measureWork(work, { threads, rounds, without }) {
  const names = [
    'hebblab',
    ...(threads > 1 ? [`hebblab, ${threads} threads`] : []),
    ...work.peers.filter((peer) => !without.includes(peer)),
  ];
  const entries = [];
  for (const name of names)
    entries.push(await startParticipant(name, work, name.includes(',') ? threads : 1));
  const [ours] = entries;
  for (const entry of entries) refuseOtherLosses(entry, ours.losses, work.tolerance);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? entries : entries.toReversed();
    for (const entry of order) {
      if (entry.state === 'measured')
        entry.times.push((await messageOf(entry, { steps: entry.stepsARound })).milliseconds);
    }
  }
  const { shares } = await messageOf(ours, { steps: 0 });
  for (const { process: child } of entries) child.kill();
  console.log(`\n${work.name}: ${work.what}\nof our kernels' time on one thread: ${describeShares(shares)}`);
  return entries.map(({ name, state, note, times }) => ({ name, state, note, ...quartiles(times) }));
}

async function startParticipant(name, work, threads) {
  const file = name === 'jax-js' ? 'jax-js.js' : 'tfjs.js';
  const script = fileURLToPath(new URL(`training/${file}`, import.meta.url));
  const child = fork(script, [name.split(',')[0], String(threads), work.name], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const entry = { name, process: child, times: [], state: 'measured', note: '', losses: [], stepsARound: 1 };
  const answer = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (answer === undefined) return { ...entry, state: 'failed', note: complaints.trim().split('\n').at(-1) };
  const [{ losses, milliseconds }] = answer;
  return { ...entry, losses, stepsARound: Math.max(1, Math.round(300 / milliseconds)) };
}

async function messageOf({ process: child }, message) {
  const answer = once(child, 'message');
  child.send(message);
  const [content] = await answer;
  return content;
}

function describeShares(shares) {
  const largest = Object.entries(shares).sort(([, first], [, second]) => second - first);
  return largest
    .slice(0, 4)
    .map(([kernel, share]) => `${kernel} ${Math.round(100 * share)} %`)
    .join(', ');
}

function refuseOtherLosses(entry, expected, tolerance) {
  const differs = entry.losses.findIndex(
    (loss, step) => Math.abs(loss - expected[step]) > tolerance * expected[step],
  );
  if (entry.state !== 'measured' || (differs === -1 && entry.losses.length === expected.length)) return;
  entry.state = 'failed';
  entry.note = `expected losses within ${tolerance} of ${expected}, got ${entry.losses}`;
}

function quartiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), p25: at(0.25), p75: at(0.75) };
}

function readArguments(commandLine) {
  try {
    const { values, positionals } = parseArgs({
      args: commandLine,
      allowPositionals: true,
      options: {
        threads: { type: 'string', default: '2' },
        rounds: { type: 'string', default: '5' },
        without: { type: 'string', multiple: true, default: [] },
        json: { type: 'string' },
      },
    });
    const unknown = positionals.find((name) => works.every((work) => work.name !== name));
    if (unknown !== undefined)
      return { problem: `expected ${works.map(({ name }) => name).join(', ')}, got ${unknown}` };
    for (const name of ['threads', 'rounds'])
      if (!/^[1-9]\d?$/.test(values[name]))
        return { problem: `expected ${name} from 1 to 99, got ${values[name]}` };
    return {
      works: positionals.length === 0 ? works : works.filter(({ name }) => positionals.includes(name)),
      threads: Number(values.threads),
      rounds: Number(values.rounds),
      without: values.without,
      json: values.json,
    };
  } catch (error) {
    return { problem: error.message };
  }
}

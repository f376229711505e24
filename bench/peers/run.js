// Does the same work by our kernels and by other libraries, interleaved in one run: see ../README.md.
//
//   pnpm bench:peers [work ...] [--rounds n] [--json FILE] [--markdown FILE] [--no-docs]
//
// The works that were done take their place in results.json, and the table of docs/performance.md is written anew from it.
//
// Exit codes: 0 every result agreed with ours, 1 one did not or failed, 2 the arguments ask for something that is not there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { compareResults } from './compare-results.js';
import { updateDocs } from './docs.js';
import { installPeers } from './install.js';
import { markdownTable, textTable } from './tables.js';
import { works } from './works.js';

process.exitCode = await main(process.argv.slice(2));

async function main(commandLine) {
  const chosen = readArguments(commandLine);
  if (chosen.problem !== undefined) {
    console.error(`bench:peers: ${chosen.problem}`);
    return 2;
  }
  installPeers();
  // Imports what was installed only now.
  const { openParticipants } = await import('./participants.js');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hebblab-peers-'));
  const participants = await openParticipants(folder);
  try {
    for (const note of participants.missing) console.log(`not measured: ${note}`);
    const results = [];
    for (const work of chosen.works) {
      const measured = await measureWork(work, participants.all, chosen.rounds);
      console.log(`\n${work.name}: ${work.what}\n${textTable(measured)}`);
      results.push({ work: work.name, what: work.what, participants: measured });
    }
    const machine = {
      node: process.version,
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.cpus().length,
      load: os.loadavg()[0],
      versions: participants.versions,
    };
    if (chosen.json)
      writeFileSync(chosen.json, `${JSON.stringify({ schema: 1, machine, results }, null, 2)}\n`);
    if (chosen.markdown) writeFileSync(chosen.markdown, markdownTable(machine, results));
    if (!chosen.withoutDocs) updateDocs(machine, results);
    return results.some((result) => result.participants.some(({ state }) => state === 'failed')) ? 1 : 0;
  } finally {
    await participants.close();
    rmSync(folder, { recursive: true });
  }
}

/** One after the other, round by round, every other round in reverse order. */
async function measureWork(work, participants, rounds) {
  const inputs = work.inputs();
  const entries = [];
  for (const participant of participants) {
    const task = await participant.prepare(work, inputs);
    if (task === undefined) continue;
    entries.push({ name: participant.name, task, times: [], state: 'measured' });
  }
  for (const entry of entries) await checked(entry, async () => entry.task.run());
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? entries : entries.toReversed();
    for (const entry of order)
      if (entry.state === 'measured')
        await checked(entry, async () => entry.times.push(await entry.task.run()));
  }
  await compareResults(work, entries);
  for (const { task } of entries) await task.close();
  return entries.map(({ name, times, state, note }) => ({ name, state, note, ...quartiles(times) }));
}

async function checked(entry, action) {
  try {
    await action();
  } catch (error) {
    Object.assign(entry, { state: 'failed', note: String(error.message ?? error) });
  }
}

function quartiles(times) {
  const sorted = Float64Array.from(times).sort();
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1) + 0.5)];
  return { median: at(0.5), p25: at(0.25), p75: at(0.75), runs: sorted.length };
}

function readArguments(commandLine) {
  try {
    const { values, positionals } = parseArgs({
      args: commandLine,
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        'no-docs': { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((name) => !works.some((work) => work.name === name));
    if (unknown !== undefined)
      return { problem: `expected a work of ${works.map(({ name }) => name).join(', ')}, got ${unknown}` };
    const rounds = Number(values.rounds);
    if (!(Number.isInteger(rounds) && rounds > 0))
      return { problem: `expected --rounds above 0, got ${values.rounds}` };
    const chosen = works.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
    return {
      works: chosen,
      rounds,
      json: values.json,
      markdown: values.markdown,
      withoutDocs: values['no-docs'],
    };
  } catch (error) {
    return { problem: error.message };
  }
}

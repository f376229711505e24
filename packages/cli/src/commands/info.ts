import os from 'node:os';
import { memoryUse } from '@hebblab/wasm';
import { Command } from 'commander';
import { describeEnvironment, openKernelsForCommand } from '../environment.js';

export function infoCommand(): Command {
  return new Command('info')
    .description('what this machine and engine give: variant, features, threads, memory')
    .option('--variant <name>', 'auto, simd128 or relaxed', 'auto')
    .option('--json', 'print JSON on stdout', false)
    .addHelpText('after', '\nExample:\n  hebblab info --json')
    .action(info);
}

async function info(flags: { variant: string; json: boolean }): Promise<void> {
  const kernels = await openKernelsForCommand(flags.variant);
  const { version, commit, node, platform, processor } = describeEnvironment();
  const described = {
    hebblab: version,
    commit,
    node,
    platform,
    processor,
    cores: os.availableParallelism(),
    variant: kernels.variant,
    'wasm SIMD': kernels.features.simd128,
    'wasm relaxed SIMD': kernels.features.relaxedSimd,
    threads: kernels.threads,
    'why not more threads': 'this version has no threaded kernels',
    'kernel memory': memoryUse(kernels),
    'machine memory': { totalBytes: os.totalmem(), freeBytes: os.freemem() },
  };
  if (flags.json) {
    console.log(JSON.stringify(described, null, 2));
    return;
  }
  const text = (value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, bytes]) => `${name.replace('Bytes', '')} ${formatBytes(Number(bytes))}`)
          .join(', ')
      : String(value === true ? 'yes' : value === false ? 'no' : value);
  const width = Math.max(...Object.keys(described).map((name) => name.length));
  for (const [name, value] of Object.entries(described)) console.log(`${name.padEnd(width)}  ${text(value)}`);
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

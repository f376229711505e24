import os from 'node:os';
import { memoryUse } from '@hebblab/wasm';
import { Command } from 'commander';
import { describeEnvironment } from '../environment.js';
import { type KernelsWanted, openKernelsForCommand } from '../kernels.js';
import { threadsOption, variantOption } from '../options.js';

export function infoCommand(): Command {
  return new Command('info')
    .addOption(threadsOption())
    .addOption(variantOption())
    .option('--json', 'print JSON on stdout, nothing else')
    .addHelpText('after', '\nExample:\n  hebblab info --json')
    .action(info);
}

async function info(flags: KernelsWanted & { json?: true }): Promise<void> {
  const kernels = await openKernelsForCommand(flags);
  const { variant, features, threads, threadsReason } = kernels;
  const { version, commit, node, platform, processor } = describeEnvironment();
  const cores = os.availableParallelism();
  const kernelMemory = memoryUse(kernels);
  const machineMemory = { totalBytes: os.totalmem(), freeBytes: os.freemem() };
  if (flags.json) {
    const engine = { node, platform, processor, cores, variant, features, threads, threadsReason };
    console.log(JSON.stringify({ version, commit, ...engine, kernelMemory, machineMemory }, null, 2));
    return;
  }
  const lines = {
    hebblab: commit === 'unknown' ? version : `${version} (${commit})`,
    node: `${node} on ${platform}`,
    processor: `${processor}, ${cores} cores`,
    variant,
    'WebAssembly SIMD': yesOrNo(features.simd128),
    'relaxed SIMD': yesOrNo(features.relaxedSimd),
    threads: `${threads} (${threadsReason})`,
    'kernel memory': `${formatBytes(kernelMemory.liveBytes)} in use, ${formatBytes(kernelMemory.totalBytes)} held`,
    'machine memory': `${formatBytes(machineMemory.totalBytes)}, ${formatBytes(machineMemory.freeBytes)} free`,
  };
  const width = Math.max(...Object.keys(lines).map((name) => name.length));
  for (const [name, value] of Object.entries(lines)) console.log(`${name.padEnd(width)}  ${value}`);
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

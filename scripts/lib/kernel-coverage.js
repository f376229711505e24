import { ownKernelNames } from '@hebblab/tfjs-backend';
import * as tf from '@tensorflow/tfjs-core';

/** The page that is made here. */
export const coverageFile = new URL('../../docs/tfjs-kernels.md', import.meta.url);

/** Its content: who runs each kernel that tfjs-core names. */
export function kernelCoverage() {
  const own = new Set(ownKernelNames);
  const names = Object.entries(tf)
    .flatMap(([name, value]) => (name === value ? [name] : []))
    .concat([...own].filter((name) => !(name in tf)))
    .sort();
  const rows = names.map((name) => [name, runBy(name, own)]);
  const count = (kind) => rows.filter(([, by]) => by === kind).length;
  return `# Kernels of the tfjs backend

Of the ${rows.length} kernels that tfjs-core names, ${count(kinds.own)} run on the arrays of \`@hebblab/wasm\` (calls with types or layouts that
they do not take, such as most of int32, fall back), ${count(kinds.cpu)} run by the code of tfjs-backend-cpu on views of the same
memory, and ${count(kinds.missing)} are in neither. Written by \`node scripts/write-kernel-coverage.js\`.

| kernel | runs by |
| --- | --- |
${rows.map(([name, by]) => `| ${name} | ${by} |`).join('\n')}
`;
}

const kinds = { own: '**own**', cpu: 'tfjs-backend-cpu', missing: 'missing' };

function runBy(name, own) {
  if (own.has(name)) return kinds.own;
  return tf.getKernel(name, 'cpu') == null ? kinds.missing : kinds.cpu;
}

// One comparison of the proof: node one-comparison.js equal|planted gemm|normals SEED SECONDS, its outcome as JSON.
//
// The planted slowdown is 5 % more of the same work: the 21st of what are 20 products, or 5 % more random numbers. Both
// sides have instances of their own, as in `hebblab bench compare`.
import { fileURLToPath } from 'node:url';
import { compare } from '@hebblab/bench';
import { readConfiguration, unpack } from '@hebblab/bench/node';
import { allocateFloat32, gemm, randomNormal } from '@hebblab/wasm';

const [kind, kernel, seed, seconds] = process.argv.slice(2);

const kernelTasks = { gemm: products, normals };
const sizes = { gemm: { equal: 20, planted: 21 }, normals: { equal: 50_000, planted: 52_500 } };

const configuration = await readConfiguration(fileURLToPath(new URL('.', import.meta.url)));
const build = configuration.builds.find(({ name }) => name === 'simd128');
const [base, now] = [build, build].map((files) => unpack(configuration, files, { kind: 'working tree' }));
try {
  const opened = [await base.open(), await base.open()];
  const first = { name: 'base', setup: () => kernelTasks[kernel](opened.shift(), sizes[kernel].equal) };
  const changed = await now.open();
  const second = { name: 'now', setup: () => kernelTasks[kernel](changed, sizes[kernel][kind]) };
  const comparison = await compare(first, second, { seconds: Number(seconds), seed: Number(seed) });
  const { ratio, noiseFloor, p, blocks, verdict, ended, clock } = comparison;
  console.log(
    JSON.stringify({ ratio, noiseFloor, p, blocks, verdict, ended, clock, took: comparison.seconds }),
  );
} finally {
  base.dispose();
  now.dispose();
}

function products(kernels, count) {
  const a = allocateFloat32(kernels, [24, 784]);
  const b = allocateFloat32(kernels, [100, 784]);
  const out = allocateFloat32(kernels, [24, 100]);
  randomNormal(kernels, { seed: 1, stream: 'a' }, a);
  randomNormal(kernels, { seed: 1, stream: 'b' }, b);
  return () => {
    for (let call = 0; call < count; call++) gemm(kernels, 'NT', a, b, out);
  };
}

function normals(kernels, length) {
  const out = allocateFloat32(kernels, [length]);
  return () => randomNormal(kernels, { seed: 1, stream: 'normals' }, out);
}

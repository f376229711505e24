import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const name = 'load';
export const runsIn = ['node'];
export const question = 'What does it cost until the first result, in time and in bytes?';

const builds = ['simd128', 'relaxed', 'simd128-threads', 'relaxed-threads'];
const fileOf = (build) =>
  fileURLToPath(new URL(`../../packages/wasm/artefacts/${build}/hebblab_bg.wasm`, import.meta.url));

/** A cold start is a process of its own, whose CPU time from its start on it tells itself. */
export const cases = [
  {
    name: 'validate simd128',
    bytes: readFileSync(fileOf('simd128')).length,
    setup: () => readFileSync(fileOf('simd128')),
    run: (_, bytes) => WebAssembly.validate(bytes),
  },
  {
    name: 'instantiate simd128, compiled before',
    items: 1,
    setup: async () => {
      const module = await WebAssembly.compile(readFileSync(fileOf('simd128')));
      return { module, imports: emptyImports(module) };
    },
    run: (_, { module, imports }) => new WebAssembly.Instance(module, imports),
  },
  coldStart('an empty process', ''),
  coldStart(
    'cold start to the first product',
    `import { allocateFloat32, gemm, openKernels } from '@hebblab/wasm';
const kernels = await openKernels({ variant: 'simd128' });
const [a, b, out] = [1, 2, 3].map(() => allocateFloat32(kernels, [8, 8]));
gemm(kernels, 'NN', a, b, out);
`,
  ),
  ...builds.flatMap((build) => [
    sizeCase(`${build}.wasm`, build, (bytes) => bytes.length),
    sizeCase(`${build}.wasm, gzipped`, build, (bytes) => gzipSync(bytes, { level: 9 }).length),
  ]),
];

function coldStart(title, program) {
  const end = `${program}\nconst { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));`;
  const parameters = ['--input-type=module', '--eval', end];
  const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' };
  return {
    name: title,
    items: 1,
    /** Milliseconds of so many calls. */
    sample(_, __, calls) {
      let milliseconds = 0;
      for (let call = 0; call < calls; call++) {
        const { status, stdout, stderr } = spawnSync(process.execPath, parameters, options);
        if (status !== 0) throw new Error(`expected a process to end well, got ${stderr}`);
        milliseconds += Number(stdout);
      }
      return milliseconds;
    },
  };
}

function sizeCase(title, build, sizeOf) {
  return { name: title, size: () => sizeOf(readFileSync(fileOf(build))) };
}

/** What a module wants to import, as functions that do nothing: they are not called while it is made. */
function emptyImports(module) {
  const imports = {};
  for (const { module: from, name: what } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][what] = () => 0;
  }
  return imports;
}

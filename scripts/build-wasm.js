// Builds the WebAssembly artefacts that packages/wasm carries, or checks that the committed ones are current.
//
//   pnpm build:wasm             build every variant and write the sidecar
//   pnpm build:wasm --check     fail where the sources changed since; rebuild and compare the bytes where
//                               the Rust found here is the one of the sidecar
//   pnpm build:wasm --can-build only say by the exit code whether the tools are here
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sha256, sourceHash } from './lib/wasm-sources.js';
import wasmTools from './wasm-tools.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const artefacts = path.join(root, 'packages', 'wasm', 'artefacts');
const sidecarFile = path.join(artefacts, 'build.json');
const toolsFolder = process.env.HEBBLAB_TOOLS ?? path.join(os.homedir(), '.cache', 'hebblab-tools');
const target = 'wasm32-unknown-unknown';
const exported = (name) => ['-C', `link-arg=--export=${name}`];
/** One memory for several threads, which JavaScript makes: 4 GiB is the most that it may ask for. */
const sharedMemory = [
  ...[
    '-C',
    'link-arg=--shared-memory',
    '-C',
    'link-arg=--import-memory',
    '-C',
    'link-arg=--max-memory=4294967296',
  ],
  ...['__wasm_init_tls', '__tls_size', '__tls_align', '__tls_base'].flatMap(exported),
];
const threadFeatures = '+atomics,+bulk-memory';
/** @type {Record<string, { threads: boolean, flags: string[], features: string[] }>} */
const variants = {
  simd128: { threads: false, flags: ['-C', 'target-feature=+simd128'], features: [] },
  relaxed: {
    threads: false,
    flags: ['-C', 'target-feature=+simd128,+relaxed-simd'],
    features: ['relaxed-simd'],
  },
  'simd128-threads': {
    threads: true,
    flags: ['-C', `target-feature=${threadFeatures},+simd128`, ...sharedMemory],
    features: ['threads'],
  },
  'relaxed-threads': {
    threads: true,
    flags: ['-C', `target-feature=${threadFeatures},+simd128,+relaxed-simd`, ...sharedMemory],
    features: ['threads', 'relaxed-simd'],
  },
};
const carried = ['hebblab.js', 'hebblab.d.ts', 'hebblab_bg.wasm', 'hebblab_bg.wasm.d.ts'];
const largestGzippedKilobytes = 150;
/** What Rust's wasm uses; the optimiser refuses what it is not told of. */
const features = [
  ...['simd', 'bulk-memory', 'bulk-memory-opt', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals'],
  ...['reference-types', 'multivalue'],
];

if (process.argv.includes('--can-build')) findTools();
else if (process.argv.includes('--check')) check();
else build();

function build() {
  const rusts = findRusts();
  const built = mkdtempSync(path.join(os.tmpdir(), 'hebblab-wasm-'));
  buildInto(built, rusts);
  const description = describeBuild(built, rusts);
  rmSync(artefacts, { recursive: true, force: true });
  cpSync(built, artefacts, { recursive: true });
  rmSync(built, { recursive: true });
  writeFileSync(sidecarFile, `${JSON.stringify(description, null, 2)}\n`);
  for (const [variant, { bytes, gzippedBytes }] of Object.entries(readSidecar().variants)) {
    console.error(`build:wasm: ${variant} ${bytes} bytes, ${gzippedBytes} gzipped`);
  }
}

function check() {
  const sidecar = readSidecar();
  if (sidecar.sourceHash !== sourceHash())
    fail('the Rust sources changed since the artefacts were built: run `pnpm build:wasm`');
  const rusts = findRusts();
  const other = Object.values(rusts).find(({ version }) => version !== sidecar.rustc);
  if (other !== undefined) {
    console.error(
      `build:wasm: bytes not compared: the artefacts are from ${sidecar.rustc}, here is ${other.version}`,
    );
    return;
  }
  const rebuilt = mkdtempSync(path.join(os.tmpdir(), 'hebblab-wasm-'));
  buildInto(rebuilt, rusts);
  for (const variant of Object.keys(variants)) {
    for (const file of carried) {
      if (
        !readFileSync(path.join(artefacts, variant, file)).equals(
          readFileSync(path.join(rebuilt, variant, file)),
        )
      ) {
        fail(`${variant}/${file} differs from what its sources give with ${sidecar.rustc}`);
      }
    }
  }
  rmSync(rebuilt, { recursive: true });
  console.error('build:wasm: the committed artefacts equal a fresh build, byte for byte');
}

function buildInto(folder, rusts) {
  for (const [variant, { threads, flags, features: own }] of Object.entries(variants)) {
    const rust = threads ? rusts.threads : rusts.single;
    const output = mkdtempSync(path.join(os.tmpdir(), 'hebblab-wasm-pack-'));
    const parameters = [
      'build',
      path.join(root, 'crates', 'hebblab-wasm'),
      '--mode',
      'no-install',
      '--target',
      'web',
      '--release',
    ];
    run(
      'wasm-pack',
      [...parameters, '--no-pack', '--out-dir', output, '--out-name', 'hebblab', '--', '--locked'],
      {
        ...rust.environment,
        CARGO_TARGET_DIR: path.join(root, 'target', `wasm-${variant}`),
        CARGO_ENCODED_RUSTFLAGS: [...flags, ...pathRemapping(rust)].join('\x1f'),
      },
    );
    mkdirSync(path.join(folder, variant), { recursive: true });
    for (const file of carried) cpSync(path.join(output, file), path.join(folder, variant, file));
    const wasmFile = path.join(folder, variant, 'hebblab_bg.wasm');
    writeFileSync(wasmFile, withoutRegistryPaths(readFileSync(wasmFile)));
    const enabled = [...features, ...own].map((feature) => `--enable-${feature}`);
    run('wasm-opt', ['-O3', ...enabled, wasmFile, '-o', wasmFile], rust.environment);
    const glueFile = path.join(folder, variant, 'hebblab.js');
    writeFileSync(glueFile, withoutSingleInstance(readFileSync(glueFile, 'utf8')));
    rmSync(output, { recursive: true });
  }
}

/**
 * Overwrites what a compiled standard library says of the registry folders that its own dependencies came
 * from, which no remapping reaches, with a path of the same length.
 */
function withoutRegistryPaths(wasm) {
  const neutral = (found) => '/rust/deps'.padEnd(found.length - 1, '/.').concat('/');
  const text = wasm.toString('latin1').replace(/\/[\w/.-]*\/registry\/src\/[\w.-]+\//g, neutral);
  return Buffer.from(text, 'latin1');
}

/**
 * Lets the glue be initialised again, after the instance that it had was closed: wasm-bindgen keeps the first
 * for ever.
 */
function withoutSingleInstance(glue) {
  const guards = [
    { code: '    if (wasm !== undefined) return wasm;\n', count: 2, replacement: '' },
    { code: 'if (__wbg_init_promise === undefined) {', count: 1, replacement: '{' },
  ];
  return guards.reduce((text, { code, count, replacement }) => {
    const parts = text.split(code);
    if (parts.length !== count + 1)
      fail(`expected ${count} times in the glue, got ${parts.length - 1}: ${code}`);
    return parts.join(replacement);
  }, glue);
}

function describeBuild(folder, rusts) {
  const describeVariant = ([variant, { flags }]) => {
    const bytes = readFileSync(path.join(folder, variant, 'hebblab_bg.wasm'));
    const gzippedBytes = gzipSync(bytes, { level: 9 }).length;
    if (gzippedBytes > largestGzippedKilobytes * 1000)
      fail(`${variant} is ${gzippedBytes} bytes gzipped, more than ${largestGzippedKilobytes} KB`);
    return [variant, { flags: flags.join(' '), bytes: bytes.length, gzippedBytes, sha256: sha256(bytes) }];
  };
  return {
    rustc: rusts.single.version,
    wasmBindgen: versionOf('wasm-bindgen', rusts.single.environment),
    wasmPack: wasmPackVersion(rusts.single.environment),
    wasmOpt: wasmOptVersion(rusts.single.environment),
    sourceHash: sourceHash(),
    variants: Object.fromEntries(Object.entries(variants).map(describeVariant)),
  };
}

function findTools() {
  const { environment } = findRusts().single;
  for (const tool of ['cargo', 'wasm-bindgen']) versionOf(tool, environment);
  wasmPackVersion(environment);
  wasmOptVersion(environment);
}

function wasmPackVersion(environment) {
  return expectedVersionOf('wasm-pack', `wasm-pack ${wasmTools['wasm-pack']}`, environment);
}

function wasmOptVersion(environment) {
  const [major] = wasmTools.binaryen.split('.');
  return expectedVersionOf('wasm-opt', `wasm-opt version ${major} (version_${major})`, environment);
}

function expectedVersionOf(command, expected, environment) {
  const version = versionOf(command, environment);
  if (version !== expected)
    fail(`expected ${expected}, got ${version}: scripts/install-wasm-toolchain.sh installs it`);
  return version;
}

/**
 * Two Rusts with the wasm32 standard library, the second one's compiled for threads: of the sidecar's version where
 * that is here, else rustup's, else Debian's.
 */
function findRusts() {
  const anywhere = rustInstallation([]);
  const [debian, debianThreads] = ['rust-wasm', 'rust-wasm-threads'].map((folder) =>
    existsSync(path.join(toolsFolder, folder)) ? rustInstallation([folder]) : undefined,
  );
  const single = preferred([anywhere, debian].filter((rust) => rust?.hasTarget));
  const threads = preferred(
    [debianThreads?.hasTarget ? debianThreads : undefined, anywhere?.hasSource ? anywhere : undefined].filter(
      Boolean,
    ),
  );
  if (single === undefined || threads === undefined) {
    fail(
      `no Rust with the target ${target} and its source found: run \`rustup target add ${target}\` and ` +
        '`rustup component add rust-src`, or scripts/install-wasm-toolchain.sh on Debian',
    );
  }
  const buildsItsLibrary = threads === anywhere ? { CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort' } : {};
  return {
    single,
    // Atomics are not among the stable features yet.
    threads: {
      ...threads,
      environment: { ...threads.environment, ...buildsItsLibrary, RUSTC_BOOTSTRAP: '1' },
    },
  };
}

function preferred(found) {
  const committed = existsSync(sidecarFile) ? readSidecar().rustc : undefined;
  return found.find(({ version }) => version === committed) ?? found[0];
}

/** What rustc there is with these folders of the tools in front of the path. */
function rustInstallation(folders) {
  const environment = {
    PATH: [
      ...folders.map((folder) => path.join(toolsFolder, folder, 'bin')),
      path.join(toolsFolder, 'bin'),
      process.env.PATH,
    ].join(path.delimiter),
  };
  const sysroot = outputOf('rustc', ['--print', 'sysroot'], environment);
  if (sysroot === undefined) return undefined;
  const library = path.join(sysroot, 'lib', 'rustlib');
  return {
    environment,
    sysroot,
    version: versionOf('rustc', environment),
    hasTarget: existsSync(path.join(library, target, 'lib')),
    hasSource: existsSync(path.join(library, 'src', 'rust', 'library')),
  };
}

/** No path of the building machine may reach the artefact: panic messages name source files. */
function pathRemapping(rust) {
  const cargoHome = process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo');
  run('cargo', ['fetch', '--locked', '--quiet'], rust.environment);
  const registries = path.join(cargoHome, 'registry', 'src');
  const prefixes = [
    ...readdirSync(registries).map((name) => [path.join(registries, name), '/crates']),
    [root.replace(/\/$/, ''), '/hebblab'],
    [path.join(rust.sysroot, 'lib', 'rustlib', 'src', 'rust'), '/rust'],
  ];
  return prefixes.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}

function readSidecar() {
  return JSON.parse(readFileSync(sidecarFile, 'utf8'));
}

function versionOf(command, environment) {
  return (
    outputOf(command, ['--version'], environment) ??
    fail(`${command} not found: scripts/install-wasm-toolchain.sh installs it`)
  );
}

function outputOf(command, parameters, environment) {
  const result = spawnSync(command, parameters, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

function run(command, parameters, environment) {
  const result = spawnSync(command, parameters, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
  });
  if (result.status !== 0) fail(`${command} ${parameters[0]} failed`);
}

function fail(message) {
  console.error(`build:wasm: ${message}`);
  process.exit(1);
}

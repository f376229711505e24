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

const root = fileURLToPath(new URL('..', import.meta.url));
const artefacts = path.join(root, 'packages', 'wasm', 'artefacts');
const sidecarFile = path.join(artefacts, 'build.json');
const target = 'wasm32-unknown-unknown';
const variants = {
  simd128: ['-C', 'target-feature=+simd128'],
  relaxed: ['-C', 'target-feature=+simd128,+relaxed-simd'],
};
const carried = ['hebblab.js', 'hebblab.d.ts', 'hebblab_bg.wasm', 'hebblab_bg.wasm.d.ts'];
const largestGzippedKilobytes = 100;

if (process.argv.includes('--can-build')) findTools();
else if (process.argv.includes('--check')) check();
else build();

function build() {
  const rust = findRust();
  rmSync(artefacts, { recursive: true, force: true });
  buildInto(artefacts, rust);
  writeFileSync(sidecarFile, `${JSON.stringify(describeBuild(artefacts, rust), null, 2)}\n`);
  for (const [variant, { bytes, gzippedBytes }] of Object.entries(readSidecar().variants)) {
    console.error(`build:wasm: ${variant} ${bytes} bytes, ${gzippedBytes} gzipped`);
  }
}

function check() {
  const sidecar = readSidecar();
  if (sidecar.sourceHash !== sourceHash())
    fail('the Rust sources changed since the artefacts were built: run `pnpm build:wasm`');
  const rust = findRust();
  if (rust.version !== sidecar.rustc) {
    console.error(
      `build:wasm: bytes not compared: the artefacts are from ${sidecar.rustc}, here is ${rust.version}`,
    );
    return;
  }
  const rebuilt = mkdtempSync(path.join(os.tmpdir(), 'hebblab-wasm-'));
  buildInto(rebuilt, rust);
  for (const variant of Object.keys(variants)) {
    for (const file of carried) {
      if (
        !readFileSync(path.join(artefacts, variant, file)).equals(
          readFileSync(path.join(rebuilt, variant, file)),
        )
      ) {
        fail(`${variant}/${file} differs from what its sources give with ${rust.version}`);
      }
    }
  }
  rmSync(rebuilt, { recursive: true });
  console.error('build:wasm: the committed artefacts equal a fresh build, byte for byte');
}

function buildInto(folder, rust) {
  for (const [variant, features] of Object.entries(variants)) {
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
        CARGO_ENCODED_RUSTFLAGS: [...features, ...pathRemapping(rust)].join('\x1f'),
      },
    );
    mkdirSync(path.join(folder, variant), { recursive: true });
    for (const file of carried) cpSync(path.join(output, file), path.join(folder, variant, file));
    const wasmFile = path.join(folder, variant, 'hebblab_bg.wasm');
    writeFileSync(wasmFile, withoutRegistryPaths(readFileSync(wasmFile)));
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

function describeBuild(folder, rust) {
  const describeVariant = ([variant, features]) => {
    const bytes = readFileSync(path.join(folder, variant, 'hebblab_bg.wasm'));
    const gzippedBytes = gzipSync(bytes, { level: 9 }).length;
    if (gzippedBytes > largestGzippedKilobytes * 1000)
      fail(`${variant} is ${gzippedBytes} bytes gzipped, more than ${largestGzippedKilobytes} KB`);
    return [variant, { flags: features.join(' '), bytes: bytes.length, gzippedBytes, sha256: sha256(bytes) }];
  };
  return {
    rustc: rust.version,
    wasmBindgen: versionOf('wasm-bindgen', rust.environment),
    wasmPack: versionOf('wasm-pack', rust.environment),
    sourceHash: sourceHash(),
    variants: Object.fromEntries(Object.entries(variants).map(describeVariant)),
  };
}

function findTools() {
  const { environment } = findRust();
  for (const tool of ['cargo', 'wasm-bindgen', 'wasm-pack']) versionOf(tool, environment);
}

/** A Rust with the wasm32 standard library: the one of the sidecar where it is here, else rustup's, else Debian's. */
function findRust() {
  const found = rustInstallations();
  const committed = existsSync(sidecarFile) ? readSidecar().rustc : undefined;
  return (
    found.find(({ version }) => version === committed) ??
    found[0] ??
    fail(
      `no Rust with the target ${target} found: run \`rustup target add ${target}\`, or scripts/install-wasm-toolchain.sh on Debian`,
    )
  );
}

function rustInstallations() {
  const tools = process.env.HEBBLAB_TOOLS ?? path.join(os.homedir(), '.cache', 'hebblab-tools');
  return [[], [path.join(tools, 'rust-wasm', 'bin')]].flatMap((folders) => {
    const environment = {
      PATH: [...folders, path.join(tools, 'bin'), process.env.PATH].join(path.delimiter),
    };
    const sysroot = outputOf('rustc', ['--print', 'sysroot'], environment);
    if (sysroot === undefined || !existsSync(path.join(sysroot, 'lib', 'rustlib', target, 'lib'))) return [];
    return [{ environment, sysroot, version: versionOf('rustc', environment) }];
  });
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

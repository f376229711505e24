// What the WebAssembly artefacts are made from, as one hash that the sidecar keeps.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** SHA-256 over the names and contents of every file that decides what the artefacts are. */
export function sourceHash() {
  const files = [
    'Cargo.toml',
    'Cargo.lock',
    ...rustFilesOf('crates/hebblab-core'),
    ...rustFilesOf('crates/hebblab-wasm'),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function rustFilesOf(crate) {
  const sources = readdirSync(path.join(root, crate, 'src'), { recursive: true }).filter((name) =>
    name.endsWith('.rs'),
  );
  return [`${crate}/Cargo.toml`, ...sources.map((name) => `${crate}/src/${name.split(path.sep).join('/')}`)];
}

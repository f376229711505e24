import type { Build } from './glue.js';
import { platform } from './platform.js';

/**
 * Where the .wasm file comes from.
 * - `packaged`: the file that the package carries, next to this module.
 * - `url`: a URL of the user's, for example on a content delivery network.
 * - `bytes`: the file's contents or a compiled module.
 */
export type WasmSource =
  | { readonly kind: 'packaged' }
  | { readonly kind: 'url'; readonly url: string | URL }
  | { readonly kind: 'bytes'; readonly bytes: BufferSource | WebAssembly.Module };

/** The contents or module of a build, from its source. */
export async function loadSource(
  build: Build,
  source: WasmSource,
): Promise<BufferSource | WebAssembly.Module> {
  if (source.kind === 'bytes') return source.bytes;
  if (source.kind === 'packaged') return platform().readBytes(packagedFiles[build]);
  // A worker has no document; there a relative address starts from the worker's own.
  return platform().readBytes(new URL(source.url, globalThis.document?.baseURI ?? globalThis.location?.href));
}

/** Written out, one literal each, so that bundlers find the files. */
const packagedFiles: Record<Build, URL> = {
  simd128: new URL('../artefacts/simd128/hebblab_bg.wasm', import.meta.url),
  relaxed: new URL('../artefacts/relaxed/hebblab_bg.wasm', import.meta.url),
  'simd128-threads': new URL('../artefacts/simd128-threads/hebblab_bg.wasm', import.meta.url),
  'relaxed-threads': new URL('../artefacts/relaxed-threads/hebblab_bg.wasm', import.meta.url),
};

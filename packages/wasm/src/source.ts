import type { Variant } from './variant.js';

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

/** Reads a file's bytes by its URL; browsers fetch, Node also reads `file:` URLs. */
export type ReadBytes = (url: URL) => Promise<BufferSource>;

/** The contents or module of a variant, from its source. */
export async function loadSource(
  variant: Variant,
  source: WasmSource,
  readBytes: ReadBytes,
): Promise<BufferSource | WebAssembly.Module> {
  if (source.kind === 'bytes') return source.bytes;
  if (source.kind === 'packaged') return readBytes(packagedFiles[variant]);
  // A worker has no document; there a relative address starts from the worker's own.
  return readBytes(new URL(source.url, globalThis.document?.baseURI ?? globalThis.location?.href));
}

export const fetchBytes: ReadBytes = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`openKernels: expected a file at ${url}, got status ${response.status}`);
  return response.arrayBuffer();
};

/** Written out, one literal each, so that bundlers find the files. */
const packagedFiles: Record<Variant, URL> = {
  simd128: new URL('../artefacts/simd128/hebblab_bg.wasm', import.meta.url),
  relaxed: new URL('../artefacts/relaxed/hebblab_bg.wasm', import.meta.url),
};

import { existsSync, readFileSync } from 'node:fs';
import { homedir, hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sha256, sourceHash } from '../../scripts/lib/wasm-sources.js';

const artefacts = new URL('../../packages/wasm/artefacts/', import.meta.url);
const sidecar = JSON.parse(readFileSync(new URL('build.json', artefacts), 'utf8')) as {
  readonly sourceHash: string;
  readonly variants: Record<string, { bytes: number; gzippedBytes: number; sha256: string }>;
};
const largestGzippedBytes = 150_000;

describe('the sidecar of the WebAssembly artefacts', () => {
  it('describes each variant, with threads and without', () => {
    expect(Object.keys(sidecar.variants).sort()).toEqual([
      'relaxed',
      'relaxed-threads',
      'simd128',
      'simd128-threads',
    ]);
  });

  it('has the hash of the Rust sources as they are now', () => {
    expect(sidecar.sourceHash).toBe(sourceHash());
  });
});

describe.each(Object.entries(sidecar.variants))('the artefact %s', (variant, described) => {
  const bytes = readFileSync(new URL(`${variant}/hebblab_bg.wasm`, artefacts));

  it('is the file that the sidecar describes', () => {
    expect({ bytes: bytes.length, sha256: sha256(bytes) }).toEqual({
      bytes: described.bytes,
      sha256: described.sha256,
    });
  });

  it('has at most 150 KB gzipped', () => {
    const { length } = gzipSync(bytes, { level: 9 });
    expect(length).toBeLessThanOrEqual(largestGzippedBytes);
    // Versions of zlib differ by a few bytes.
    expect(Math.abs(length - described.gzippedBytes)).toBeLessThan(500);
  });

  it('names no path, host or user of the machine that built it', () => {
    const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
    const { username } = userInfo();
    const places = [
      '/home/',
      '/root/',
      '/usr/',
      '/tmp/',
      '/Users/',
      '.cargo',
      'index.crates.io',
      'github.com',
    ];
    const text = ['hebblab_bg.wasm', 'hebblab.js', 'hebblab.d.ts', 'hebblab_bg.wasm.d.ts']
      .map((file) => readFileSync(new URL(`${variant}/${file}`, artefacts), 'latin1'))
      .join('\n');
    // The panic messages of the standard library do name their files: the search looks where paths are.
    expect(text).toContain('/rust/library/');
    // A host or a person may be named as any word of the code: only in a path or an address is it one of them.
    const names = [`/${hostname()}/`, `@${hostname()}`, `//${hostname()}`, `/${username}/`];
    for (const place of [...places, ...names, checkout, homedir()])
      expect(text.includes(place), place).toBe(false);
  });

  it('instantiates with its own glue', async () => {
    if (variant.startsWith('relaxed') && !WebAssembly.validate(bytes))
      setFlagsFromString('--experimental-wasm-relaxed-simd');
    expect(WebAssembly.validate(bytes)).toBe(true);
    const glue = new URL(`${variant}/hebblab.js`, artefacts);
    expect(existsSync(glue)).toBe(true);
    const { initSync, liveBytes } = (await import(glue.href)) as {
      initSync(options: { module: Uint8Array; memory?: WebAssembly.Memory }): unknown;
      liveBytes(): number;
    };
    initSync(
      variant.endsWith('-threads')
        ? { module: bytes, memory: new WebAssembly.Memory({ initial: 64, maximum: 1024, shared: true }) }
        : { module: bytes },
    );
    expect(liveBytes()).toBeGreaterThanOrEqual(0);
  });
});

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { detectWasmFeatures, fastestVariant, openKernels, type Variant } from '@hebblab/wasm';
import { describe, expect, it } from 'vitest';
import { inFreshProcess, nodeMajor, relaxedFlags } from './support/child-node.js';
import { openVariant, variants } from './support/variants.js';

const packageFolder = new URL('..', import.meta.url);
const fileOf = (variant: Variant) => new URL(`artefacts/${variant}/hebblab_bg.wasm`, packageFolder);

/** What every program below begins with. `works` computes [1 2; 3 4] [5; 6] = [17; 39]. */
const prelude = `
  import { createServer } from 'node:http';
  import { readFileSync } from 'node:fs';
  import * as wasm from '@hebblab/wasm';
  const messageOf = (promise) => promise.then(() => 'opened', (error) => error.message);
  function works(kernels, { allocateFloat32, gemm } = wasm) {
    const [a, b, out] = [[2, 2], [2, 1], [2, 1]].map((shape) => allocateFloat32(kernels, shape));
    a.set([1, 2, 3, 4]);
    b.set([5, 6]);
    gemm(kernels, 'NN', a, b, out);
    return Array.from(out.view());
  }
`;

describe('openKernels', () => {
  it('shares one instance of a variant, also while it is opening', async () => {
    for (const variant of variants) {
      const [one, two] = await Promise.all([openVariant(variant), openKernels({ variant })]);
      expect(two).toBe(one);
      expect(await openKernels({ variant })).toBe(one);
      expect(one).toMatchObject({ variant, threads: 1 });
    }
    expect(await openKernels({ variant: 'simd128' })).not.toBe(await openKernels({ variant: 'relaxed' }));
  });

  it('takes the fastest variant by itself', async () => {
    expect((await openKernels()).variant).toBe(fastestVariant());
    expect((await openKernels({ variant: 'auto' })).variant).toBe(fastestVariant());
  });

  it('refuses a variant that does not exist', async () => {
    await expect(openKernels({ variant: 'threads' as Variant })).rejects.toThrow(
      'openKernels: expected variant auto, simd128 or relaxed, got threads',
    );
  });

  it('refuses a source for a variant that is open', async () => {
    await openKernels({ variant: 'simd128' });
    await expect(openKernels({ variant: 'simd128', source: { kind: 'packaged' } })).rejects.toThrow(
      'openKernels: expected no source for the open variant simd128, got another packaged',
    );
  });
});

describe.each(variants)('a source of %s', (variant) => {
  const opened = (source: string) =>
    inFreshProcess(
      `${prelude}
      const bytes = readFileSync(new URL(${JSON.stringify(fileOf(variant).href)}));
      const kernels = await wasm.openKernels({ variant: '${variant}', source: ${source} });
      console.log(JSON.stringify([kernels.variant, works(kernels)]));`,
      relaxedFlags,
    );
  const expected = [variant, [17, 39]];

  it('is the packaged file', async () => {
    expect(await opened(`{ kind: 'packaged' }`)).toEqual(expected);
  });

  it('is bytes', async () => {
    expect(await opened(`{ kind: 'bytes', bytes: new Uint8Array(bytes) }`)).toEqual(expected);
  });

  it('is a compiled module', async () => {
    expect(await opened(`{ kind: 'bytes', bytes: new WebAssembly.Module(bytes) }`)).toEqual(expected);
  });

  it('is a URL; one without a file is an error, after which opening works', async () => {
    const program = `${prelude}
      const bytes = readFileSync(new URL(${JSON.stringify(fileOf(variant).href)}));
      const server = createServer((request, response) => {
        const found = request.url === '/hebblab.wasm';
        response.writeHead(found ? 200 : 404).end(found ? bytes : 'nothing here');
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = 'http://127.0.0.1:' + server.address().port;
      const open = (file) => wasm.openKernels({ variant: '${variant}', source: { kind: 'url', url: url + file } });
      const missing = await messageOf(open('/missing.wasm'));
      const kernels = await open('/hebblab.wasm');
      console.log(JSON.stringify({ missing: missing.replace(url, 'URL'), variant: kernels.variant, product: works(kernels) }));
      server.close();
      server.closeAllConnections();`;
    expect(await inFreshProcess(program, relaxedFlags)).toEqual({
      missing: 'openKernels: expected a file at URL/missing.wasm, got status 404',
      variant,
      product: [17, 39],
    });
  });

  it('that is no WebAssembly is an error, after which opening works', async () => {
    const program = `${prelude}
      const open = (source) => wasm.openKernels({ variant: '${variant}', source });
      const failed = await messageOf(open({ kind: 'bytes', bytes: new TextEncoder().encode('<html></html>') }));
      console.log(JSON.stringify({ failed, product: works(await open({ kind: 'packaged' })) }));`;
    expect(await inFreshProcess(program, relaxedFlags)).toEqual({
      failed: expect.stringMatching(`^openKernels: expected a WebAssembly module of ${variant}, got .+`),
      product: [17, 39],
    });
  });
});

describe('two copies of the package', () => {
  it('share an instance and its arrays', async () => {
    const copy = mkdtempSync(path.join(tmpdir(), 'hebblab-copy-'));
    try {
      for (const part of ['dist', 'artefacts', 'package.json'])
        cpSync(new URL(part, packageFolder), path.join(copy, part), { recursive: true });
      const copied = pathToFileURL(path.join(copy, 'dist', 'index-node.js')).href;
      const program = `${prelude}
        const other = await import(${JSON.stringify(copied)});
        const [one, two] = await Promise.all([wasm.openKernels({ variant: 'simd128' }), other.openKernels({ variant: 'simd128' })]);
        const [mine, theirs, out] = [wasm.allocateFloat32(one, [1, 1]), other.allocateFloat32(two, [1, 1]), wasm.allocateFloat32(two, [1, 1])];
        mine.set([3]);
        theirs.set([4]);
        other.gemm(one, 'NN', mine, theirs, out);
        console.log(JSON.stringify({ packages: wasm !== other, instances: one === two, product: Array.from(out.view()) }));`;
      expect(await inFreshProcess(program)).toEqual({ packages: true, instances: true, product: [12] });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});

describe('an engine', () => {
  const report = `${prelude}
    const attempt = (call) => { try { return call(); } catch (error) { return error.message; } };
    console.log(JSON.stringify({
      features: wasm.detectWasmFeatures(),
      fastest: attempt(() => wasm.fastestVariant()),
      relaxed: await messageOf(wasm.openKernels({ variant: 'relaxed' })),
      simd128: await messageOf(wasm.openKernels({ variant: 'simd128' })),
    }));`;
  const withoutRelaxed = 'openKernels: expected an engine that runs relaxed, got one without it';

  it.skipIf(nodeMajor() >= 22)('of Node 20 has relaxed SIMD behind a flag alone', async () => {
    expect(await inFreshProcess(report)).toEqual({
      features: { simd128: true, relaxedSimd: false },
      fastest: 'simd128',
      relaxed: withoutRelaxed,
      simd128: 'opened',
    });
  });

  it('with both takes relaxed SIMD', async () => {
    expect(await inFreshProcess(report, relaxedFlags)).toEqual({
      features: { simd128: true, relaxedSimd: true },
      fastest: 'relaxed',
      relaxed: 'opened',
      simd128: 'opened',
    });
    await openVariant('relaxed');
    expect(detectWasmFeatures()).toEqual({ simd128: true, relaxedSimd: true });
  });

  it('without SIMD gets no variant, and is told so', async () => {
    expect(await inFreshProcess(`WebAssembly.validate = () => false; ${report}`)).toEqual({
      features: { simd128: false, relaxedSimd: false },
      fastest: 'openKernels: expected an engine with WebAssembly SIMD, got one without',
      relaxed: withoutRelaxed,
      simd128: 'openKernels: expected an engine that runs simd128, got one without it',
    });
  });
});

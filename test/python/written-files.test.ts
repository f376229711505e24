// Files of @hebblab/data opened by Python, and files of Python opened by @hebblab/data: NumPy and safetensors are what
// the formats are defined by. Skipped where python3 has not both; fails there when HEBBLAB_REQUIRE names python.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ArrayData,
  loadBuiltIn,
  type NamedArrays,
  readNpy,
  readNpz,
  readSafetensors,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from '@hebblab/data';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonMissing, runPython } from '../support/python.js';

describe.skipIf(pythonMissing !== undefined)('files for Python', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hebblab-python-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (program: string) => runPython(program, folder);
  const write = (name: string, bytes: Uint8Array) => writeFileAtomically(path.join(folder, name), bytes);
  const read = (name: string) => readFileWhole(path.join(folder, name));

  describe.each(samples)('an array of $dtype [$shape]', (array) => {
    it('is the same for NumPy after writeNpy', async () => {
      await write('a.npy', writeNpy(array));
      expect(
        run("a = np.load('a.npy'); print(json.dumps([str(a.dtype), a.shape, a.ravel().tolist()]))"),
      ).toEqual(described(array));
    });

    it('is the same for readNpy after numpy.save, in any order of axes and bytes', async () => {
      await write('a.npy', writeNpy(array));
      run(`
a = np.load('a.npy')
np.save('c.npy', a)
np.save('fortran.npy', np.copy(a, order='F'))
np.save('big.npy', a.astype(a.dtype.newbyteorder('>')))
np.lib.format.write_array(open('version2.npy', 'wb'), a, version=(2, 0))`);
      for (const name of ['c.npy', 'fortran.npy', 'big.npy', 'version2.npy']) {
        expect(readNpy(await read(name), { source: name })).toEqual(array);
      }
    });

    it('is written byte for byte as numpy.save does', async () => {
      await write('a.npy', writeNpy(array));
      run("np.save('c.npy', np.load('a.npy'))");
      expect(await read('a.npy')).toEqual(await read('c.npy'));
    });

    it('is the same for safetensors after writeSafetensors', async () => {
      await write('a.safetensors', writeSafetensors(new Map([['a', array]])));
      expect(
        run(
          "a = load_file('a.safetensors')['a']; print(json.dumps([str(a.dtype), a.shape, a.ravel().tolist()]))",
        ),
      ).toEqual(described(array));
    });
  });

  it('has several tensors and metadata for safetensors', async () => {
    await write(
      'all.safetensors',
      writeSafetensors(named, { rule: 'Krotov-Hopfield', note: 'grün "and" more' }),
    );
    expect(
      run(`
with safe_open('all.safetensors', 'np') as file:
  print(json.dumps([sorted(file.keys()), file.metadata(), file.get_tensor('float32').tolist()]))`),
    ).toEqual([
      [...named.keys()].sort(),
      { rule: 'Krotov-Hopfield', note: 'grün "and" more' },
      [
        [1.5, -2, 0],
        [0.25, 3, -0.125],
      ],
    ]);
  });

  it('reads what safetensors wrote', async () => {
    await write('all.safetensors', writeSafetensors(named));
    run("save_file(load_file('all.safetensors'), 'theirs.safetensors', metadata={'seed': '7'})");
    const { tensors, metadata } = readSafetensors(await read('theirs.safetensors'));
    expect(metadata).toEqual({ seed: '7' });
    expect(new Map([...tensors].sort())).toEqual(new Map([...named].sort()));
  });

  it.each([true, false])('has an .npz file for NumPy, deflated: %s', async (compressed) => {
    await write('all.npz', writeNpz(named, { compressed }));
    expect(
      run(
        "z = np.load('all.npz'); print(json.dumps({k: [str(z[k].dtype), z[k].shape, z[k].ravel().tolist()] for k in z}))",
      ),
    ).toEqual(Object.fromEntries([...named].map(([name, array]) => [name, described(array)])));
  });

  it.each(['savez', 'savez_compressed'])('reads what numpy.%s wrote', async (save) => {
    await write('all.npz', writeNpz(named));
    run(`z = np.load('all.npz'); np.${save}('theirs.npz', **z)`);
    expect(readNpz(await read('theirs.npz'))).toEqual(named);
  });

  it('has the built-in sets for NumPy', async () => {
    const { train } = await loadBuiltIn('mnist-subset');
    const file = new URL('../../packages/data/builtin/mnist-subset.npz', import.meta.url).pathname;
    const pixels = train.pixels.reduce((sum, value) => sum + value, 0);
    expect(
      run(
        `z = np.load('${file}'); print(json.dumps([z['train_images'].shape, int(z['train_images'].sum(dtype=np.int64))]))`,
      ),
    ).toEqual([[10_000, 28, 28], pixels]);
  });
});

const samples: readonly ArrayData[] = [
  { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1.5, -2, 0, 0.25, 3, -0.125) },
  { dtype: 'float64', shape: [2], data: Float64Array.of(1e-300, -Math.PI) },
  { dtype: 'int8', shape: [1], data: Int8Array.of(-128) },
  { dtype: 'int16', shape: [1, 2], data: Int16Array.of(-32768, 7) },
  { dtype: 'int32', shape: [2, 1, 2], data: Int32Array.of(-2147483648, 2147483647, 0, 1) },
  { dtype: 'int64', shape: [2], data: BigInt64Array.of(-9007199254740991n, 5n) },
  { dtype: 'uint8', shape: [0, 4], data: new Uint8Array(0) },
  { dtype: 'uint16', shape: [1], data: Uint16Array.of(65535) },
  { dtype: 'uint32', shape: [], data: Uint32Array.of(4294967295) },
  { dtype: 'uint64', shape: [1], data: BigUint64Array.of(9007199254740991n) },
  { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
];

const named: NamedArrays = new Map(samples.map((array) => [array.dtype, array]));

/** An array in the form in which the Python programs print theirs. */
function described({ dtype, shape, data }: ArrayData): unknown {
  const values = Array.from(data, Number);
  return [dtype, shape, dtype === 'bool' ? values.map((value) => value === 1) : values];
}

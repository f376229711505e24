import { readFileSync } from 'node:fs';
import { type BuiltInName, balancedSubset, builtIns, loadBuiltIn } from '@hebblab/data';
import { loadDataset } from '@hebblab/data/files';
import { describe, expect, it } from 'vitest';

const fileOf = (name: string) => new URL(`../builtin/${name}.npz`, import.meta.url);
const full: Readonly<Record<BuiltInName, string>> = {
  'mnist-subset': 'mnist',
  'fashion-mnist-subset': 'fashion-mnist',
};

describe.each(builtIns)('the built-in set $name', ({ name, train, test, classNames, licence }) => {
  it('has its images in equal numbers of each class', async () => {
    const dataset = await loadBuiltIn(name);
    for (const [set, count] of [
      [dataset.train, train],
      [dataset.test, test],
    ] as const) {
      expect([set.count, ...set.shape]).toEqual([count, 28, 28, 1]);
      const counts = classNames.map((_, label) => set.labels.filter((each) => each === label).length);
      expect(counts).toEqual(new Array(10).fill(count / 10));
    }
  });

  it('has no image of zeros', async () => {
    const { train } = await loadBuiltIn(name);
    for (let image = 0; image < train.count; image++) {
      expect(train.pixels.subarray(image * 784, (image + 1) * 784).some((value) => value > 0)).toBe(true);
    }
  });

  it('loads from bytes that the user has', async () => {
    const bytes = new Uint8Array(readFileSync(fileOf(name)));
    expect((await loadBuiltIn(name, { source: bytes })).test.count).toBe(test);
  });

  it('takes less than 2.5 MB', () => {
    expect(readFileSync(fileOf(name)).length).toBeLessThan(2_500_000);
  });

  it('is named with its licence', () => {
    const notice = readFileSync(new URL('../builtin/NOTICE', import.meta.url), 'utf8');
    expect(notice).toContain(`${name}.npz`);
    expect(licence).toMatch(/CC BY-SA 3\.0|MIT/);
  });

  // Needs the full sets: set HEBBLAB_DATA to the folder that has them.
  it.skipIf(!process.env.HEBBLAB_DATA)('has the first images of each class of the full set', async () => {
    const whole = await loadDataset(full[name]);
    const subset = await loadBuiltIn(name);
    const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
    for (const split of ['train', 'test'] as const) {
      const expected = balancedSubset(whole[split], subset[split].count / 10);
      expect(same(subset[split].pixels, expected.pixels)).toBe(true);
      expect(same(subset[split].labels, expected.labels)).toBe(true);
    }
  });
});

describe('loadBuiltIn', () => {
  it('refuses another name', async () => {
    await expect(loadBuiltIn('mnist' as BuiltInName)).rejects.toThrow(
      'loadBuiltIn: expected mnist-subset or fashion-mnist-subset, got mnist',
    );
  });

  it('says where it found nothing', async () => {
    await expect(loadBuiltIn('mnist-subset', { source: new URL('file:///nowhere.npz') })).rejects.toThrow(
      'loadBuiltIn: expected a file at file:///nowhere.npz, got ENOENT',
    );
  });

  it('refuses damaged bytes', async () => {
    const bytes = new Uint8Array(readFileSync(fileOf('mnist-subset'))).subarray(0, 1000);
    await expect(loadBuiltIn('mnist-subset', { source: bytes })).rejects.toThrow('in mnist-subset.npz');
  });
});

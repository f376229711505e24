import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultLines, hebblab, temporaryFolder } from '../support/command-line.js';
import { writeCifar10Like, writeMnistLike } from '../support/data-files.js';

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('hebblab data list', () => {
  it('shows what is built in and what is missing, and says how to get that', async () => {
    using folder = temporaryFolder();
    const { code, stdout, stderr } = await hebblab(['data', 'list'], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^mnist +60000 +10000 +28 x 28 x 1 +missing$/m);
    expect(stdout).toMatch(/^mnist-subset +10000 +2000 +28 x 28 x 1 +built-in$/m);
    expect(stdout).toMatch(/^torus +1600 +1600 +1 x 3 x 1 +generated$/m);
    expect(stdout).toMatch(/^entangled-rings +800 +800 +1 x 3 x 1 +generated$/m);
    expect(stdout).toContain('\nmnist: put train-images-idx3-ubyte');
  });

  it('fits 80 columns but for long paths', async () => {
    const { stdout } = await hebblab(['data', 'list'], { cwd: path.parse(process.cwd()).root });
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it('finds a set in --data-dir before $HEBBLAB_DATA before the folder data', async () => {
    using folder = temporaryFolder();
    const [first, second, third] = ['first', 'second', 'data'].map((name) => path.join(folder.path, name));
    const whereOf = async (parameters: string[], env: Record<string, string>) => {
      const { stdout } = await hebblab(['data', 'list', ...parameters], { cwd: folder.path, env });
      return /^mnist +.* (\S+)$/m.exec(stdout)?.[1];
    };
    for (const place of [first, second, third]) writeMnistLike(place ?? '', 'mnist');
    const env = { HEBBLAB_DATA: second ?? '' };
    expect(await whereOf(['--data-dir', first ?? ''], env)).toBe(path.join(first ?? '', 'mnist'));
    expect(await whereOf([], env)).toBe(path.join(second ?? '', 'mnist'));
    expect(await whereOf([], {})).toBe(path.join(third ?? '', 'mnist'));
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await hebblab(['data', 'list', '--json']);
    expect(JSON.parse(stdout)).toContainEqual({
      name: 'mnist-subset',
      origin: 'built-in',
      train: 10_000,
      test: 2000,
      shape: [28, 28, 1],
      state: { found: true, where: 'built-in' },
    });
  });
});

describe('hebblab data verify', () => {
  it('ends with 0 where nothing is here that could differ', async () => {
    using folder = temporaryFolder();
    const { code, stdout } = await hebblab(['data', 'verify'], { cwd: folder.path });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cifar-10 +test_batch\.bin +missing$/m);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  });

  it('ends with 1 and names the file where one differs from what was published', async () => {
    using folder = temporaryFolder();
    writeMnistLike(folder.path, 'mnist');
    const outcome = await hebblab(['data', 'verify', '--data-dir', folder.path], { cwd: folder.path });
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/^mnist +t10k-labels-idx1-ubyte +different$/m);
    expect(outcome.stdout).toContain(`mnist: ${path.join(folder.path, 'mnist')}`);
    expect(faultLines(outcome)).toEqual([
      expect.stringContaining('mnist/t10k-labels-idx1-ubyte (different)'),
    ]);
  });

  it('ends with 1 where a set lacks some of its files', async () => {
    using folder = temporaryFolder();
    mkdirSync(path.join(folder.path, 'mnist'));
    // SHA-256 of a file cannot be forged here, so one file differs and three lack; all four are named.
    writeFileSync(path.join(folder.path, 'mnist', 'train-labels-idx1-ubyte'), 'x');
    const outcome = await hebblab(['data', 'verify', '--data-dir', folder.path], { cwd: folder.path });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('mnist/train-images-idx3-ubyte (missing)');
    expect(outcome.stderr).not.toContain('cifar-10');
  });

  it('gives JSON alone on stdout, also where a file differs', async () => {
    using folder = temporaryFolder();
    writeCifar10Like(folder.path);
    const { code, stdout } = await hebblab(['data', 'verify', '--json', '--data-dir', folder.path]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ dataset: 'cifar-10', file: 'test_batch.bin', verdict: 'different' }),
    );
  });
});

describe('hebblab data path', () => {
  it('prints the folders that are searched, first to last', async () => {
    using folder = temporaryFolder();
    const { stdout } = await hebblab(['data', 'path', '--data-dir', folder.path], { cwd: folder.path });
    expect(stdout.split('\n')).toEqual([folder.path, path.join(folder.path, 'data'), '']);
  });

  it('prints where a set is', async () => {
    using folder = temporaryFolder();
    writeMnistLike(folder.path, 'mnist');
    const parameters = ['data', 'path', 'mnist', '--data-dir', folder.path];
    expect(await hebblab(parameters)).toEqual({
      code: 0,
      stdout: `${path.join(folder.path, 'mnist')}\n`,
      stderr: '',
    });
  });

  it.each(['mnist-subset', 'mnits'])('refuses %s, which is no set in files', async (name) => {
    const outcome = await hebblab(['data', 'path', name]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)).toEqual([expect.stringContaining(name)]);
  });
});

describe('--data-dir', () => {
  it.each([
    ['data', 'list'],
    ['data', 'verify'],
    ['spectrum', 'raw'],
    ['run', 'quick', '--out', 'run'],
    ['train', 'kh', '--dataset', 'mnist', '--out', 'kh.safetensors'],
  ])('has to be a folder for %s %s', async (...parameters) => {
    using folder = temporaryFolder();
    const outcome = await hebblab([...parameters, '--data-dir', 'missing'], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)).toEqual(['hebblab: --data-dir: expected a folder, got nothing at missing']);
    expect(folder.names()).toEqual([]);
  });
});

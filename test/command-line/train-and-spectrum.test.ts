import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ArrayData, readSafetensors, writeNpy, writeSafetensors } from '@hebblab/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultLines, hebblab, type Outcome, temporaryFolder } from '../support/command-line.js';

const quickly = [
  'hidden=20',
  'layer.epochs=3',
  'layer.learningRate.value=0.01',
  'readout.epochs=2',
  'pruning={"kind":"none"}',
].flatMap((setting) => ['--set', setting]);
const dataset = 'power-law-images-small';

const folder = temporaryFolder();
const model = path.join(folder.path, 'models', 'kh.safetensors');
let trained: Outcome;

beforeAll(async () => {
  const parameters = ['train', 'kh', '--dataset', dataset, '--out', model, '--variant', 'simd128', '--json'];
  trained = await hebblab([...parameters, ...quickly]);
});
afterAll(() => folder[Symbol.dispose]());

describe('hebblab train', () => {
  it('writes a model and prints what was measured of it alone on stdout as JSON', () => {
    expect(trained.code).toBe(0);
    expect(JSON.parse(trained.stdout)).toMatchObject({
      accuracy: expect.any(Number),
      layer: { prunedUnits: 0 },
      file: model,
    });
    const { tensors } = readSafetensors(readFileSync(model));
    expect(tensors.get('hidden.weights')?.shape).toEqual([20, 3072]);
  });

  it('writes the same bytes again from the same settings, and says so to people', async () => {
    const again = path.join(folder.path, 'again.safetensors');
    const parameters = ['train', 'kh', '--dataset', dataset, '--out', again, '--variant', 'simd128'];
    const { code, stdout } = await hebblab([...parameters, ...quickly]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test accuracy 0\.\d{4} on 256 images\nconverged units .*\nModel: .*again/);
    expect(readFileSync(again).equals(readFileSync(model))).toBe(true);
  });

  it('takes one model of a preset whose measurements name the others', async () => {
    using place = temporaryFolder();
    const parameters = ['train', 'kh', '--preset', 'paper-a-short', '--dataset', dataset];
    const out = path.join(place.path, 'kh.safetensors');
    const trained = await hebblab([...parameters, '--out', out, '--variant', 'simd128', ...quickly]);
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.stdout).toContain('Model: ');
  });

  it.each([
    { parameters: ['kx'], sentence: 'expected a model of quick (kh, shlp), got kx' },
    { parameters: ['constructor'], sentence: 'expected a model of quick (kh, shlp), got constructor' },
    {
      parameters: ['kh', '--preset', 'quikc'],
      sentence: 'expected a preset (quick, ',
    },
    { parameters: ['kh', '--dataset', 'mnits'], sentence: 'expected one of mnist, fashion-mnist' },
    { parameters: ['kh', '--set', 'hiden=3'], sentence: '--set hiden=3: expected one of kind, hidden' },
    { parameters: ['kh', '--set', 'hidden=0'], sentence: 'models.kh.hidden: expected a number >= 1, got 0' },
    { parameters: ['kh', '--set', 'hidden=99999999'], sentence: 'models.kh.hidden of at most' },
    { parameters: ['kh', '--seed', 'one'], sentence: '--seed: expected a whole number' },
    { parameters: ['kh', '--variant', 'foo'], sentence: '--variant: expected auto' },
    { parameters: ['kh', '--out', 'file'], sentence: 'expected a new file, got file that exists' },
    { parameters: ['kh', '--out', 'folder'], sentence: 'expected a new file, got folder that exists' },
    { parameters: ['kh', '--out', 'file/kh'], sentence: 'expected a path inside a folder, got file/kh' },
    { parameters: ['kh', '--out', ''], sentence: '--out: expected a path, got an empty one' },
  ])('$parameters: one sentence, exit code 2, nothing written', async ({ parameters, sentence }) => {
    using place = temporaryFolder();
    writeFileSync(path.join(place.path, 'file'), '');
    mkdirSync(path.join(place.path, 'folder'));
    const needed = [
      ...(parameters.includes('--dataset') ? [] : ['--dataset', dataset]),
      ...(parameters.includes('--out') ? [] : ['--out', 'models/new.safetensors']),
    ];
    const outcome = await hebblab(['train', ...parameters, ...needed], { cwd: place.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toMatch(/^hebblab: /);
    expect(outcome.stderr).toContain(sentence);
    expect(place.names()).toEqual(['file', 'folder']);
  });
});

/** 50 samples of 20 features: feature j is N(0, 1)-like times 1 / (j + 1), from a fixed linear congruence. */
function samples(count: number, features: number): ArrayData {
  let state = 1;
  const data = Float32Array.from({ length: count * features }, (_, index) => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647 - 0.5) / ((index % features) + 1);
  });
  return { dtype: 'float32', shape: [count, features], data };
}

describe('hebblab spectrum', () => {
  it('prints eigenvalues and alpha of an .npy matrix', async () => {
    const file = path.join(folder.path, 'samples.npy');
    writeFileSync(file, writeNpy(samples(500, 20)));
    const { code, stdout } = await hebblab(['spectrum', file, '--fit', '1:15']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^20 eigenvalues, the first 0\.0\d+\nalpha \d\.\d{4} ± 0\.\d{4} over \[1:15\]\n$/);
  });

  it('gives JSON alone on stdout', async () => {
    const file = path.join(folder.path, 'samples.npy');
    writeFileSync(file, writeNpy(samples(500, 20)));
    const { code, stdout, stderr } = await hebblab(['spectrum', file, '--fit', '1:15', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'spectrum of 500 samples of 20 values\n' });
    const { alpha, fit, eigenvalues } = JSON.parse(stdout);
    // Variances fall as 1 / n^2.
    expect(alpha).toBeGreaterThan(1.8);
    expect(alpha).toBeLessThan(2.2);
    expect(fit).toEqual([1, 15]);
    expect(eigenvalues).toHaveLength(20);
  });

  it.each([['noise', '--samples', '200'], [dataset]])('measures a model on %s', async (...input) => {
    const parameters = ['spectrum', model, '--input', ...input, '--fit', '2:15', '--json'];
    const { code, stdout } = await hebblab(parameters);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ alpha: expect.any(Number), fit: [2, 15] });
  });

  it('measures a model on samples of an .npy file', async () => {
    const file = path.join(folder.path, 'inputs.npy');
    writeFileSync(file, writeNpy(samples(40, 3072)));
    const { code, stdout } = await hebblab(['spectrum', model, '--input', file, '--json', '--fit', '2:15']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).eigenvalues).toHaveLength(20);
  });

  it('says where a slice holds too few eigenvalues for a fit', async () => {
    const file = path.join(folder.path, 'flat.npy');
    writeFileSync(file, writeNpy({ dtype: 'float32', shape: [3, 4], data: new Float32Array(12) }));
    const { code, stdout } = await hebblab(['spectrum', file]);
    expect(code).toBe(0);
    expect(stdout).toContain('no fit: the slice [0:0] holds fewer than three eigenvalues');
  });

  it.each(['x', '5', '5:', ':5', '5:2', '3:3', '-1:5', '1.5:9', '1:2:3', '', '1:9007199254740993'])(
    'refuses --fit "%s"',
    async (fit) => {
      const outcome = await hebblab(['spectrum', 'raw', `--fit=${fit}`]);
      expect(outcome).toEqual({
        code: 2,
        stdout: '',
        stderr: `hebblab: --fit: expected FROM:TO with 0 <= FROM < TO, got ${fit || 'nothing'}\n`,
      });
    },
  );
});

const float32 = (shape: number[], ...values: number[]): Uint8Array =>
  writeNpy({ dtype: 'float32', shape, data: Float32Array.from(values) }, { nonFinite: 'accept' });

/** The trained model with its metadata changed by `change`. */
function modelWith(change: (header: Record<string, unknown>) => object): Uint8Array {
  const { tensors, metadata } = readSafetensors(readFileSync(model));
  const header = JSON.parse(metadata.hebblab ?? '');
  return writeSafetensors(tensors, { hebblab: JSON.stringify(change(header)) });
}

const unreadable: readonly { what: string; name: string; content: () => Uint8Array; sentence: string }[] = [
  {
    what: 'an IDX file',
    name: 'idx.safetensors',
    content: () => Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7),
    sentence: 'looks like IDX images',
  },
  {
    what: 'an empty file',
    name: 'empty.safetensors',
    content: () => Uint8Array.of(),
    sentence: 'got 0 bytes',
  },
  {
    what: 'safetensors of another program',
    name: 'other.safetensors',
    content: () => writeSafetensors(new Map([['weight', samples(2, 2)]])),
    sentence: 'expected the metadata of a hebblab two-layer model, version 1, got none',
  },
  {
    what: 'a model of another format version',
    name: 'version.safetensors',
    content: () => modelWith((header) => ({ ...header, format: 'hebblab two-layer model, version 2' })),
    sentence: 'got other metadata',
  },
  {
    what: 'a model with negative sizes',
    name: 'negative.safetensors',
    content: () => modelWith((header) => ({ ...header, hidden: -20, inputs: -3072 })),
    sentence: 'got other metadata',
  },
  {
    what: 'a model whose sizes do not fit its arrays',
    name: 'sizes.safetensors',
    content: () => modelWith((header) => ({ ...header, hidden: 21 })),
    sentence: 'expected hidden.weights as float32 [21,3072], got float32 [20,3072]',
  },
  {
    what: 'a vector',
    name: 'vector.npy',
    content: () => float32([3], 1, 2, 3),
    sentence: 'expected a matrix [count >= 2, features]',
  },
  {
    what: 'one sample',
    name: 'single.npy',
    content: () => float32([1, 3], 1, 2, 3),
    sentence: 'got shape [1,3]',
  },
  { what: 'no samples', name: 'none.npy', content: () => float32([0, 3]), sentence: 'got shape [0,3]' },
  {
    what: 'whole numbers',
    name: 'whole.npy',
    content: () => writeNpy({ dtype: 'int32', shape: [2, 2], data: Int32Array.of(1, 2, 3, 4) }),
    sentence: 'expected float32 or float64 in whole.npy, got int32',
  },
  {
    what: 'NaN',
    name: 'nan.npy',
    content: () => float32([2, 2], 1, 2, Number.NaN, 4),
    sentence: 'expected finite values, got NaN at index 2',
  },
  {
    what: 'values beyond float32',
    name: 'large.npy',
    content: () => writeNpy({ dtype: 'float64', shape: [2, 2], data: Float64Array.of(1, 2, 3, 1e300) }),
    sentence: 'expected values within float32, got 1e+300 at index 3',
  },
  {
    what: 'a model named .npy',
    name: 'model.npy',
    content: () => readFileSync(model),
    sentence: 'expected the magic \\x93NUMPY',
  },
];

describe('hebblab spectrum of a file that it cannot read', () => {
  async function faultOf(parameters: readonly string[], cwd: string): Promise<string | undefined> {
    const outcome = await hebblab(['spectrum', ...parameters], { cwd });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    const [fault, ...more] = faultLines(outcome);
    expect(more).toEqual([]);
    return fault;
  }

  it.each(unreadable)('refuses $what', async ({ name, content, sentence }) => {
    using place = temporaryFolder();
    writeFileSync(path.join(place.path, name), content());
    expect(await faultOf([name], place.path)).toContain(sentence);
  });

  it.each([4, 300, 50_000])('refuses a model cut to %i bytes', async (length) => {
    using place = temporaryFolder();
    const file = path.join(place.path, 'cut.safetensors');
    writeFileSync(file, readFileSync(model));
    truncateSync(file, length);
    expect(await faultOf([file], place.path)).toContain('(truncated)');
  });

  it.each([
    { parameters: ['missing.npy'], sentence: 'expected a file, got nothing at missing.npy' },
    { parameters: ['.'], sentence: 'expected a file, got a folder at .' },
    { parameters: ['raw', '--input', 'mnits'], sentence: 'expected one of mnist, fashion-mnist' },
    {
      parameters: ['activity.npy', '--input', 'mnist-subset', '--samples', '5'],
      sentence: 'expected no --input, --samples with activity.npy, whose rows are the samples',
    },
    { parameters: ['activity.npy', '--seed', '2'], sentence: 'expected no --seed with activity.npy' },
    { parameters: ['activity.npy', '--data-dir', '.'], sentence: 'expected no --data-dir with activity.npy' },
    {
      parameters: ['raw', '--input', 'a.npy', '--seed', '2'],
      sentence: 'expected no --seed with --input a.npy',
    },
    { parameters: ['raw', '--data-dir', '.'], sentence: 'expected no --data-dir with noise' },
    {
      parameters: ['raw', '--input', 'mnist-subset', '--samples', '5'],
      sentence: 'whose test images are the samples',
    },
    { parameters: ['raw', '--samples', '1'], sentence: '--samples: expected a whole number from 2' },
    { parameters: ['raw', '--samples', '99999999'], sentence: 'below 2 GiB, got 99999999 samples of 3072' },
  ])('refuses $parameters', async ({ parameters, sentence }) => {
    using place = temporaryFolder();
    expect(await faultOf(parameters, place.path)).toContain(sentence);
  });

  it('refuses a data set of another image size than the model has', async () => {
    expect(await faultOf([model, '--input', 'mnist-subset'], folder.path)).toContain(
      'got 784 in mnist-subset',
    );
  });

  it('refuses a data set for a model that does not say how images are scaled', async () => {
    using place = temporaryFolder();
    const file = path.join(place.path, 'unscaled.safetensors');
    writeFileSync(
      file,
      modelWith((header) => ({ ...header, settings: {} })),
    );
    expect(await faultOf([file, '--input', dataset], place.path)).toContain('to hold a normalisation');
  });
});

import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DataError } from '@hebblab/data';
import { type Progress, runExperiment, runFolder } from '@hebblab/experiments';
import { detectWasmFeatures, openKernels } from '@hebblab/wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, halves, runAndAbort, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

const afterEpoch = (model: string, stage: string, epoch: number) => (progress: Progress) =>
  progress.kind === 'epoch' &&
  progress.model === model &&
  progress.stage === stage &&
  progress.epoch === epoch;
const atMeasuring = (model: string, what: string) => (progress: Progress) =>
  progress.kind === 'measuring' && progress.model === model && progress.what === what;

describe('a resumed run', () => {
  let uninterrupted: Record<string, string> = {};
  let reference = '';
  beforeAll(async () => {
    reference = await mkdtemp(path.join(tmpdir(), 'hebblab-resume-'));
    await runExperiment(tinyRun(reference));
    uninterrupted = await contentOf(reference);
  });
  afterAll(() => rm(reference, { recursive: true }));

  it.each([
    ['the first epoch', afterEpoch('kh', 'layer', 1)],
    ['the middle of the layer', afterEpoch('kh', 'layer', 3)],
    ['the end of the layer', afterEpoch('kh', 'layer', 4)],
    ['the first epoch of the readout', afterEpoch('kh', 'readout', 1)],
    ['the end of the readout', afterEpoch('kh', 'readout', 4)],
    ['the first attack', atMeasuring('kh', 'random attack')],
    ['the network', afterEpoch('l2', 'network', 2)],
    ['the last attack', atMeasuring('l2', 'fgsm attack')],
  ])(
    'has the same bytes in every file as one that was never stopped, when stopped after %s',
    async (_, stopAt) => {
      const folder = await temporaryFolder();
      await runAndAbort(folder, stopAt);
      expect(existsSync(runFolder(folder).results)).toBe(false);
      await runExperiment(tinyRun(folder, { resume: true }));
      expect(await contentOf(folder)).toEqual(uninterrupted);
    },
  );

  it('has the same bytes when it is stopped at every epoch', async () => {
    const folder = await temporaryFolder();
    for (let stops = 0; ; stops++) {
      const stopped = await runAndAbort(folder, ({ kind }) => kind === 'epoch', { resume: stops > 0 }).then(
        () => true,
        () => false,
      );
      if (!stopped) {
        expect(stops).toBe(4 + 4 + 4);
        break;
      }
    }
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it('has the same bytes when it was killed after rows and before their checkpoint, in the middle of a line', async () => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('kh', 'layer', 2));
    const row = (epoch: number) => JSON.stringify({ model: 'kh', stage: 'layer', epoch, learningRate: 0 });
    await appendFile(runFolder(folder).metrics, `${row(3)}\n${row(4).slice(0, 20)}`);
    const partFile = path.join(folder, 'checkpoints', '.kh.layer.safetensors.1234.part');
    await writeFile(partFile, 'half');
    await runExperiment(tinyRun(folder, { resume: true }));
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it('has the same bytes without any checkpoint but the one at the abort', async () => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('l2', 'network', 3), { checkpointSeconds: 3600 });
    await runExperiment(tinyRun(folder, { resume: true }));
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it('begins anew in a folder where nothing but an unfinished file is', async () => {
    const folder = await temporaryFolder();
    await writeFile(path.join(folder, '.manifest.json.1234.part'), '{');
    await runExperiment(tinyRun(folder, { resume: true }));
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it('draws the report of a finished run again and measures nothing', async () => {
    const folder = await temporaryFolder();
    await runExperiment(tinyRun(folder));
    await rm(runFolder(folder).report);
    const seen: string[] = [];
    await runExperiment(tinyRun(folder, { resume: true, onProgress: ({ kind }) => seen.push(kind) }));
    expect(seen).toEqual([]);
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it('draws the report of a finished run whose settings come from before some of them were added', async () => {
    const folder = await temporaryFolder();
    await runExperiment(tinyRun(folder));
    const { manifest } = runFolder(folder);
    const written = JSON.parse(await readFile(manifest, 'utf8'));
    const { seeds, measurements, claims, ...earlier } = written.settings;
    await writeFile(manifest, JSON.stringify({ ...written, settings: earlier }));
    await expect(runExperiment(tinyRun(folder, { resume: true }))).resolves.toHaveProperty('models.kh');
  });

  it('is refused with other settings', async () => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('kh', 'layer', 1));
    const config = { ...tinyConfig, seed: 2 };
    const before = await contentOf(folder);
    await expect(runExperiment(tinyRun(folder, { resume: true, config }))).rejects.toThrow(
      new DataError(
        'run --resume: expected the settings that the run began with, got other seed (1 then, 2 now)',
      ),
    );
    expect(await contentOf(folder)).toEqual(before);
  });

  it('is refused with another variant of the kernels', async () => {
    if (!detectWasmFeatures().relaxedSimd) setFlagsFromString('--experimental-wasm-relaxed-simd');
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('kh', 'layer', 1));
    const relaxed = await openKernels({ variant: 'relaxed' });
    await expect(runExperiment(tinyRun(folder, { resume: true, kernels: relaxed }))).rejects.toThrow(
      new DataError('run --resume: expected the variant simd128 that the run began with, got relaxed'),
    );
  });

  it('is refused with other images under the same name', async () => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('kh', 'layer', 1));
    const before = await contentOf(folder);
    const changed = halves();
    changed.train.pixels[0] = 255 - (changed.train.pixels[0] ?? 0);
    const other = { datasets: { halves: async () => changed } };
    await expect(runExperiment(tinyRun(folder, { resume: true, extensions: other }))).rejects.toThrow(
      /^run --resume: expected the images that the run began with, got other dataset\.sha256 \("\w+" then, "\w+" now\)$/,
    );
    expect(await contentOf(folder)).toEqual(before);
  });

  it('is refused by another version, which draws the report of a finished run all the same', async () => {
    const folder = await temporaryFolder();
    const { environment } = tinyRun(folder);
    const newer = tinyRun(folder, { resume: true, environment: { ...environment, version: '1' } });
    await runAndAbort(folder, afterEpoch('kh', 'layer', 1));
    await expect(runExperiment(newer)).rejects.toThrow(
      new DataError('run --resume: expected the version 0 of hebblab that the run began with, got 1'),
    );
    await runExperiment(tinyRun(folder, { resume: true }));
    await runExperiment(newer);
    expect(await contentOf(folder)).toEqual(uninterrupted);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 100)],
    ['empty', () => Buffer.alloc(0)],
    ['of another program', () => Buffer.from('hello, this is no checkpoint at all')],
    ['with NaN', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -4), Buffer.from([0, 0, 0xc0, 0x7f])])],
  ])('is refused in one sentence with a checkpoint %s', async (_, damage) => {
    const folder = await temporaryFolder();
    await runAndAbort(folder, afterEpoch('kh', 'layer', 2));
    const checkpoint = runFolder(folder).checkpoint('kh', 'layer');
    await writeFile(checkpoint, damage(await readFile(checkpoint)));
    const error = await runExperiment(tinyRun(folder, { resume: true })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain(checkpoint);
    expect(String(error)).not.toContain('\n');
  });

  it.each(['manifest.json', 'checkpoints/kh.measurement.json', 'metrics.jsonl'])(
    'is refused in one sentence where %s is no JSON',
    async (name) => {
      const folder = await temporaryFolder();
      await runAndAbort(folder, afterEpoch('l2', 'network', 2));
      await writeFile(path.join(folder, name), 'no JSON\n');
      const error = await runExperiment(tinyRun(folder, { resume: true })).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DataError);
      expect(String(error)).toContain(path.join(folder, name));
    },
  );

  it('is refused in a folder that is no run', async () => {
    const folder = await temporaryFolder();
    await mkdir(path.join(folder, 'models'));
    await expect(runExperiment(tinyRun(folder, { resume: true }))).rejects.toThrow(DataError);
    expect(await readdir(folder)).toEqual(['models']);
  });
});

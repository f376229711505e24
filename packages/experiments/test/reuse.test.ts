import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Progress, type RunConfig, readManifest, runExperiment, runFolder } from '@hebblab/experiments';
import { l2 as l2Penalty } from '@hebblab/regularizers';
import { describe, expect, it } from 'vitest';
import { extensions, halves, runAndAbort, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

/** The names of the models that are trained. */
async function trainedBy(changes: Parameters<typeof tinyRun>[1], folder: string): Promise<string[]> {
  const trained = new Set<string>();
  const onProgress = (progress: Progress) => {
    if (progress.kind === 'epoch') trained.add(progress.model);
  };
  await runExperiment(tinyRun(folder, { ...changes, onProgress }));
  return [...trained];
}

describe('a run that may take the models of another', () => {
  it('trains none that are the same, and says where they came from', async () => {
    const first = await temporaryFolder();
    const original = await runExperiment(tinyRun(first));
    const second = await temporaryFolder();
    const config: RunConfig = { ...tinyConfig, name: 'again', attacks: tinyConfig.attacks.slice(1) };
    expect(await trainedBy({ config, reuse: [first] }, second)).toEqual([]);
    const bytes = await readFile(runFolder(first).model('kh'));
    expect(await readFile(runFolder(second).model('kh'))).toEqual(bytes);
    const { reused } = await readManifest(runFolder(second));
    expect(reused?.kh).toEqual({
      from: path.basename(first),
      version: '0',
      commit: 'none',
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const again = await runExperiment(tinyRun(second, { config, resume: true }));
    expect(again.models.kh?.accuracy).toBe(original.models.kh?.accuracy);
  });

  it('has the metrics of their epochs under their names here', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const second = await temporaryFolder();
    const config = { ...tinyConfig, seeds: 2 };
    await runExperiment(tinyRun(second, { config, reuse: [first] }));
    const original = await readFile(runFolder(first).metrics, 'utf8');
    const rows = (await readFile(runFolder(second).metrics, 'utf8')).split('\n');
    const taken = rows.filter((row) => /"model":"\w+-seed-1"/.test(row));
    expect(`${taken.join('\n')}\n`.replaceAll('-seed-1"', '"')).toBe(original);
    expect(original).toContain('"model":"l2"');
  });

  it('trains those with other settings or another seed', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const { l2 } = tinyConfig.models;
    const models = { ...tinyConfig.models, l2: { ...l2, epochs: 3 } } as RunConfig['models'];
    const changed = { ...tinyConfig, models };
    expect(await trainedBy({ config: changed, reuse: [first] }, await temporaryFolder())).toEqual(['l2']);
    const seeds = { ...tinyConfig, seeds: 2 };
    expect(await trainedBy({ config: seeds, reuse: [first] }, await temporaryFolder())).toEqual([
      'kh-seed-2',
      'l2-seed-2',
    ]);
  });

  it('still says where they came from once it was interrupted and goes on without the other run', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const second = await temporaryFolder();
    const models = {
      ...tinyConfig.models,
      later: { ...tinyConfig.models.l2, epochs: 3 },
    } as RunConfig['models'];
    const config = { ...tinyConfig, models };
    await runAndAbort(second, ({ kind }) => kind === 'epoch', { config, reuse: [first] });
    await runExperiment(tinyRun(second, { config, resume: true }));
    const { reused } = await readManifest(runFolder(second));
    expect(Object.keys(reused ?? {})).toEqual(['kh', 'l2']);
  });

  it('trains those again that take a penalty from an extension, whose code may have changed', async () => {
    const { l2 } = tinyConfig.models;
    const own = { ...l2, penalties: [{ kind: 'custom', name: 'own' }] };
    const config = { ...tinyConfig, models: { own } as RunConfig['models'] };
    const penalties = { own: l2Penalty(1e-3) };
    const withOwn = { config, extensions: { ...extensions, penalties } };
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first, withOwn));
    expect(await trainedBy({ ...withOwn, reuse: [first] }, await temporaryFolder())).toEqual(['own']);
  });

  it('refuses a run on other images', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const { train, ...others } = halves();
    const pixels = train.pixels.map((value) => 255 - value);
    const extensions = { datasets: { halves: async () => ({ ...others, train: { ...train, pixels } }) } };
    await expect(
      runExperiment(tinyRun(await temporaryFolder(), { extensions, reuse: [first] })),
    ).rejects.toThrow(`run --reuse: expected runs on the images of halves, got other images in ${first}`);
  });
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  chooseModels,
  type Progress,
  type RunConfig,
  readManifest,
  runExperiment,
  runFolder,
} from '@hebblab/experiments';
import { l2 as l2Penalty } from '@hebblab/regularizers';
import { describe, expect, it } from 'vitest';
import { extensions, halves, runAndAbort, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

/** The names of the models that are trained. */
async function trainedBy(changes: Parameters<typeof tinyRun>[1], folder: string): Promise<string[]> {
  return modelsOf('epoch', changes, folder);
}

/** The names of the models that are measured. */
async function measuredBy(changes: Parameters<typeof tinyRun>[1], folder: string): Promise<string[]> {
  return modelsOf('measuring', changes, folder);
}

async function modelsOf(
  kind: 'epoch' | 'measuring',
  changes: Parameters<typeof tinyRun>[1],
  folder: string,
): Promise<string[]> {
  const names = new Set<string>();
  const onProgress = (progress: Progress) => {
    if (progress.kind === kind) names.add(progress.model);
  };
  await runExperiment(tinyRun(folder, { ...changes, onProgress }));
  return [...names];
}

/** The folder of a finished run that has kept no weights. */
async function runWithoutModels(config: RunConfig): Promise<string> {
  const folder = await temporaryFolder();
  await runExperiment(tinyRun(folder, { config }));
  await rm(`${folder}/models`, { recursive: true });
  return folder;
}

const audited: RunConfig = {
  ...tinyConfig,
  measurements: [{ kind: 'audit', images: 4, epsilons: [0.01], twins: { l2: 'kh' } }],
};

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
      what: 'model',
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

  it('trains those that another variant computed', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const file = runFolder(first).manifest;
    await writeFile(file, (await readFile(file, 'utf8')).replace('"simd128"', '"relaxed"'));
    const notes: string[] = [];
    const onProgress = (progress: Progress) => {
      if (progress.kind === 'note') notes.push(progress.text);
    };
    await runExperiment(tinyRun(await temporaryFolder(), { reuse: [first], onProgress }));
    expect(notes).toContain(`nothing taken from ${first}: expected the variant simd128, got relaxed`);
    expect(notes).toContain('kh: trained, since no other run has it');
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

describe('a run that may take the results of another', () => {
  it('measures no model that was measured in the same way', async () => {
    const first = await temporaryFolder();
    const original = await runExperiment(tinyRun(first));
    const second = await temporaryFolder();
    expect(await measuredBy({ reuse: [first] }, second)).toEqual([]);
    expect(await runExperiment(tinyRun(second, { resume: true }))).toEqual(original);
  });

  it('takes those of each seed', async () => {
    const config = { ...tinyConfig, seeds: 2 };
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first, { config }));
    const second = { ...tinyConfig, seed: 2 };
    expect(await measuredBy({ config: second, reuse: [first] }, await temporaryFolder())).toEqual([]);
    const third = { ...tinyConfig, seed: 2, seeds: 2 };
    expect(await measuredBy({ config: third, reuse: [first] }, await temporaryFolder())).toEqual([
      'kh-seed-3',
      'l2-seed-3',
    ]);
  });

  it('takes them of a run that is not finished', async () => {
    const first = await temporaryFolder();
    await runAndAbort(first, (progress) => progress.kind === 'epoch' && progress.model === 'l2');
    expect(await measuredBy({ reuse: [first] }, await temporaryFolder())).toEqual(['l2']);
  });

  it.each<[string, Partial<RunConfig>]>([
    ['an attack', { attacks: tinyConfig.attacks.slice(1) }],
    ['a measurement', { measurements: [{ kind: 'jacobian', images: 2 }] }],
    ['the fit of spectra', { spectra: { ...tinyConfig.spectra, fitImages: [1, 6] } }],
  ])('measures again where %s is another', async (_, changes) => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const config = { ...tinyConfig, ...changes };
    expect(await measuredBy({ config, reuse: [first] }, await temporaryFolder())).toEqual(['kh', 'l2']);
  });

  it('measures again where another version did', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const { environment } = tinyRun(first);
    const later = { environment: { ...environment, version: '1' }, reuse: [first] };
    expect(await measuredBy(later, await temporaryFolder())).toEqual(['kh', 'l2']);
  });

  it('measures again where the twin of an audit is another', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first, { config: audited }));
    const { kh } = audited.models;
    const models = { ...audited.models, kh: { ...kh, hidden: 10 } } as RunConfig['models'];
    const config = { ...audited, models };
    expect(await measuredBy({ config, reuse: [first] }, await temporaryFolder())).toEqual(['kh', 'l2']);
  });

  it('measures again where the twin of an audit comes from an extension that gives other weights', async () => {
    const { l2 } = tinyConfig.models;
    const base = { ...l2, penalties: [{ kind: 'custom', name: 'own' }] };
    const [measurement] = audited.measurements;
    const config = {
      ...tinyConfig,
      models: { base, l2 } as RunConfig['models'],
      measurements: [{ ...measurement, twins: { l2: 'base' } }] as RunConfig['measurements'],
    };
    const withWeight = (weight: number) => ({
      config,
      extensions: { ...extensions, penalties: { own: l2Penalty(weight) } },
    });
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first, withWeight(1e-3)));
    const again = { ...withWeight(1e-3), reuse: [first] };
    expect(await measuredBy(again, await temporaryFolder())).toEqual(['base']);
    const changed = { ...withWeight(10), reuse: [first] };
    expect(await measuredBy(changed, await temporaryFolder())).toEqual(['base', 'l2']);
  });
});

describe('a run that takes results of models that were not kept', () => {
  it('puts parts together that were carried out apart', async () => {
    const parts = [
      await runWithoutModels(chooseModels(tinyConfig, ['kh'])),
      await runWithoutModels(chooseModels(tinyConfig, ['l2'])),
    ];
    const whole = await temporaryFolder();
    await runExperiment(tinyRun(whole));
    const together = await temporaryFolder();
    expect(await trainedBy({ reuse: parts }, together)).toEqual([]);
    for (const file of ['results', 'metrics'] as const)
      expect(await readFile(runFolder(together)[file], 'utf8')).toBe(
        await readFile(runFolder(whole)[file], 'utf8'),
      );
  });

  it('says by their hash which models these are, and shows no weights of them', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const sha256 = createHash('sha256')
      .update(await readFile(runFolder(first).model('kh')))
      .digest('hex');
    await rm(`${first}/models`, { recursive: true });
    const second = await temporaryFolder();
    await runExperiment(tinyRun(second, { reuse: [first] }));
    const { reused } = await readManifest(runFolder(second));
    const from = path.basename(first);
    expect(reused?.kh).toEqual({ what: 'results', from, version: '0', commit: 'none', sha256 });
    expect(existsSync(runFolder(first).figure('synapses-kh.svg'))).toBe(true);
    expect(existsSync(runFolder(second).figure('synapses-kh.svg'))).toBe(false);
  });

  it('trains a twin again where an audit needs its weights', async () => {
    const part = await runWithoutModels(chooseModels(audited, ['kh']));
    expect(await trainedBy({ config: audited, reuse: [part] }, await temporaryFolder())).toEqual([
      'l2',
      'kh',
    ]);
    const whole = await runWithoutModels(audited);
    expect(await trainedBy({ config: audited, reuse: [whole] }, await temporaryFolder())).toEqual([]);
  });

  it('measures a twin again whose weights are not those of the results', async () => {
    const part = await runWithoutModels(chooseModels(audited, ['kh']));
    const file = runFolder(part).results;
    const other = '0'.repeat(64);
    await writeFile(file, (await readFile(file, 'utf8')).replace(/(?<="sha256": ")[0-9a-f]{64}/, other));
    const folder = await temporaryFolder();
    expect(await measuredBy({ config: audited, reuse: [part] }, folder)).toEqual(['l2', 'kh']);
    const { models } = await runExperiment(tinyRun(folder, { config: audited, resume: true }));
    const bytes = await readFile(runFolder(folder).model('kh'));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect([models.kh?.sha256, models.l2?.twinSha256]).toEqual([sha256, sha256]);
    expect((await readManifest(runFolder(folder))).reused).toEqual({});
  });

  it('keeps the epochs of others where a twin is trained after them', async () => {
    const models = { kh: tinyConfig.models.kh, middle: tinyConfig.models.l2, l2: tinyConfig.models.l2 };
    const config = { ...audited, models: models as RunConfig['models'] };
    const part = await runWithoutModels(chooseModels(config, ['kh']));
    const folder = await temporaryFolder();
    expect(await trainedBy({ config, reuse: [part] }, folder)).toEqual(['middle', 'l2', 'kh']);
    const rows = (await readFile(runFolder(folder).metrics, 'utf8')).trim().split('\n');
    const epochsOf = (model: string) => rows.filter((row) => row.startsWith(`{"model":"${model}"`)).length;
    // 5 epochs of the layer, of which the linear schedule runs 4, and 4 of the readout.
    expect([epochsOf('kh'), epochsOf('middle'), epochsOf('l2')]).toEqual([8, 4, 4]);
  });

  it('does not put the weights of other bits beside them', async () => {
    // The name with the seed, which the files of several seeds have in them, makes the bytes others.
    const others = await temporaryFolder();
    await runExperiment(tinyRun(others, { config: { ...chooseModels(tinyConfig, ['l2']), seeds: 2 } }));
    const results = await runWithoutModels(audited);
    const folder = await temporaryFolder();
    expect(await measuredBy({ config: audited, reuse: [others, results] }, folder)).toEqual([]);
    expect(existsSync(runFolder(folder).model('l2'))).toBe(false);
  });

  it('goes on with them once it was interrupted, without the other run', async () => {
    const first = await runWithoutModels(chooseModels(tinyConfig, ['kh']));
    const second = await temporaryFolder();
    await runAndAbort(second, ({ kind }) => kind === 'epoch', { reuse: [first] });
    expect(await trainedBy({ resume: true }, second)).toEqual(['l2']);
    expect(Object.keys((await readManifest(runFolder(second))).reused ?? {})).toEqual(['kh']);
  });

  it('names the run that trained them where several stand between', async () => {
    const first = await temporaryFolder();
    await runExperiment(tinyRun(first));
    const second = await temporaryFolder();
    await runExperiment(tinyRun(second, { reuse: [first] }));
    const third = await temporaryFolder();
    await runExperiment(tinyRun(third, { reuse: [second] }));
    expect((await readManifest(runFolder(third))).reused?.kh?.from).toBe(path.basename(first));
  });
});

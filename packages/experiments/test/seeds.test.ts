import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type ModelResult,
  type RunConfig,
  readResults,
  runExperiment,
  runFolder,
  summaryTable,
} from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { contentOf, runAndAbort, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

const { kh, l2 } = tinyConfig.models;
const three: RunConfig = { ...tinyConfig, seeds: 3, models: { kh, l2 } as RunConfig['models'] };

describe('a run with several seeds', () => {
  it('has for each seed what a run with that seed alone has', async () => {
    const folder = await temporaryFolder();
    const { models } = await runExperiment(tinyRun(folder, { config: three }));
    const alone = await runExperiment(
      tinyRun(await temporaryFolder(), { config: { ...tinyConfig, seed: 2 } }),
    );
    const { perSeed = [] } = models.l2 ?? {};
    expect(perSeed).toHaveLength(3);
    // The file has the name of the model, with the seed where there are several.
    expect(alone.models.l2).toEqual({ ...perSeed[1], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await readdir(path.join(folder, 'models'))).sort()).toEqual([
      'kh-seed-1.safetensors',
      'kh-seed-2.safetensors',
      'kh-seed-3.safetensors',
      'l2-seed-1.safetensors',
      'l2-seed-2.safetensors',
      'l2-seed-3.safetensors',
    ]);
    expect(await readResults(runFolder(folder))).toEqual({ schema: 1, models, claims: [] });
  });

  it('keeps what is the same for every seed to the last bit', async () => {
    const { models } = await runExperiment(tinyRun(await temporaryFolder(), { config: three }));
    const epsilons = (result: ModelResult | undefined) => result?.relativeAccuracy.fgsm?.epsilon;
    const { perSeed = [] } = models.l2 ?? {};
    // (x + x + x) / 3 is not x for a third of all numbers.
    expect(epsilons(models.l2)).toEqual(epsilons(perSeed[0]));
  });

  it('shows the mean count of pruned units to one decimal', async () => {
    const results = await runExperiment(tinyRun(await temporaryFolder(), { config: three }));
    const { kh: measured } = results.models;
    const layer = { ...measured?.layer, prunedUnits: 359 / 3 } as ModelResult['layer'];
    const { rows } = summaryTable({ ...results, models: { kh: { ...measured, layer } as ModelResult } });
    expect(rows[0]?.at(-1)).toBe(119.7);
  });

  it('has means with the 95 % interval of Student beside them', async () => {
    const { models } = await runExperiment(tinyRun(await temporaryFolder(), { config: three }));
    const {
      accuracy,
      interval,
      perSeed = [],
      relativeAccuracy,
    } = models.l2 as ModelResult & {
      interval: { accuracy: [number, number] };
      perSeed: ModelResult[];
    };
    const values = perSeed.map((result) => result.accuracy);
    const mean = values.reduce((sum, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    // t of 2 degrees of freedom at 97.5 %: 4.303.
    const half = (4.303 * deviation) / Math.sqrt(3);
    expect(accuracy).toBeCloseTo(mean, 12);
    expect(interval.accuracy[0]).toBeCloseTo(mean - half, 3);
    expect(interval.accuracy[1]).toBeCloseTo(mean + half, 3);
    const last = (result: ModelResult) => result.relativeAccuracy.fgsm?.accuracy.at(-1) as number;
    expect(relativeAccuracy.fgsm?.accuracy.at(-1)).toBeCloseTo(
      perSeed.reduce((sum, result) => sum + last(result), 0) / 3,
      12,
    );
  });

  it('ends with the same bytes when it is resumed', async () => {
    const whole = await temporaryFolder();
    await runExperiment(tinyRun(whole, { config: three }));
    const cut = await temporaryFolder();
    await runAndAbort(cut, (progress) => progress.kind === 'epoch' && progress.model === 'l2-seed-2', {
      config: three,
    });
    await runExperiment(tinyRun(cut, { config: three, resume: true }));
    expect(await contentOf(cut)).toEqual(await contentOf(whole));
  });
});

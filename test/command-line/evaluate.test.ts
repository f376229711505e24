import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSafetensors, writeSafetensors } from '@hebblab/data';
import { decodeModel } from '@hebblab/models';
import { encodeNetworkModel, networkOf } from '@hebblab/models/networks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultLines, hebblab, temporaryFolder } from '../support/command-line.js';

const folder = temporaryFolder();
const model = path.join(folder.path, 'shlp.safetensors');
const variant = ['--variant', 'simd128'];
let trainedAccuracy: unknown;

beforeAll(async () => {
  const dataset = ['--dataset', 'power-law-images-small'];
  const settings = ['--set', 'hidden=50', '--set', 'epochs=60'];
  const trained = await hebblab([
    'train',
    'shlp',
    ...dataset,
    ...settings,
    '--out',
    model,
    '--json',
    '--seed',
    '3',
    ...variant,
  ]);
  expect(trained).toMatchObject({ code: 0 });
  trainedAccuracy = JSON.parse(trained.stdout).accuracy;
});
afterAll(() => folder[Symbol.dispose]());

describe('hebblab evaluate', () => {
  it('takes data set and seed from the file, and prints everything alone on stdout as JSON', async () => {
    const parameters = ['--attacks', 'fgsm,minimal', '--form', 'both', '--images', '10', '--json'];
    const { code, stdout } = await hebblab(['evaluate', model, ...parameters, ...variant]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      schema: 1,
      model: 'shlp',
      dataset: 'power-law-images-small',
      seed: 3,
      // The same images as in training: a generated set carries the seed.
      accuracy: trainedAccuracy,
    });
    expect(
      result.measurements.map(({ attack, form }: Record<string, unknown>) => `${attack}, ${form}`),
    ).toEqual(['fgsm, grid', 'fgsm, bisection', 'minimal, minimal norm']);
    for (const { images } of result.measurements) expect(images).toHaveLength(10);
  });

  it('finds the same of the same model as a network on tfjs-core', async () => {
    const network = path.join(folder.path, 'network.safetensors');
    writeFileSync(network, encodeNetworkModel(networkOf(decodeModel(readFileSync(model), 'the model'))));
    const parameters = ['--attacks', 'fgsm', '--form', 'bisection', '--images', '10', '--json', ...variant];
    const [asTwoLayers, asNetwork] = await Promise.all(
      [model, network].map(async (file) =>
        JSON.parse((await hebblab(['evaluate', file, ...parameters])).stdout),
      ),
    );
    const median = asTwoLayers.measurements[0].criticalDistance.median;
    // They may differ by rounding, which moves an image by at most one halving of the search.
    expect(asNetwork.accuracy).toBeCloseTo(asTwoLayers.accuracy, 2);
    expect(Math.abs(asNetwork.measurements[0].criticalDistance.median / median - 1)).toBeLessThan(0.03);
  });

  it('prints a table for people', async () => {
    const parameters = ['--attacks', 'pgd', '--form', 'bisection', '--images', '4'];
    const { code, stdout } = await hebblab(['evaluate', model, ...parameters, ...variant]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^test accuracy 0\.\d{4} on 256 images of power-law-images-small\n/);
    expect(stdout).toMatch(/^pgd, bisection .* of 4 /m);
  });

  it.each([
    {
      parameters: ['--attacks', 'fgsm,foo'],
      sentence: '--attacks: expected each of random, fgsm, pgd, minimal',
    },
    { parameters: ['--attacks', 'fgsm,fgsm'], sentence: 'at most once' },
    { parameters: ['--attacks', ''], sentence: 'got nothing' },
    { parameters: ['--images', '0'], sentence: '--images: expected a whole number from 1' },
    { parameters: ['--grid', 'fine'], sentence: 'Allowed choices are published, independent' },
    { parameters: ['--form', 'guess'], sentence: 'Allowed choices are grid, bisection, both' },
    { parameters: ['--dataset', 'mnits'], sentence: 'expected one of mnist' },
    {
      parameters: ['--dataset', 'mnist-subset'],
      sentence: 'expected images of 3072 values for the model, got 784',
    },
  ])('$parameters: one sentence, exit code 2', async ({ parameters, sentence }) => {
    const outcome = await hebblab(['evaluate', model, ...parameters, ...variant]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toMatch(/^hebblab: /);
    expect(outcome.stderr).toContain(sentence);
  });

  it('refuses a file that is none, damaged, or does not say what it was trained on', async () => {
    const damaged = path.join(folder.path, 'damaged.safetensors');
    writeFileSync(damaged, readFileSync(model).subarray(0, 1000));
    const silent = path.join(folder.path, 'silent.safetensors');
    const { tensors, metadata } = readSafetensors(readFileSync(model));
    const header = JSON.parse(metadata.hebblab ?? '');
    const { dataset: _, ...settings } = header.settings;
    writeFileSync(silent, writeSafetensors(tensors, { hebblab: JSON.stringify({ ...header, settings }) }));
    for (const [file, sentence] of [
      [path.join(folder.path, 'missing.safetensors'), 'missing.safetensors'],
      [damaged, 'damaged.safetensors'],
      [silent, 'evaluate: expected --dataset'],
    ] as const) {
      const outcome = await hebblab(['evaluate', file, ...variant]);
      expect(outcome).toMatchObject({ code: 2, stdout: '' });
      expect(outcome.stderr).toContain(sentence);
    }
  });
});

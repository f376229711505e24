import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadBuiltIn, normalisationScales, readSafetensors, writeSafetensors } from '@hebblab/data';
import { decodeModel, normalisedImages, samplesOf } from '@hebblab/models';
import { createNetworkModel, encodeNetworkModel } from '@hebblab/models/networks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultLines, hebblab, temporaryFolder } from '../support/command-line.js';

const folder = temporaryFolder();
const model = path.join(folder.path, 'shlp.safetensors');
const quick = ['--images', '60', '--variant', 'simd128'];

beforeAll(async () => {
  const sizes = ['hidden=24', 'epochs=4'].flatMap((setting) => ['--set', setting]);
  const parameters = ['train', 'shlp', '--dataset', 'mnist-subset', '--out', model, '--variant', 'simd128'];
  expect(await hebblab([...parameters, ...sizes])).toMatchObject({ code: 0 });
});
afterAll(() => folder[Symbol.dispose]());

describe('hebblab audit', () => {
  it('trusts a plain model, and tells each check and each epsilon', async () => {
    const { code, stdout, stderr } = await hebblab(['audit', model, ...quick, '--epsilons', '0.01,0.05']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^trustworthy, by \d+ of 60 images\n/);
    expect(stdout.match(/^pass {2}/gm)).toHaveLength(14);
    expect(stdout).toContain('transfer: No twin was given.');
    expect(stdout).toMatch(/^0\.0500 .*\n1\.00 +0\.000 +0\.000$/m);
    expect(stdout).toMatch(/\d+ forward and \d+ gradient calls/);
    expect(stderr).toContain('audit: epsilon 0.05, part 5 of 6');
    const lines = stdout.split('\n').map((line) => line.length);
    expect(Math.max(...lines)).toBeLessThanOrEqual(80);
  });

  it('prints the same report as JSON alone, for any number of threads', async () => {
    const parameters = ['audit', model, ...quick, '--epsilons', '0.02', '--json'];
    const first = await hebblab([...parameters, '--threads', '1']);
    expect(JSON.parse(first.stdout)).toMatchObject({ verdict: 'trustworthy', norm: 'linf' });
    expect((await hebblab([...parameters, '--threads', '2'])).stdout).toBe(first.stdout);
  });

  it('tries the images of a twin, in l2', async () => {
    const parameters = [
      'audit',
      model,
      ...quick,
      '--epsilons',
      '0.5',
      '--norm',
      'l2',
      '--twin',
      model,
      '--json',
    ];
    const { checks, norm } = JSON.parse((await hebblab(parameters)).stdout);
    expect(norm).toBe('l2');
    expect(checks.find(({ name }: { name: string }) => name === 'transfer')).toMatchObject({
      status: 'pass',
    });
  });

  it('sees through saturated sigmoids, with the help of stabilised gradients', async () => {
    const file = path.join(folder.path, 'saturated.safetensors');
    writeFileSync(file, await saturated());
    const { code, stdout } = await hebblab(['audit', file, ...quick, '--epsilons', '0.02,0.05', '--json']);
    expect(code).toBe(0);
    const { verdict, checks } = JSON.parse(stdout);
    expect(verdict).toBe('masked');
    const failed = checks.filter(({ status }: { status: string }) => status === 'fail');
    expect(failed.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['zero gradients', 'gradient size', 'gradient free', 'stabilised gradients']),
    );
  });

  it.each([
    { parameters: ['--dataset', 'mnits'], fault: 'expected one of mnist, fashion-mnist' },
    {
      parameters: [...quick, '--norm', 'l1'],
      fault: "argument 'l1' is invalid. Allowed choices are linf, l2.",
    },
    {
      parameters: [...quick, '--epsilons', '0.2,0.1'],
      fault: '--epsilons: expected ascending numbers above 0',
    },
    {
      parameters: [...quick, '--epsilons', '0.1,,'],
      fault: '--epsilons: expected ascending numbers above 0',
    },
    { parameters: [...quick, '--images', '0'], fault: '--images: expected a whole number from 1' },
    { parameters: [...quick, '--twin', 'none'], fault: 'expected a file, got nothing at none' },
    {
      parameters: ['--dataset', 'power-law-images-small'],
      fault: 'expected images of 784 values for',
    },
  ])('refuses $parameters', async ({ parameters, fault }) => {
    const outcome = await hebblab(['audit', model, ...parameters]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toContain(fault);
  });

  it('asks for the data set of a model that does not name one', async () => {
    const { tensors, metadata } = readSafetensors(readFileSync(model));
    const header = { ...JSON.parse(metadata.hebblab ?? ''), settings: {} };
    const file = path.join(folder.path, 'unnamed.safetensors');
    writeFileSync(file, writeSafetensors(tensors, { hebblab: JSON.stringify(header) }));
    const outcome = await hebblab(['audit', file, ...quick]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toContain('expected --dataset for');
  });

  it('refuses images beyond the bounds that attacks keep to', async () => {
    const { tensors, metadata } = readSafetensors(readFileSync(model));
    const header = JSON.parse(metadata.hebblab ?? '');
    const settings = { ...header.settings, normalisation: { kind: 'divide', by: 1 } };
    const file = path.join(folder.path, 'bytes.safetensors');
    writeFileSync(file, writeSafetensors(tensors, { hebblab: JSON.stringify({ ...header, settings }) }));
    const outcome = await hebblab(['audit', file, ...quick]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)[0]).toContain('audit: expected normalised images in [0, 1]');
  });

  it('refuses a file that is no model', async () => {
    const file = path.join(folder.path, 'other.safetensors');
    writeFileSync(file, 'no model');
    expect(await hebblab(['audit', file, ...quick])).toMatchObject({ code: 2, stdout: '' });
  });
});

/**
 * The hidden layer of the trained model behind sigmoids of a gain of 1e5, which are 0 or 1 for every image; the readout is
 * the mean code of each class, less half its squared length (the nearest mean).
 */
async function saturated(): Promise<Uint8Array> {
  const { hiddenLayer, hidden, inputs, settings } = decodeModel(readFileSync(model), model);
  const weights = hiddenLayer.weights.map((weight) => 1e5 * weight); // [inputs, hidden]
  const { train } = await loadBuiltIn('mnist-subset');
  const images = normalisedImages(
    samplesOf(train, normalisationScales(train, { kind: 'lp', p: 3 })),
    train.count,
  );
  const means = Array.from({ length: 10 }, () => new Float64Array(hidden));
  const counts = new Float64Array(10);
  for (let row = 0; row < train.count; row++) {
    const label = train.labels[row] as number;
    counts[label] = (counts[label] as number) + 1;
    for (let unit = 0; unit < hidden; unit++) {
      let z = 0;
      for (let i = 0; i < inputs; i++) {
        z += (images[row * inputs + i] as number) * (weights[i * hidden + unit] as number);
      }
      if (z > 0) (means[label] as Float64Array)[unit] = ((means[label] as Float64Array)[unit] as number) + 1;
    }
  }
  const mean = (label: number, unit: number) =>
    ((means[label] as Float64Array)[unit] as number) / (counts[label] as number);
  const readout = new Float32Array(hidden * 10);
  const bias = new Float32Array(10);
  for (let label = 0; label < 10; label++) {
    for (let unit = 0; unit < hidden; unit++) {
      readout[unit * 10 + label] = mean(label, unit);
      bias[label] = (bias[label] as number) - mean(label, unit) ** 2 / 2;
    }
  }
  return encodeNetworkModel(
    createNetworkModel({
      name: 'saturated',
      architecture: {
        inputShape: [28, 28, 1],
        layers: [
          { kind: 'dense', units: hidden, bias: false, activation: { kind: 'sigmoid' } },
          { kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } },
        ],
      },
      parameters: { 'layers.0.weights': weights, 'layers.1.weights': readout, 'layers.1.bias': bias },
      settings,
    }),
  );
}

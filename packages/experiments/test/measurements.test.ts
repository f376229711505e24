import { type ModelResult, type RunConfig, runExperiment } from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { halves, temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

const { kh, l2 } = tinyConfig.models;
const grid = { startExponent: -3, stopExponent: 0, count: 31 };
const measured: RunConfig = {
  ...tinyConfig,
  models: { kh, l2 } as RunConfig['models'],
  attacks: [
    { kind: 'fgsm', form: 'grid', images: 20, chosen: 'first-correct', grid },
    { kind: 'fgsm', form: 'bisection', images: 20, chosen: 'first', grid },
    { kind: 'pgd', form: 'grid', images: 20, chosen: 'first', grid: { ...grid, count: 7 } },
    { kind: 'minimal', images: 20, chosen: 'first' },
  ],
  measurements: [
    { kind: 'unpruned-spectra' },
    { kind: 'sub-populations' },
    { kind: 'jacobian', images: 5 },
    { kind: 'landscape', image: 3, side: 4, reach: 2 },
    { kind: 'cross-validated-spectrum', noise: 0.01, images: 20 },
  ],
};

async function measure(config: RunConfig): Promise<Readonly<Record<string, ModelResult>>> {
  const { models } = await runExperiment(tinyRun(await temporaryFolder(), { config }));
  return models;
}

describe('a run with every attack and measurement', () => {
  it('finds critical distances by bisection that agree with the grid, in fewer calls', async () => {
    const { l2: result } = await measure(measured);
    const { fgsm } = result?.criticalDistance ?? {};
    const bisected = result?.bisectedDistance?.fgsm;
    expect(bisected?.total).toBe(fgsm?.total);
    expect(bisected?.gridComparison.images).toBe(fgsm?.total);
    expect(bisected?.gridComparison.callsShare).toBeLessThan(1);
    // Neighbours on the grid are a factor of 10^0.1 apart.
    expect((bisected?.median ?? 0) / (fgsm?.median ?? 1)).toBeGreaterThan(10 ** -0.2);
    expect((bisected?.median ?? 0) / (fgsm?.median ?? 1)).toBeLessThan(10 ** 0.2);
  });

  it('ends where a model gets no image right, of which there are none to attack', async () => {
    const { train, test } = halves();
    const swapped = Uint8Array.from(test.labels, (label) => 1 - label);
    const dataset = {
      name: 'halves',
      origin: 'generated' as const,
      train,
      test: { ...test, labels: swapped },
    };
    const config: RunConfig = {
      ...tinyConfig,
      models: { l2: { ...l2, epochs: 40 } } as RunConfig['models'],
      attacks: [{ kind: 'fgsm', form: 'bisection', images: 20, chosen: 'first-correct', grid }],
    };
    const extensions = { datasets: { halves: async () => dataset } };
    const { models } = await runExperiment(tinyRun(await temporaryFolder(), { config, extensions }));
    expect(models.l2?.accuracy).toBe(0);
    expect(models.l2?.bisectedDistance?.fgsm).toMatchObject({ found: 0, total: 0 });
  });

  it('finds a minimal norm that is no longer than the distances along signs', async () => {
    const { l2: result } = await measure(measured);
    const { fgsm, minimal } = result?.criticalDistance ?? {};
    expect(minimal?.total).toBe(fgsm?.total);
    expect(minimal?.median).toBeLessThanOrEqual(fgsm?.median ?? 0);
  });

  it('measures what there is of each model', async () => {
    const models = await measure(measured);
    const of = (name: string) => models[name]?.measurements ?? {};
    // Units were pruned in kh alone.
    expect(Object.keys(of('kh'))).toEqual([
      'unpruned-spectra',
      'sub-populations',
      'jacobian',
      'landscape',
      'cross-validated-spectrum',
    ]);
    expect(Object.keys(of('l2'))).not.toContain('unpruned-spectra');
    expect(of('kh').landscape?.jacobianNorm).toHaveLength(16);
    expect(of('l2')['sub-populations']?.images.populations.map(({ units }) => units)).toEqual([8]);
    expect(of('l2').jacobian?.singularValues).toHaveLength(2);
    const pruned = models.kh?.spectrum.noise.eigenvalues ?? [];
    const unpruned = of('kh')['unpruned-spectra']?.noise.eigenvalues ?? [];
    expect(unpruned.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(
      pruned.reduce((sum, value) => sum + value, 0),
    );
  });

  it('reads out by the classifier of Krotov and Hopfield where it is asked for', async () => {
    if (kh?.kind !== 'local-learning') throw new Error('expected a local-learning model');
    const readout = {
      ...kh.readout,
      epochs: 60,
      learningRate: { kind: 'constant', value: 0.1 },
      loss: { kind: 'tanh', beta: 1, exponent: 6 },
    } as const;
    const model = { ...kh, pruning: { kind: 'none' } as const, readout };
    const models = await measure({ ...tinyConfig, attacks: [], models: { kh: model } });
    expect(models.kh?.accuracy).toBeGreaterThan(0.6);
  });
});

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type ClaimResult,
  claimsPageOf,
  claimTables,
  type NamedRun,
  readRuns,
  runExperiment,
} from '@hebblab/experiments';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, tinyConfig, tinyRun } from './support/tiny-run.js';

function finding(claim: string, verdict: ClaimResult['verdict'], estimate: number): ClaimResult {
  return {
    claim,
    verdict,
    evidence: `evidence of ${estimate}`,
    comparisons: [
      {
        kind: 'measured',
        name: 'kh / l2',
        verdict,
        scale: 'ratio',
        estimate,
        interval: [estimate / 2, 2 * estimate],
        over: 'images',
        required: 'above 1',
      },
    ],
  };
}

const spectrum = { fit: [10, 500] as const, eigenvalues: [] };

function run(name: string, accuracy: number, claims: readonly ClaimResult[]): NamedRun {
  const environment = { version: '1', commit: 'c', node: 'n', platform: 'p', processor: 'x' };
  return {
    name,
    manifest: {
      schema: 1,
      settings: { ...tinyConfig, claims: claims.length === 0 ? 'none' : 'paper-a' },
      dataset: { name: 'halves', origin: 'generated', train: 60, test: 20, sha256: '0' },
      imageShape: [4, 4, 1],
      variant: 'simd128',
      threads: 1,
      environment,
    },
    results: {
      schema: 1,
      models: {
        kh: {
          accuracy,
          criticalDistance: { fgsm: { found: 9, total: 9, unverified: 0, median: 0.246 } },
          relativeAccuracy: {},
          spectrum: { images: spectrum, noise: spectrum },
        },
      },
      claims,
    },
  };
}

const runs = [
  run('first', 0.5, [finding('a > b', 'holds', 4), finding('b > c', 'fails', 0.2)]),
  run('second', 0.4, [finding('a > b', 'undecided', 1.5)]),
];

describe('claimTables', () => {
  it('has a verdict a run, and a dash where a run does not judge the claim', () => {
    expect(claimTables(runs)[0]).toEqual({
      caption: 'Verdicts: 1 hold, 1 fail, 1 undecided',
      columns: ['claim', 'first', 'second'],
      rows: [
        ['1. a > b', 'holds', 'undecided'],
        ['2. b > c', 'fails', null],
      ],
    });
  });

  it('sets each quantity of the runs beside the references with the differences', () => {
    const tables = claimTables(runs);
    const accuracy = tables.find(({ caption }) => caption === 'Test accuracy');
    expect(accuracy?.columns.slice(0, 6)).toEqual([
      'model',
      'first',
      'second',
      'published',
      'first − published',
      'second − published',
    ]);
    // 0.5 - 0.472 and 0.4 - 0.472
    expect(accuracy?.rows[0]?.slice(0, 6)).toEqual(['kh', 0.5, 0.4, 0.472, '+0.028', '−0.072']);
    const fgsm = tables.find(({ caption }) => caption === 'Median critical distance, FGSM (L2 norm)');
    // 0.246 / 0.123 = 2
    expect(fgsm?.rows[0]?.[4]).toBe('+100.0\u00a0%');
  });

  it('has none where no run judges claims', () => {
    expect(claimTables([run('plain', 0.5, [])])).toEqual([]);
  });
});

describe('claimsPageOf', () => {
  it('has the evidence of each run with what the claim requires', () => {
    const page = claimsPageOf(runs);
    for (const text of ['evidence of 4', 'evidence of 1.5', 'above 1', 'first: seed', 'second: seed'])
      expect(page).toContain(text);
  });
});

describe('readRuns', () => {
  it('reads a folder once, however often it is named', async () => {
    const root = path.join(await temporaryFolder(), 'run');
    await runExperiment(tinyRun(root));
    expect((await readRuns([root, root])).map(({ name }) => name)).toEqual([root]);
  });

  it('refuses a folder that holds no finished run', async () => {
    const root = await temporaryFolder();
    await writeFile(path.join(root, 'notes.txt'), '');
    await expect(readRuns([root])).rejects.toThrow('expected the folder of a run');
  });
});

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DataError } from '@hebblab/data';
import { readFileWhole, writeFileAtomically } from '@hebblab/data/files';
import { markdownReport, type ReportTable } from '@hebblab/report';
import type { Manifest } from '../manifest.js';
import type { RunResults } from '../results.js';
import type { ReusedModel } from '../reuse.js';
import type { RunFolder } from '../run-folder.js';
import { nameWithSeed, seedsOf } from '../seeds.js';
import { sha256Of } from '../sha256.js';
import { readReport, titleStart } from './draw-report.js';

/**
 * Writes what a finished run is worth keeping beside code: a page of its tables, claims and hashes in Markdown
 * (README.md), figures/ and manifest.json with the settings. Models and checkpoints stay in the run's folder.
 *
 * @throws DataError where the folder holds no finished run, or `target` the files of somebody else
 * @example
 * await writeResultsPage(runFolder('runs/quick'), 'docs/results/quick');
 */
export async function writeResultsPage(folder: RunFolder, target: string): Promise<void> {
  expectPlaceForPage(target);
  const { manifest, results, head, summary, sections } = await readReport(folder);
  for (const { file, svg } of sections.flatMap(({ figures }) => figures))
    await writeFileAtomically(path.join(target, figurePath(file)), svg);
  await writeFileAtomically(path.join(target, 'manifest.json'), await readFileWhole(folder.manifest));
  const page = markdownReport({
    title: head.title,
    subtitle: head.subtitle,
    summary,
    sections: [
      ...sections.map(({ figures, ...section }) => ({
        ...section,
        figures: figures.map(({ file, caption }) => ({ file: figurePath(file), caption })),
      })),
      { heading: 'Models', text: [], figures: [], tables: [await hashTable(folder, manifest, results)] },
    ],
    provenance: [...head.provenance, { name: 'SHA-256 of the images', value: manifest.dataset.sha256 }],
  });
  await writeFileAtomically(path.join(target, 'README.md'), page);
}

/**
 * @throws DataError where the folder has a README.md or manifest.json that is not of a page: of a project, or of a run
 * @example
 * expectPlaceForPage('docs/results/quick');
 */
export function expectPlaceForPage(target: string): void {
  const page = path.join(target, 'README.md');
  const isPage = existsSync(page) && readFileSync(page, 'utf8').startsWith(`# ${titleStart}`);
  const taken = ['README.md', 'manifest.json'].find((file) => existsSync(path.join(target, file)));
  if (taken !== undefined && !isPage)
    throw new DataError(`results page: expected a folder without a ${taken} of another kind, got ${target}`);
}

function figurePath(file: string): string {
  return `figures/${file}.svg`;
}

/** Whoever trains the models again can compare them bit by bit. */
async function hashTable(
  folder: RunFolder,
  { settings, reused = {} }: Manifest,
  { models }: RunResults,
): Promise<ReportTable> {
  const rows: string[][] = [];
  for (const [model, result] of Object.entries(models)) {
    for (const [index, seed] of seedsOf(settings).entries()) {
      const name = nameWithSeed(settings, model, seed);
      const file = folder.model(name);
      const ofResult = (result.perSeed?.[index] ?? result).sha256;
      const hash = existsSync(file) ? await sha256Of(file) : (ofResult ?? 'not known');
      rows.push([name, hash, describeOrigin(reused[name])]);
    }
  }
  return { caption: 'SHA-256 of the model files.', columns: ['model', 'SHA-256', 'origin'], rows };
}

function describeOrigin(origin: ReusedModel | undefined): string {
  if (origin === undefined) return 'trained here';
  const { what, from, commit } = origin;
  return `${what === 'results' ? 'results ' : ''}taken from ${from}, commit ${commit}`;
}

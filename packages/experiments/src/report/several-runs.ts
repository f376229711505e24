import { claimsOverview, claimsPage, comparisonTable, type ReportCell } from '@hebblab/report';
import { readManifest } from '../manifest.js';
import { readResults } from '../results.js';
import { runFolder } from '../run-folder.js';
import {
  claimsOfRuns,
  claimsText,
  comparisonsOfRuns,
  comparisonText,
  type NamedRun,
} from './claims-of-runs.js';
import { flattenSettings, type SummaryTable } from './tables.js';

/**
 * Finished runs under the paths of their folders.
 *
 * @throws DataError where a folder holds no finished run
 * @example
 * const runs = await readRuns(['runs/paper-a-165', 'runs/paper-a-short']);
 */
export async function readRuns(roots: readonly string[]): Promise<NamedRun[]> {
  const runs: NamedRun[] = [];
  for (const root of new Set(roots)) {
    const folder = runFolder(root);
    const manifest = await readManifest(folder);
    runs.push({ name: root, manifest, results: await readResults(folder) });
  }
  return runs;
}

/**
 * The verdicts of runs, then their figures beside the published ones, with a column a run; no table where no run judges
 * claims.
 *
 * @example
 * const [verdicts, accuracy] = claimTables(await readRuns(['runs/paper-a-165', 'runs/paper-a-short']));
 */
export function claimTables(runs: readonly NamedRun[]): SummaryTable[] {
  const claims = claimsOfRuns(runs);
  if (claims.length === 0) return [];
  const tables = [claimsOverview(claims), ...comparisonsOfRuns(runs).map(comparisonTable)];
  return tables.map(({ caption, columns, rows }) => ({
    caption,
    columns,
    rows: rows.map((row) => row.map(plainCell)),
  }));
}

function plainCell(cell: ReportCell): string | number | null {
  if (typeof cell === 'number') return Number(cell.toPrecision(4));
  return typeof cell === 'object' && cell !== null ? cell.verdict : cell;
}

/**
 * One page of the claims of several runs: verdicts and figures with a column a run, evidence claim by claim.
 *
 * @example
 * await writeFile('claims.html', claimsPageOf(await readRuns(['runs/paper-a-165', 'runs/paper-a-short'])));
 */
export function claimsPageOf(runs: readonly NamedRun[]): string {
  return claimsPage({
    language: 'en',
    title: 'hebblab: claims',
    subtitle: runs.map(({ name, manifest }) => `${name} (${manifest.dataset.name})`).join(', '),
    text: [...claimsText, ...comparisonText(runs)],
    claims: claimsOfRuns(runs),
    comparisons: comparisonsOfRuns(runs),
    settings: runs.flatMap(({ name, manifest }) =>
      flattenSettings(manifest.settings).map((each) => ({ ...each, name: `${name}: ${each.name}` })),
    ),
    provenance: runs.flatMap(({ name, manifest: { variant, threads, environment } }) =>
      flattenSettings({ variant, threads, ...environment }).map((each) => ({
        ...each,
        name: `${name}: ${each.name}`,
      })),
    ),
  });
}

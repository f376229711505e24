// The table of docs/performance.md that compares us with other libraries, written from results.json.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const resultsFile = new URL('results.json', import.meta.url);
const pageFile = new URL('../../docs/performance.md', import.meta.url);
const [begin, end] = ['<!-- bench:peers begins -->', '<!-- bench:peers ends -->'];
const ours = 'hebblab relaxed, 2 threads';

/** Works that failed for someone keep that as their figure; those that were not done keep their last result. */
export function updateDocs(machine, results) {
  const kept = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')).works : [];
  const date = new Date().toISOString().slice(0, 10);
  const works = withResults(kept, { date, ...machine }, results);
  writeFileSync(resultsFile, `${JSON.stringify({ schema: 1, works }, null, 2)}\n`);
  writeFileSync(pageFile, pageWith(readFileSync(pageFile, 'utf8'), works));
}

/** The kept works, with the new results in their places or behind. */
export function withResults(kept, machine, results) {
  const added = results.map((result) => ({ ...result, machine }));
  const isNew = ({ work }) => !kept.some((one) => one.work === work);
  return [...kept.map((one) => added.find(({ work }) => work === one.work) ?? one), ...added.filter(isNew)];
}

/** @throws Error where the page has no place for the table */
export function pageWith(page, works) {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bench:peers: expected ${begin} and ${end} in the page`);
  return `${page.slice(0, from)}${begin}\n${peersTable(works)}${page.slice(to)}`;
}

/** Milliseconds, the median of each; a row for each work, a column for each library that did one. */
export function peersTable(works) {
  const names = new Set(works.flatMap(({ participants }) => participants.map(({ name }) => name)));
  const peers = [...names].filter((name) => !name.startsWith('hebblab'));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const row = ({ what, participants, machine }) => {
    const cellOf = (wanted) => {
      const found = participants.find(({ name }) => name === wanted);
      if (found === undefined) return '–';
      return found.state === 'failed' ? 'failed' : milliseconds(found.median);
    };
    return [what, ...[ours, ...peers].map(cellOf), machine.date, machine.load?.toFixed(1) ?? '–'];
  };
  const header = ['milliseconds', ours, ...peers, 'date', 'load'];
  const versions = new Map(works.flatMap(({ machine }) => Object.entries(machine.versions ?? {})));
  const libraries = [...versions].map(([name, version]) => `${name} ${version}`).join(', ');
  const machines = new Set(
    works.map(({ machine }) => `Node ${machine.node}, ${machine.cpu}, ${machine.cores} cores`),
  );
  return `${[line(header), line(header.map((_, column) => (column === 0 ? '---' : '--:'))), ...works.map((work) => line(row(work)))].join('\n')}

${[...machines].join('; ')}${libraries === '' ? '' : `; ${libraries}`}.
`;
}

function milliseconds(value) {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(2) : value.toFixed(0);
}

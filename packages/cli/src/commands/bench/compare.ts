import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Interval, Verdict } from '@hebblab/bench';
import {
  type BenchConfiguration,
  type ComparedCase,
  compareBuilds,
  compareRuns,
  compareSizes,
  InputError,
  readConfiguration,
  readRun,
  runDifferences,
  runSuites,
  type StoredComparison,
  sourceOf,
} from '@hebblab/bench/node';
import { Command } from 'commander';
import { expectWritable } from '../../options.js';
import { type Cell, type Table, textTable } from '../../text-table.js';
import {
  chosenPlans,
  type MeasuringFlags,
  measuringOptions,
  parsePositive,
  withMeasuringOptions,
} from './options.js';

interface CompareFlags extends MeasuringFlags {
  with?: string;
  threshold: number;
  markdown?: string;
}

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('compare with a base, side by side; exit code 1 where something is slower or larger')
    .argument('<base>', 'a commit (branch, tag, HEAD~1), an artefact (.wasm, .js), or a stored run (.json)');
  return withMeasuringOptions(command, 10)
    .option('--with <source>', 'a commit or artefact to compare instead of the files as they are')
    .option('--threshold <percent>', 'differences up to this count as none', parsePositive('--threshold'), 2)
    .option('--markdown <file>', 'write the table in Markdown, for a pull request')
    .action(compareWithBase);
}

async function compareWithBase(base: string, filter: string | undefined, flags: CompareFlags): Promise<void> {
  if (flags.out !== undefined) expectWritable('--out', flags.out);
  if (flags.markdown !== undefined) expectWritable('--markdown', flags.markdown);
  const configuration = await readConfiguration(process.cwd(), flags.config);
  const stored = base.endsWith('.json');
  const cases = stored
    ? await compareWithStored(configuration, base, filter, flags)
    : await compareSideBySide(configuration, base, filter, flags);
  const threshold = flags.threshold / 100;
  const result = {
    schema: 1,
    kind: 'comparison',
    base,
    with: flags.with ?? 'working tree',
    threshold,
    cases,
  };
  if (flags.out !== undefined) writeFileSync(path.resolve(flags.out), `${JSON.stringify(result, null, 2)}\n`);
  const table = comparedTable(cases);
  if (flags.markdown !== undefined) writeFileSync(path.resolve(flags.markdown), markdownOf(table));
  console.log(
    flags.json ? JSON.stringify(result, null, 2) : textTable(table, { left: ['build', 'verdict'] }),
  );
  const bad = cases.filter(isBad);
  if (bad.length > 0)
    throw new Error(
      `bench compare: expected nothing to be slower, larger or to fail, got ${bad.map(({ suite, name, build }) => `${suite}: ${name}, ${build}`).join('; ')}`,
    );
}

async function compareSideBySide(
  configuration: BenchConfiguration,
  base: string,
  filter: string | undefined,
  flags: CompareFlags,
): Promise<ComparedCase[]> {
  const from = process.cwd();
  return compareBuilds({
    configuration,
    plans: await chosenPlans(configuration, filter, flags),
    base: sourceOf(configuration, from, base),
    now: flags.with === undefined ? { kind: 'working tree' } : sourceOf(configuration, from, flags.with),
    options: { ...measuringOptions(flags), threshold: flags.threshold / 100 },
    onCase: ({ suite, name, build }) => console.error(`${suite}: ${name}, ${build}`),
  });
}

/** Measures now what a stored run measured then; drift does not cancel, and that is said. */
async function compareWithStored(
  configuration: BenchConfiguration,
  base: string,
  filter: string | undefined,
  flags: CompareFlags,
): Promise<(StoredCase | ComparedCase)[]> {
  if (flags.with !== undefined)
    throw new InputError(`--with: expected none beside a stored run, got ${flags.with}`);
  const before = readRun(path.resolve(base));
  const now = await runSuites({
    configuration,
    plans: await chosenPlans(configuration, filter, flags),
    options: measuringOptions(flags),
    onSuite: (suite, build) => console.error(`${suite}, ${build}`),
  });
  console.error('warning: a stored run was measured at another time, so that drift of the machine counts');
  const differences = runDifferences(before, now);
  if (differences.length > 0) console.error(`warning: the two runs are not alike: ${differences.join('; ')}`);
  const compared = compareRuns(before, now, flags.threshold / 100);
  const sizes = compareSizes(before, now, flags.threshold / 100);
  if (compared.length + sizes.length === 0)
    throw new InputError(`bench: expected a case of this run in ${base}, found none`);
  return [...compared.map((comparison) => ({ state: 'stored' as const, ...comparison })), ...sizes];
}

/** A case beside its figure in a stored run. */
type StoredCase = StoredComparison & { readonly state: 'stored' };

function isBad(item: ComparedCase | StoredCase): boolean {
  if (item.state === 'failed') return true;
  return item.state !== 'only now' && (item.verdict.kind === 'slower' || item.verdict.kind === 'larger');
}

function comparedTable(cases: readonly (ComparedCase | StoredCase)[]): Table {
  const columns = ['case', 'build', 'base ms', 'now ms', 'ratio', 'interval', 'noise', 'verdict'];
  const rows = cases.map((item) => [`${item.suite}: ${item.name}`, item.build, ...cellsOf(item)]);
  return { columns, rows };
}

function markdownOf({ columns, rows }: Table): string {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell ?? '–').replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

function cellsOf(item: ComparedCase | StoredCase): (string | null)[] {
  if (item.state === 'failed' || item.state === 'only now')
    return [null, null, null, null, null, `${item.state}: ${item.error}`];
  if (item.state === 'sized') {
    const { before, now } = item;
    return [`${before} B`, `${now} B`, (now / before).toFixed(3), null, null, item.verdict.kind];
  }
  const verdict = verdictText(item.verdict);
  if (item.state === 'stored') {
    const { before, now, ratio } = item;
    return [
      milliseconds(before.estimate),
      milliseconds(now.estimate),
      ratio.estimate.toFixed(3),
      span(ratio),
      null,
      verdict,
    ];
  }
  const { first, second, ratio, noiseFloor } = item.comparison;
  return [
    milliseconds(first.milliseconds),
    milliseconds(second.milliseconds),
    ratio.estimate.toFixed(3),
    span(ratio),
    span(noiseFloor),
    verdict,
  ];
}

function verdictText(verdict: Verdict): string {
  return verdict.kind === 'not decided' ? `not decided: ${verdict.reason}` : verdict.kind;
}

function span({ low, high }: Interval): string {
  return `${low.toFixed(3)} - ${high.toFixed(3)}`;
}

function milliseconds(value: number): string {
  return value.toPrecision(4);
}

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Comparison, Verdict } from '@hebblab/bench';
import {
  type BenchConfiguration,
  type ComparedCase,
  compareBuilds,
  InputError,
  readConfiguration,
  readSuites,
  type SuiteFile,
  sourceOf,
} from '@hebblab/bench/node';
import { Command, Option } from 'commander';
import { expectWritable } from '../options.js';
import { textTable } from '../text-table.js';

interface CommonFlags {
  config?: string;
  build?: string;
  seconds: number;
  clock: 'auto' | 'cpu' | 'wall';
  slow?: true;
  json?: true;
  out?: string;
}

interface CompareFlags extends CommonFlags {
  with?: string;
  threshold: number;
}

export function benchCommand(): Command {
  return new Command('bench')
    .addCommand(
      withOptions(new Command('compare'), 10)
        .description('compare with a base, side by side; exit code 1 where something is slower')
        .argument('<base>', 'a commit (branch, tag, HEAD~1) or an artefact (.wasm, .js)')
        .argument('[filter]', 'only cases whose suite or name contains this')
        .option('--with <source>', 'a commit or artefact to compare instead of the files as they are')
        .option(
          '--threshold <percent>',
          'differences up to this count as none',
          parsePositive('--threshold'),
          2,
        )
        .action(compareWithBase),
    )
    .addHelpText(
      'after',
      `
Examples:
  hebblab bench compare HEAD~1 gemm          what the last commit did to products
  hebblab bench compare v1.0 --seconds 3     every case against a tag, quickly`,
    );
}

function withOptions(command: Command, seconds: number): Command {
  return command
    .option('--config <file>', 'the configuration; default the nearest bench.config.js')
    .option('--build <name>', 'only this build; default all of the configuration')
    .option('--seconds <n>', 'time for each case in each build', parsePositive('--seconds'), seconds)
    .addOption(
      new Option('--clock <name>', 'cpu, wall or auto (cpu where it ticks finely)')
        .choices(['auto', 'cpu', 'wall'])
        .default('auto'),
    )
    .option('--slow', 'also cases that take many seconds')
    .option('--out <file>', 'write the results into a JSON file')
    .option('--json', 'print JSON on stdout, nothing else');
}

async function compareWithBase(base: string, filter: string | undefined, flags: CompareFlags): Promise<void> {
  if (flags.out !== undefined) expectWritable('--out', flags.out);
  const configuration = await readConfiguration(process.cwd(), flags.config);
  const suites = await chosenSuites(configuration, filter, flags);
  const builds = chosenBuilds(configuration, flags);
  const from = process.cwd();
  const cases = await compareBuilds({
    configuration,
    builds,
    suites,
    base: sourceOf(configuration, from, base),
    now: flags.with === undefined ? { kind: 'working tree' } : sourceOf(configuration, from, flags.with),
    options: { seconds: flags.seconds, threshold: flags.threshold / 100, clock: flags.clock },
    onCase: ({ suite, name, build }) => console.error(`${suite}: ${name}, ${build}`),
  });
  const result = {
    schema: 1,
    base,
    with: flags.with ?? 'working tree',
    threshold: flags.threshold / 100,
    cases,
  };
  if (flags.out !== undefined) writeFileSync(path.resolve(flags.out), `${JSON.stringify(result, null, 2)}\n`);
  console.log(flags.json ? JSON.stringify(result, null, 2) : comparedTable(cases));
  const bad = cases.filter(isBad);
  if (bad.length > 0)
    throw new Error(
      `bench compare: expected nothing to be slower or to fail, got ${bad.map(({ suite, name, build }) => `${suite}: ${name}, ${build}`).join('; ')}`,
    );
}

function isBad(item: ComparedCase): boolean {
  return item.state === 'failed' || (item.state === 'compared' && item.verdict.kind === 'slower');
}

async function chosenSuites(
  { suites, ceilingOf }: BenchConfiguration,
  filter: string | undefined,
  { slow }: CommonFlags,
): Promise<SuiteFile[]> {
  const all = await readSuites(suites, ceilingOf);
  const chosen = all
    .map((suite) => ({
      ...suite,
      cases: suite.cases.filter(
        (item) =>
          (slow === true || !item.slow) &&
          (filter === undefined || `${suite.name}: ${item.name}`.includes(filter)),
      ),
    }))
    .filter(({ cases }) => cases.length > 0);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `bench: expected a filter that is part of "suite: case", got ${filter ?? 'none'}; suites are ${all.map(({ name }) => name).join(', ')}`,
  );
}

function chosenBuilds({ builds }: BenchConfiguration, { build }: CommonFlags) {
  const chosen = build === undefined ? builds : builds.filter(({ name }) => name === build);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `--build: expected one of ${builds.map(({ name }) => name).join(', ')}, got ${build ?? 'none'}`,
  );
}

function comparedTable(cases: readonly ComparedCase[]): string {
  const columns = ['case', 'build', 'base ms', 'now ms', 'ratio', 'interval', 'noise', 'verdict'];
  const rows = cases.map((item) => {
    const subject = [`${item.suite}: ${item.name}`, item.build];
    if (item.state !== 'compared')
      return [...subject, null, null, null, null, null, `${item.state}: ${item.error}`];
    const { first, second, ratio, noiseFloor } = item.comparison;
    return [
      ...subject,
      milliseconds(first.milliseconds),
      milliseconds(second.milliseconds),
      ratio.estimate.toFixed(3),
      span(ratio),
      span(noiseFloor),
      verdictText(item.verdict),
    ];
  });
  return textTable({ columns, rows }, { left: ['build', 'verdict'] });
}

function verdictText(verdict: Verdict): string {
  return verdict.kind === 'not decided' ? `not decided: ${verdict.reason}` : verdict.kind;
}

function span({ low, high }: Comparison['ratio']): string {
  return `${low.toFixed(3)} - ${high.toFixed(3)}`;
}

function milliseconds(value: number): string {
  return value.toPrecision(4);
}

function parsePositive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new InputError(`${option}: expected a number above 0, got ${text || 'nothing'}`);
  };
}

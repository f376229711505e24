import {
  type BenchConfiguration,
  type Build,
  InputError,
  readSuites,
  type SuiteFile,
} from '@hebblab/bench/node';
import { type Command, Option } from 'commander';

// Options that several of the bench commands have, and the choice of suites and builds.

export interface MeasuringFlags {
  config?: string;
  build?: string;
  seconds: number;
  clock: 'auto' | 'cpu' | 'wall';
  slow?: true;
  json?: true;
  out?: string;
}

export const configOption = () =>
  new Option('--config <file>', 'the configuration; default the nearest bench.config.js');

export function withMeasuringOptions(command: Command, seconds: number): Command {
  return command
    .argument('[filter]', 'only cases whose "suite: case" contains this')
    .addOption(configOption())
    .option('--build <name>', 'only this build; default all of the configuration')
    .option('--seconds <n>', 'time for each case in each build', parsePositive('--seconds'), seconds)
    .addOption(
      new Option('--clock <name>', 'auto takes cpu where it ticks finely')
        .choices(['auto', 'cpu', 'wall'])
        .default('auto'),
    )
    .option('--slow', 'also cases that take many seconds')
    .option('--out <file>', 'write the results into a JSON file')
    .option('--json', 'print JSON on stdout, nothing else');
}

/** The suites with the cases that were asked for. */
export async function chosenSuites(
  { suites, ceilingOf }: BenchConfiguration,
  filter: string | undefined,
  slow: boolean,
): Promise<SuiteFile[]> {
  const all = await readSuites(suites, ceilingOf);
  const chosen = all
    .map((suite) => ({
      ...suite,
      cases: suite.cases.filter(
        (item) =>
          (slow || !item.slow) && (filter === undefined || `${suite.name}: ${item.name}`.includes(filter)),
      ),
    }))
    .filter(({ cases }) => cases.length > 0);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `bench: expected a filter that is part of "suite: case", got ${filter ?? 'none'}; suites are ${all.map(({ name }) => name).join(', ')}`,
  );
}

export function chosenBuilds({ builds }: BenchConfiguration, build: string | undefined): readonly Build[] {
  const chosen = build === undefined ? builds : builds.filter(({ name }) => name === build);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    `--build: expected one of ${builds.map(({ name }) => name).join(', ')}, got ${build ?? 'none'}`,
  );
}

export function parsePositive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new InputError(`${option}: expected a number above 0, got ${text || 'nothing'}`);
  };
}

import { type BenchConfiguration, choosePlans, InputError, type Plan } from '@hebblab/bench/node';
import { type Command, Option } from 'commander';

// Options that several of the bench commands have, and the choice of suites and builds.

export interface MeasuringFlags {
  config?: string;
  build?: string;
  seconds: number;
  clock: 'auto' | 'cpu' | 'wall';
  slow?: true;
  threads: number;
  precision?: number;
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
    .option(
      '--precision <percent>',
      'a case ends earlier where its interval reaches at most this to either side',
      parsePositive('--precision'),
    )
    .addOption(
      new Option('--clock <name>', 'auto takes cpu where it ticks finely')
        .choices(['auto', 'cpu', 'wall'])
        .default('auto'),
    )
    .option('--threads <n>', 'threads that builds of files are opened with', parseCount('--threads'), 1)
    .option('--slow', 'also cases that take many seconds')
    .option('--out <file>', 'write the results into a JSON file')
    .option('--json', 'print JSON on stdout, nothing else');
}

/** The cases that were asked for. */
export async function chosenPlans(
  configuration: BenchConfiguration,
  filter: string | undefined,
  { build, slow, threads }: MeasuringFlags,
): Promise<Plan[]> {
  return choosePlans(configuration, {
    ...(build !== undefined && { build }),
    ...(filter !== undefined && { filter }),
    slow: slow === true,
    threads,
  });
}

/** Several threads want elapsed time. */
export function measuringOptions({ seconds, precision, clock, threads }: MeasuringFlags) {
  return {
    seconds,
    clock: clock === 'auto' && threads > 1 ? ('wall' as const) : clock,
    ...(precision !== undefined && { precision: precision / 100 }),
  };
}

export function parsePositive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new InputError(`${option}: expected a number above 0, got ${text || 'nothing'}`);
  };
}

export function parseCount(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 1) return value;
    throw new InputError(`${option}: expected a whole number from 1 on, got ${text || 'nothing'}`);
  };
}

import { DataError } from '@hebblab/data';
import { Command, CommanderError } from 'commander';
import { dataCommand } from './commands/data.js';
import { infoCommand } from './commands/info.js';
import { reportCommand } from './commands/report.js';
import { runCommand } from './commands/run.js';
import { spectrumCommand } from './commands/spectrum.js';
import { trainCommand } from './commands/train.js';
import { programVersion } from './environment.js';

/** Exit codes: what was asked is done; the program failed; what was given is wrong. */
const exitCodes = { done: 0, failed: 1, badInput: 2, interrupted: 130 };

/** Runs one command line and returns its exit code; faults are one sentence on stderr. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(argv);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    if (error instanceof DataError) {
      console.error(`hebblab: ${error.message}`);
      return exitCodes.badInput;
    }
    if (error instanceof Error && error.name === 'AbortError') return exitCodes.interrupted;
    console.error(
      process.env.HEBBLAB_STACK === '1'
        ? error
        : `hebblab: ${error instanceof Error ? error.message : error}`,
    );
    return exitCodes.failed;
  }
}

function createProgram(): Command {
  const program = new Command('hebblab')
    .description('Which learning rules give robust representations? Train, measure, attack, draw.')
    .version(programVersion)
    .showHelpAfterError('(hebblab COMMAND --help shows examples)')
    .addHelpText(
      'after',
      `
Examples:
  hebblab run quick --out runs/first       the whole road on the built-in images, under a minute
  hebblab run quick --print > mine.json    a configuration to change
  hebblab data list                        the data sets that are here, and how to get the others
  hebblab info                             what this machine gives

Exit codes: 0 done, 1 failed, 2 wrong input, 130 interrupted.`,
    );
  for (const command of [
    runCommand(),
    trainCommand(),
    spectrumCommand(),
    reportCommand(),
    dataCommand(),
    infoCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    command.exitOverride();
  }
  return program;
}

import { Command, CommanderError } from 'commander';
import { programVersion } from './version.js';

/** Exit codes: what was asked is done; the program failed; what was given is wrong. */
const exitCodes = { done: 0, failed: 1, badInput: 2, interrupted: 130 };

/** The commands in the order of the help; each is loaded when it is asked for, to answer quickly. */
const commands: Readonly<Record<string, { readonly summary: string; load(): Promise<Command> }>> = {
  run: {
    summary: 'carry out a preset or a run configuration into a folder',
    load: async () => (await import('./commands/run.js')).runCommand(),
  },
  train: {
    summary: 'train one model of a preset into one file',
    load: async () => (await import('./commands/train.js')).trainCommand(),
  },
  evaluate: {
    summary: 'attack a model: accuracy, critical distances, relative accuracy',
    load: async () => (await import('./commands/evaluate.js')).evaluateCommand(),
  },
  audit: {
    summary: 'whether the robustness of a model is real: checks, stronger attacks, a verdict',
    load: async () => (await import('./commands/audit.js')).auditCommand(),
  },
  spectrum: {
    summary: 'covariance spectrum and power-law fit of a representation, a data set or an .npy matrix',
    load: async () => (await import('./commands/spectrum.js')).spectrumCommand(),
  },
  report: {
    summary: 'draw the figures and the report of finished runs again; several runs in one table',
    load: async () => (await import('./commands/report.js')).reportCommand(),
  },
  data: {
    summary: 'which data sets are here, whether their files are the published ones, and where',
    load: async () => (await import('./commands/data.js')).dataCommand(),
  },
  bench: {
    summary: 'compare the speed of kernels with another commit, and keep a history of it',
    load: async () => (await import('./commands/bench.js')).benchCommand(),
  },
  info: {
    summary: 'what this machine and engine give: variant, features, threads, memory',
    load: async () => (await import('./commands/info.js')).infoCommand(),
  },
};

/** Runs one command line and returns its exit code; faults are one sentence on stderr. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(wantedCommand(argv.slice(2)));
    await program.parseAsync(argv);
    return exitCodes.done;
  } catch (error) {
    return reportFault(error);
  }
}

/** The command that a command line is about, also in `help run`; none for `--help`. */
function wantedCommand(words: readonly string[]): string | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

async function createProgram(wanted: string | undefined): Promise<Command> {
  const program = new Command('hebblab')
    .description('Which learning rules give robust representations? Train, measure, attack, draw.')
    .version(programVersion)
    .addHelpText(
      'after',
      `
Examples:
  hebblab run quick --out runs/first       the whole road on the built-in images, under a minute
  hebblab run quick --print > mine.json    a configuration to change
  hebblab data list                        the data sets that are here, and how to get the others
  hebblab info                             what this machine gives

Exit codes: 0 done, 1 failed, 2 wrong input, 130 interrupted.
HEBBLAB_DATA names a folder with data sets; HEBBLAB_STACK=1 prints where an error came from.`,
    );
  for (const [name, { summary, load }] of Object.entries(commands)) {
    program.addCommand((name === wanted ? await load() : new Command(name)).description(summary));
  }
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({
      outputError: (text, write) => write(`${text.replace(/^error: /, 'hebblab: ').trimEnd()}\n`),
    });
    command.showHelpAfterError(`(${pathOf(command)} --help shows options and examples)`);
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Says what went wrong, and gives the exit code of it. */
function reportFault(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (!(error instanceof Error)) {
    console.error(`hebblab: ${error}`);
    return exitCodes.failed;
  }
  if (error.name === 'AbortError') return exitCodes.interrupted;
  const showStack = process.env.HEBBLAB_STACK === '1';
  console.error(showStack ? error : `hebblab: ${error.message}`);
  if (isBadInput(error)) return exitCodes.badInput;
  if (isBug(error) && !showStack)
    console.error('(this is a fault of hebblab; HEBBLAB_STACK=1 shows where it came from)');
  return exitCodes.failed;
}

/** By its name: an error that crosses threads keeps that and loses its class. */
function isBadInput(error: Error): boolean {
  return (
    error.name === 'DataError' ||
    error.name === 'InputError' ||
    badPlaces.has((error as NodeJS.ErrnoException).code ?? '')
  );
}

/** What a system says of a path that cannot be used as it was given. */
const badPlaces = new Set([
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);

function isBug(error: Error): boolean {
  return ['TypeError', 'ReferenceError', 'RangeError'].includes(error.name);
}

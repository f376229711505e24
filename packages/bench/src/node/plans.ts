import type { BenchConfiguration, Build } from './configuration.js';
import { InputError } from './input-error.js';
import { runMake } from './sides.js';
import { readSuites, type SuiteFile } from './suite-files.js';

/** What is measured or compared of a build. */
export interface Plan {
  readonly build: Build;
  readonly suites: readonly SuiteFile[];
}

export interface Choice {
  /** The name of a build; default all. */
  readonly build?: string;
  /** Part of "suite: case"; default all. */
  readonly filter?: string;
  /** Also slow cases. */
  readonly slow?: boolean;
  /** Threads that builds of files are opened with. Default 1. */
  readonly threads?: number;
}

/**
 * The cases that were asked for, by build. The whole project is made first.
 *
 * @throws InputError where there are none, a suite cannot be read, or the project cannot be made
 */
export async function choosePlans(configuration: BenchConfiguration, choice: Choice): Promise<Plan[]> {
  const { build: wanted, filter, slow = false, threads = 1 } = choice;
  const { builds, ceilingOf, threadedFiles } = configuration;
  const chosen = wanted === undefined ? builds : builds.filter(({ name }) => name === wanted);
  if (chosen.length === 0)
    throw new InputError(
      `--build: expected one of ${builds.map(({ name }) => name).join(', ')}, got ${wanted ?? 'none'}`,
    );
  const plans: Plan[] = [];
  const known = new Set<string>();
  for (const build of chosen) {
    // Its suites import what is made.
    if (build.kind === 'whole' && build.make !== undefined)
      runMake(configuration.root, configuration, build.make);
    const all = await readSuites(build.suites, ceilingOf);
    for (const { name } of all) known.add(name);
    const suites = all
      .map((suite) => ({
        ...suite,
        cases: suite.cases.filter(
          (item) =>
            (slow || !item.slow) && (filter === undefined || `${suite.name}: ${item.name}`.includes(filter)),
        ),
      }))
      .filter(({ cases }) => cases.length > 0);
    if (suites.length > 0) plans.push({ build: withThreads(build, threads, threadedFiles), suites });
  }
  if (plans.length > 0) return plans;
  throw new InputError(
    `bench: expected a filter that is part of "suite: case", got ${filter ?? 'none'}; suites are ${[...known].join(', ')}`,
  );
}

function withThreads(
  build: Build,
  threads: number,
  threadedFiles: BenchConfiguration['threadedFiles'],
): Build {
  if (build.kind === 'whole' || threads === 1) return build;
  return {
    ...build,
    name: `${build.name}, ${threads} threads`,
    files: threadedFiles[build.name] ?? build.files,
    threads,
  };
}

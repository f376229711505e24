import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CeilingOf, type SuiteContent, suiteOfModule } from '../suite/cases.js';
import { InputError } from './input-error.js';

/** A suite of a file: its cases, ready to be set up on something that was opened. */
export interface SuiteFile extends SuiteContent {
  /** In the folder of the suites. */
  readonly file: string;
}

/**
 * Reads the suites of a folder. A suite is a `.js` file that exports `cases` (and `name` and `question`), or whose
 * default export makes a tinybench bench of what was opened.
 *
 * @param ceilingOf - names the probe of a case
 * @throws InputError where the folder holds no suite or a file is none
 */
export async function readSuites(folder: string, ceilingOf: CeilingOf): Promise<SuiteFile[]> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError(`bench: expected a folder of suites, found none at ${folder}`);
  const files = readdirSync(folder).filter((file) => /\.m?js$/.test(file) && !isConfiguration(file));
  if (files.length === 0) throw new InputError(`bench: expected suites in ${folder}, found no .js file`);
  return Promise.all(files.sort().map((file) => readSuite(folder, file, ceilingOf)));
}

function isConfiguration(file: string): boolean {
  return file.endsWith('.config.js');
}

/** Reads one suite of a folder. @throws InputError where the file is none */
export async function readSuite(folder: string, file: string, ceilingOf: CeilingOf): Promise<SuiteFile> {
  const module = await importSuite(path.join(folder, file));
  return { file, ...(await suiteOfModule(module, file, ceilingOf)) };
}

async function importSuite(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError(
      `bench: expected the suite ${file} to load, got ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

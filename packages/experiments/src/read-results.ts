import { existsSync } from 'node:fs';
import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';
import * as v from 'valibot';
import type { RunResults } from './results.js';
import { runResultsSchema } from './results-schema.js';
import type { RunFolder } from './run-folder.js';

/**
 * The results of a finished run.
 *
 * @throws DataError where it is not finished
 * @example
 * const { models } = await readResults(runFolder('runs/quick'));
 */
export async function readResults(folder: RunFolder): Promise<RunResults> {
  if (!existsSync(folder.results)) {
    throw new DataError(`readResults: expected a finished run, got no results.json in ${folder.root}`);
  }
  const text = new TextDecoder().decode(await readFileWhole(folder.results));
  const value = parseJson(text);
  // The value itself and not what the schema gives: that has its keys in another order.
  if (v.is(runResultsSchema, value)) return value;
  const [fault] = v.safeParse(runResultsSchema, value).issues ?? [];
  const got =
    fault === undefined ? 'other ones' : `${v.getDotPath(fault) ?? 'the whole'} with ${fault.received}`;
  throw new DataError(`readResults: expected the results of a run, got ${got} in ${folder.results}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

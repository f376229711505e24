import { DataError } from '@hebblab/data';
import { readFileWhole } from '@hebblab/data/files';

/** The JSON value of a file. */
export async function readJson(operation: string, file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readFileWhole(file));
  try {
    return JSON.parse(text);
  } catch {
    throw new DataError(`${operation}: expected JSON, got another text in ${file}`);
  }
}

/**
 * A fault of the input: a damaged or wrong file, an array of the wrong shape, a value that is not finite, a data
 * set that is not there. Its message is one sentence: operation, expected, got. The command line ends with exit
 * code 2 on it; any other error is a bug of the program.
 *
 * @example
 * ```ts
 * try {
 *   readNpy(bytes);
 * } catch (error) {
 *   if (error instanceof DataError) report(error.message);
 *   else throw error;
 * }
 * ```
 */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** What every reader takes beside the bytes. */
export interface ReadOptions {
  /** What error messages call the bytes, usually the file's name; 'the given bytes' without it. */
  readonly source?: string;
}

/** The error of a reader: `readNpy: expected ..., got ... in weights.npy`. */
export function readingFault(operation: string, problem: string, options: ReadOptions): DataError {
  return new DataError(`${operation}: ${problem} in ${options.source ?? 'the given bytes'}`);
}

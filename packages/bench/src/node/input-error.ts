/**
 * A fault of what was given: a configuration, a ref, a file, a filter. Its message is one sentence: operation,
 * expected, got. The command line ends with exit code 2 on it.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}

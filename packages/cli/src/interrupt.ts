/** A signal that the first Ctrl-C aborts, so that a checkpoint is written; the second ends the process at once. */
export function interruptSignal(tell: () => void): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    tell();
    controller.abort();
  });
  return controller.signal;
}

/** The command line that was given, with `added` at its end where it is not there: to be pasted into a shell. */
export function commandLineWith(added: string): string {
  const given = process.argv.slice(2);
  const words = given.includes(added) ? given : [...given, added];
  // npm and npx name their command in the environment; without them hebblab is on the path.
  const program = process.env.npm_command === undefined ? ['hebblab'] : ['npx', 'hebblab'];
  return [...program, ...words.map(quoteForShell)].join(' ');
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

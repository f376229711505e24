/** A signal that the first Ctrl-C aborts, so that a checkpoint is written; the second ends the process at once. */
export function interruptSignal(hint: string): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    console.error(`\nhebblab: interrupted; ${hint}`);
    controller.abort();
  });
  return controller.signal;
}

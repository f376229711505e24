import { runCommandLine } from './command-line.js';

// A reader that has seen enough, such as head, closes the pipe. What is left to print is then lost on purpose; a run
// whose progress nobody reads goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommandLine(process.argv);

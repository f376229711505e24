import path from 'node:path';
import { type ExportFormat, exportFormats, exportRun, readRun } from '@hebblab/bench/node';
import { Argument, Command } from 'commander';

export function exportCommand(): Command {
  return new Command('export')
    .description('print a stored run in a form that other tools read')
    .addArgument(new Argument('<format>', 'the form').choices(exportFormats))
    .argument('<file>', 'the file that bench run --out wrote')
    .action((format: ExportFormat, file: string) => {
      process.stdout.write(exportRun(readRun(path.resolve(file)), format));
    });
}

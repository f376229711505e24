import { Command } from 'commander';
import { compareCommand } from './bench/compare.js';
import { exportCommand } from './bench/export.js';
import { historyCommand } from './bench/history.js';
import { runSuitesCommand } from './bench/run.js';

export function benchCommand(): Command {
  return new Command('bench')
    .addCommand(runSuitesCommand())
    .addCommand(compareCommand())
    .addCommand(historyCommand())
    .addCommand(exportCommand())
    .addHelpText(
      'after',
      `
Examples:
  hebblab bench run gemm --record             measure products into the history
  hebblab bench compare HEAD~1 gemm           what the last commit did to them
  hebblab bench compare v1.0 --seconds 3      every case against a tag, quickly
  hebblab bench history gemm --svg gemm.svg   how they came here
  hebblab bench export markdown run.json      a run as a table for a pull request

In a checkout of hebblab, or a project that has a bench.config.js.`,
    );
}

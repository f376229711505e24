import path from 'node:path';
import { DataError } from '@hebblab/data';
import {
  dataFolders,
  findDataset,
  listDatasets,
  type VerifiedFile,
  verifyDatasets,
} from '@hebblab/data/files';
import { Command } from 'commander';
import { dataDirOption, placesOf } from '../options.js';
import { outputWidth, textTable, wrapped } from '../text-table.js';

interface DataFlags {
  dataDir?: string;
  json?: true;
}

export function dataCommand(): Command {
  return new Command('data')
    .addCommand(
      withOptions(new Command('list').description('data sets by name, found or missing')).action(list),
    )
    .addCommand(
      withOptions(
        new Command('verify').description(
          'compare the files with the published checksums; exit code 1 where a file differs or a set lacks some of its files',
        ),
      ).action(verify),
    )
    .addCommand(
      withOptions(
        new Command('path')
          .description('folders that are searched, first to last; or the place of one data set')
          .argument('[name]', 'mnist, fashion-mnist or cifar-10'),
      ).action(printPath),
    )
    .addHelpText(
      'after',
      `
Examples:
  hebblab data list
  hebblab data verify --data-dir ~/datasets
  hebblab data path cifar-10`,
    );
}

function withOptions(command: Command): Command {
  return command.addOption(dataDirOption()).option('--json', 'print JSON on stdout, nothing else');
}

function list(flags: DataFlags): void {
  const listing = listDatasets(placesOf(flags));
  if (flags.json) {
    console.log(JSON.stringify(listing, null, 2));
    return;
  }
  const rows = listing.map(({ name, train, test, shape, state }) => [
    name,
    train,
    test,
    shape.join(' x '),
    state.found ? state.where : 'missing',
  ]);
  console.log(textTable({ columns: ['name', 'train', 'test', 'image', 'where'], rows }, { left: ['where'] }));
  for (const { name, state } of listing) {
    if (!state.found) console.log(`\n${wrapped(`${name}: ${sentenceOf(state.advice)}`, outputWidth())}`);
  }
}

async function verify(flags: DataFlags): Promise<void> {
  const files = await verifyDatasets(placesOf(flags));
  if (flags.json) console.log(JSON.stringify(files, null, 2));
  else printVerified(files);
  const wrong = files.filter((file) => isWrong(file, files));
  if (wrong.length > 0) {
    const named = wrong.map(({ dataset, file, verdict }) => `${dataset}/${file} (${verdict})`).join(', ');
    throw new Error(`data verify: expected the published files, got ${named}`);
  }
}

function printVerified(files: readonly VerifiedFile[]): void {
  const rows = files.map((file) => [file.dataset, file.file, file.verdict]);
  console.log(textTable({ columns: ['data set', 'file', 'verdict'], rows }, { left: ['file', 'verdict'] }));
  const folders = new Map(
    files.flatMap((file) =>
      file.verdict === 'missing' ? [] : [[file.dataset, path.dirname(file.path)] as const],
    ),
  );
  if (folders.size > 0) console.log('');
  for (const [dataset, folder] of folders) console.log(`${dataset}: ${folder}`);
  if (files.some(({ verdict }) => verdict === 'recovered')) {
    const meaning =
      'recovered: not the published file, but test images recovered from a lossless copy of changed contrast, equal in all labels and all but at most 409 of 30,720,000 pixel values.';
    console.log(`\n${wrapped(meaning, outputWidth())}`);
  }
}

/** A file that differs, or that a set lacks of which other files are here. */
function isWrong(file: VerifiedFile, all: readonly VerifiedFile[]): boolean {
  if (file.verdict !== 'missing') return file.verdict === 'different';
  return all.some(({ dataset, verdict }) => dataset === file.dataset && verdict !== 'missing');
}

function printPath(name: string | undefined, flags: DataFlags): void {
  const places = placesOf(flags);
  if (name === undefined) {
    const folders = dataFolders(places);
    console.log(flags.json ? JSON.stringify(folders, null, 2) : folders.join('\n'));
    return;
  }
  const found = findDataset(name, places);
  if (found.origin !== 'full')
    throw new DataError(`data path: expected a data set in files, got ${name}, which is ${found.origin}`);
  const { folder } = found;
  console.log(flags.json ? JSON.stringify({ name, folder }, null, 2) : folder);
}

/** What to do, without the operation and what the table has said already. */
function sentenceOf(advice: string): string {
  return advice.replace(/^\w+: /, '').replace(/^expected the full set [\w-]+, found it nowhere: /, '');
}

import { DataError } from '@hebblab/data';
import { dataFolders, findDataset, listDatasets, verifyDatasets } from '@hebblab/data/files';
import { Command } from 'commander';
import { textTable } from '../text-table.js';

interface DataFlags {
  dataDir?: string;
  json: boolean;
}

export function dataCommand(): Command {
  return new Command('data')
    .description('which data sets are here, whether their files are the published ones, and where')
    .addCommand(
      withOptions(new Command('list').description('data sets by name, found or missing')).action(list),
    )
    .addCommand(
      withOptions(new Command('verify').description('compare the files with the published checksums')).action(
        verify,
      ),
    )
    .addCommand(
      withOptions(
        new Command('path')
          .description('folders that are searched, first to last; or the place of one data set')
          .argument('[name]'),
      ).action(path),
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
  return command
    .option('--data-dir <dir>', 'where full data sets are looked for first')
    .option('--json', 'print JSON on stdout', false);
}

function placesOf({ dataDir }: DataFlags): { dataDir?: string } {
  return dataDir === undefined ? {} : { dataDir };
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
    state.found ? `  ${state.where}` : '  missing',
  ]);
  console.log(textTable(['name', 'train', 'test', 'image', '  where'], rows));
  for (const { state } of listing) if (!state.found) console.log(`\n${state.advice}`);
}

async function verify(flags: DataFlags): Promise<void> {
  const files = await verifyDatasets(placesOf(flags));
  console.log(
    flags.json ? JSON.stringify(files, null, 2) : files.map((file) => JSON.stringify(file)).join('\n'),
  );
}

function path(name: string | undefined, flags: DataFlags): void {
  const places = placesOf(flags);
  if (name === undefined) {
    const folders = dataFolders(places);
    console.log(flags.json ? JSON.stringify(folders) : folders.join('\n'));
    return;
  }
  const found = findDataset(name, places);
  if (found.origin !== 'full')
    throw new DataError(`data path: expected a data set in files, got ${name}, which is ${found.origin}`);
  console.log(flags.json ? JSON.stringify(found) : found.folder);
}

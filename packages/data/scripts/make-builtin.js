// Makes the built-in subsets from the full sets: node packages/data/scripts/make-builtin.js DATA_FOLDER
// DATA_FOLDER holds mnist/ and fashion-mnist/ with the published .gz files. Each subset has the same number of images
// of each class, the first ones in the order of the full set, in that order; the bytes depend on nothing else.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  balancedSubset,
  builtIns,
  createImageSet,
  readIdxImages,
  readIdxLabels,
  writeNpz,
} from '@hebblab/data';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: make-builtin.js DATA_FOLDER');
  process.exit(2);
}

for (const { name, classNames, train, test } of builtIns) {
  const subset = (split, prefix, count) => {
    const read = (reader, file) => {
      const source = path.join(folder, name.replace('-subset', ''), `${prefix}-${file}-ubyte.gz`);
      return reader(readFileSync(source), { source });
    };
    const { rows, columns, pixels } = read(readIdxImages, 'images-idx3');
    const labels = read(readIdxLabels, 'labels-idx1');
    const whole = createImageSet({ name, split, shape: [rows, columns, 1], pixels, labels, classNames });
    const { shape, ...chosen } = balancedSubset(whole, count / classNames.length);
    return [
      [`${split}_images`, { dtype: 'uint8', shape: [count, shape[0], shape[1]], data: chosen.pixels }],
      [`${split}_labels`, { dtype: 'uint8', shape: [count], data: chosen.labels }],
    ];
  };
  const arrays = new Map([...subset('train', 'train', train), ...subset('test', 't10k', test)]);
  const bytes = writeNpz(arrays, { compressed: true });
  writeFileSync(new URL(`../builtin/${name}.npz`, import.meta.url), bytes);
  console.log(`${name}.npz: ${bytes.length} bytes`);
}

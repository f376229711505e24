import { fashionMnistClassNames, mnistClassNames } from './class-names.js';
import { DataError } from './errors.js';
import { createImageSet, type Dataset, type ImageSet } from './images.js';
import { readNpz } from './npz.js';
import { readBuiltInFile } from './read-built-in-file.js';

/** The sets that come with this package. */
export type BuiltInName = 'mnist-subset' | 'fashion-mnist-subset';

/** What a built-in set is. */
export interface BuiltIn {
  readonly name: BuiltInName;
  readonly train: number;
  readonly test: number;
  readonly shape: ImageSet['shape'];
  readonly classNames: readonly string[];
  /** Who made the images, and on which terms they are given on. */
  readonly licence: string;
}

/** The built-in sets: the same number of images of each class, the first ones in the order of the full set. */
export const builtIns: readonly BuiltIn[] = [
  {
    name: 'mnist-subset',
    train: 10_000,
    test: 2_000,
    shape: [28, 28, 1],
    classNames: mnistClassNames,
    licence:
      'MNIST by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, commonly given as CC BY-SA 3.0',
  },
  {
    name: 'fashion-mnist-subset',
    train: 4_000,
    test: 1_000,
    shape: [28, 28, 1],
    classNames: fashionMnistClassNames,
    licence:
      'Fashion-MNIST by Han Xiao, Kashif Rasul and Roland Vollgraf, MIT, Copyright (c) 2017 Zalando SE',
  },
];

/** Where loadBuiltIn takes the file from. */
export interface BuiltInOptions {
  /** The address or the bytes of the set's .npz file, where the place beside this module does not serve. */
  readonly source?: URL | Uint8Array;
}

/**
 * Loads a built-in set, in Node from disk and in a browser with fetch.
 *
 * @throws DataError when the file cannot be had or is damaged.
 * @example
 * ```ts
 * const { train, test } = await loadBuiltIn('mnist-subset');
 * ```
 */
export async function loadBuiltIn(name: BuiltInName, options: BuiltInOptions = {}): Promise<Dataset> {
  const builtIn = builtIns.find((each) => each.name === name);
  if (builtIn === undefined) {
    const known = builtIns.map((each) => each.name).join(' or ');
    throw new DataError(`loadBuiltIn: expected ${known}, got ${name}`);
  }
  const source = options.source ?? addresses[name];
  const bytes = source instanceof Uint8Array ? source : await readBuiltInFile(source);
  return fromNpz(builtIn, bytes);
}

// Written out one by one, because bundlers find files by this very form.
const addresses: Readonly<Record<BuiltInName, URL>> = {
  'mnist-subset': new URL('../builtin/mnist-subset.npz', import.meta.url),
  'fashion-mnist-subset': new URL('../builtin/fashion-mnist-subset.npz', import.meta.url),
};

function fromNpz(builtIn: BuiltIn, bytes: Uint8Array): Dataset {
  const { name, shape, classNames } = builtIn;
  const arrays = readNpz(bytes, { source: `${name}.npz` });
  const bytesOf = (key: string): Uint8Array => {
    const array = arrays.get(key);
    if (array?.dtype !== 'uint8') throw new DataError(`loadBuiltIn: expected ${key} of uint8 in ${name}.npz`);
    return array.data;
  };
  const set = (split: 'train' | 'test') =>
    createImageSet({
      name,
      split,
      shape,
      pixels: bytesOf(`${split}_images`),
      labels: bytesOf(`${split}_labels`),
      classNames,
    });
  return { name, origin: 'built-in', train: set('train'), test: set('test') };
}

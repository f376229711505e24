import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { faultLines, hebblab, temporaryFolder } from '../support/command-line.js';
import {
  cifar10FileLength,
  imagesMagic,
  labelsMagic,
  writeCifar10Like,
  writeIdxFile,
  writeMnistLike,
  writeZeros,
} from '../support/data-files.js';

type Place = (file: string) => string;

const faults: readonly {
  readonly what: string;
  readonly dataset: string;
  damage(place: Place): void;
  readonly sentence: RegExp;
}[] = [
  {
    what: 'truncated MNIST images',
    dataset: 'mnist',
    damage: (place) => writeIdxFile(place('train-images-idx3-ubyte'), imagesMagic, [60_000, 28, 28], 5000),
    sentence: /expected 47040016 bytes for 60000 x 28 x 28, got 5000 \(truncated\) in .*train-images/,
  },
  {
    what: 'MNIST labels given as images',
    dataset: 'mnist',
    damage: (place) => writeIdxFile(place('train-images-idx3-ubyte'), labelsMagic, [60_000]),
    sentence: /expected magic 2051 \(images\), got 2049 \(labels\) in .*train-images/,
  },
  {
    what: 'MNIST images given as labels',
    dataset: 'mnist',
    damage: (place) => writeIdxFile(place('t10k-labels-idx1-ubyte'), imagesMagic, [10_000, 1, 1]),
    sentence: /expected magic 2049 \(labels\), got 2051 \(images\) in .*t10k-labels/,
  },
  {
    what: 'MNIST labels with bytes behind their end',
    dataset: 'mnist',
    damage: (place) => writeIdxFile(place('train-labels-idx1-ubyte'), labelsMagic, [60_000], 60_009),
    sentence: /expected 60008 bytes for 60000, got 60009 \(too long\) in .*train-labels/,
  },
  {
    what: 'Fashion-MNIST images with a wrong magic number',
    dataset: 'fashion-mnist',
    damage: (place) => writeIdxFile(place('t10k-images-idx3-ubyte'), 2052, [10_000, 28, 28]),
    sentence: /expected magic 2051 \(images\), got 2052 in .*t10k-images/,
  },
  {
    what: 'fewer Fashion-MNIST images than were published',
    dataset: 'fashion-mnist',
    damage: (place) => writeIdxFile(place('train-images-idx3-ubyte'), imagesMagic, [59_999, 28, 28]),
    sentence: /expected 60000 images of 28 x 28, got 59999 of 28 x 28 in .*train-images/,
  },
  {
    what: 'a truncated gzip file of MNIST',
    dataset: 'mnist',
    damage: (place) => {
      rmSync(place('train-images-idx3-ubyte'));
      const whole = gzipSync(new Uint8Array(100_000));
      writeFileSync(place('train-images-idx3-ubyte.gz'), whole.subarray(0, whole.length - 20));
    },
    sentence: /gzip data is truncated or damaged in .*train-images-idx3-ubyte\.gz/,
  },
  {
    what: 'an HTML page given as a file of CIFAR-10',
    dataset: 'cifar-10',
    damage: (place) => writeFileSync(place('data_batch_1.bin'), '<!DOCTYPE html><title>Not found</title>'),
    sentence:
      /expected 10000 records of 3073 bytes .*got 39 bytes of what looks like an HTML page in .*batch_1/,
  },
  {
    what: 'a truncated file of CIFAR-10',
    dataset: 'cifar-10',
    damage: (place) => writeZeros(place('test_batch.bin'), Uint8Array.of(), cifar10FileLength - 1),
    sentence: /expected 10000 records of 3073 bytes .*got 30729999 bytes in .*test_batch/,
  },
  {
    what: 'a label of CIFAR-10 above 9',
    dataset: 'cifar-10',
    damage: (place) => writeZeros(place('data_batch_1.bin'), Uint8Array.of(10), cifar10FileLength),
    sentence: /expected labels 0\.\.9, got 10 at image 0 in .*data_batch_1/,
  },
  {
    what: 'a set that lacks a file',
    dataset: 'cifar-10',
    damage: (place) => rmSync(place('data_batch_3.bin')),
    sentence: /expected all files of cifar-10, got a folder .* without data_batch_3\.bin/,
  },
  {
    what: 'a folder in the place of a file',
    dataset: 'mnist',
    damage: (place) => {
      rmSync(place('train-labels-idx1-ubyte'));
      mkdirSync(place('train-labels-idx1-ubyte'));
    },
    sentence: /expected a file, got a folder at .*train-labels/,
  },
  {
    what: 'black images, which have no norm',
    dataset: 'mnist',
    damage: () => {},
    sentence: /expected an image with a value above 0, got only zeros at index 0 in mnist (train|test)/,
  },
];

describe.each(faults)('with $what', ({ dataset, damage, sentence }) => {
  it.each(['spectrum', 'train', 'run'])('%s says so in one sentence and writes nothing', async (command) => {
    using folder = temporaryFolder();
    const dataDir = path.join(folder.path, 'sets');
    const place = dataset === 'cifar-10' ? writeCifar10Like(dataDir) : writeMnistLike(dataDir, dataset);
    damage(place);
    const parameters = {
      spectrum: ['spectrum', 'raw', '--input', dataset],
      train: ['train', 'kh', '--dataset', dataset, '--out', 'models/kh.safetensors'],
      run: ['run', 'quick', '--set', `dataset=${dataset}`, '--out', 'runs/first'],
    }[command];
    const outcome = await hebblab([...(parameters ?? []), '--data-dir', dataDir], { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(faultLines(outcome)).toEqual([expect.stringMatching(sentence)]);
    expect(folder.names()).toEqual(['sets']);
  });
});

describe('with a full data set that is not here', () => {
  it.each([
    { command: 'spectrum', parameters: ['spectrum', 'raw', '--input', 'mnist'] },
    { command: 'train', parameters: ['train', 'kh', '--dataset', 'mnist', '--out', 'kh.safetensors'] },
    { command: 'run', parameters: ['run', 'quick', '--set', 'dataset=mnist', '--out', 'run'] },
  ])('$command names the files and where to put them, and writes nothing', async ({ parameters }) => {
    using folder = temporaryFolder();
    const outcome = await hebblab(parameters, { cwd: folder.path });
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    const [fault, ...more] = faultLines(outcome);
    expect(more).toEqual([]);
    expect(fault).toContain('put train-images-idx3-ubyte, train-labels-idx1-ubyte');
    expect(fault).toContain(path.join('data', 'mnist'));
    expect(folder.names()).toEqual([]);
  });
});

// Files in the formats of the full data sets: right in form and size, black images, so that they take no space.
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const imagesMagic = 2051;
export const labelsMagic = 2049;

/** An IDX file: its header, then zeros up to `length` bytes, or as many as the sizes ask for. */
export function writeIdxFile(file: string, magic: number, sizes: readonly number[], length?: number): void {
  const header = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  [magic, ...sizes].forEach((value, index) => {
    header.setUint32(4 * index, value);
  });
  const fitting = header.byteLength + sizes.reduce((product, size) => product * size, 1);
  writeZeros(file, new Uint8Array(header.buffer), length ?? fitting);
}

/** The four files of a set in the form of MNIST, in a folder of its name. */
export function writeMnistLike(dataDir: string, name: string): (file: string) => string {
  const place = (file: string) => path.join(dataDir, name, file);
  mkdirSync(path.join(dataDir, name), { recursive: true });
  writeIdxFile(place('train-images-idx3-ubyte'), imagesMagic, [60_000, 28, 28]);
  writeIdxFile(place('train-labels-idx1-ubyte'), labelsMagic, [60_000]);
  writeIdxFile(place('t10k-images-idx3-ubyte'), imagesMagic, [10_000, 28, 28]);
  writeIdxFile(place('t10k-labels-idx1-ubyte'), labelsMagic, [10_000]);
  return place;
}

/** The six files of CIFAR-10. */
export function writeCifar10Like(dataDir: string): (file: string) => string {
  const place = (file: string) => path.join(dataDir, 'cifar-10', file);
  mkdirSync(path.join(dataDir, 'cifar-10'), { recursive: true });
  for (const batch of ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5'])
    writeZeros(place(`${batch}.bin`), Uint8Array.of(), cifar10FileLength);
  writeZeros(place('test_batch.bin'), Uint8Array.of(), cifar10FileLength);
  return place;
}

/** 10,000 records of a label and 32 x 32 x 3 bytes. */
export const cifar10FileLength = 10_000 * 3073;

/** `start`, then zeros up to `length` bytes. */
export function writeZeros(file: string, start: Uint8Array, length: number): void {
  writeFileSync(file, start);
  truncateSync(file, length);
}

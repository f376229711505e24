// What the tests of this package share.

import { createImageSet, DataError, type ImageSet, type NormalSource } from '@hebblab/data';
import { gzipSync } from 'fflate';

/** The message of the DataError that the action must throw. */
export function faultOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
  throw new Error('expected a DataError, got none');
}

/** An IDX file, as the format's description says: magic, sizes (all big-endian), bytes. */
export function idx(magic: number, sizes: readonly number[], values: readonly number[]): Uint8Array {
  const bigEndian = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
  return Uint8Array.from([...bigEndian(magic), ...sizes.flatMap(bigEndian), ...values]);
}

/** A CIFAR-10 record: label, then a plane of one value for each of red, green and blue, but for its first pixel. */
export function cifarRecord(label: number, planes: readonly number[], first: readonly number[]): number[] {
  return [label, ...planes.flatMap((value, c) => [first[c] as number, ...new Array(1023).fill(value)])];
}

export function gzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { mtime: 0 });
}

/** An .npy file with any header text, version 1 to 3. */
export function npy(header: string, values: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const { length } = text;
  const lengthBytes = [length & 0xff, (length >> 8) & 0xff, ...(version === 1 ? [] : [0, 0])];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...lengthBytes,
    ...text,
    ...values,
  ]);
}

/** A safetensors file with any header. */
export function safetensors(header: unknown, values: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Uint8Array.of(text.length & 0xff, (text.length >> 8) & 0xff, 0, 0, 0, 0, 0, 0);
  return Uint8Array.from([...length, ...text, ...values]);
}

/** Images of 1 x 2 grey pixels: image i has the values 10 i and 10 i + 1 and the given label. */
export function tinySet(labels: readonly number[]): ImageSet {
  return createImageSet({
    name: 'tiny',
    split: 'train',
    shape: [1, 2, 1],
    pixels: Uint8Array.from(labels.flatMap((_, i) => [10 * i, 10 * i + 1])),
    labels: Uint8Array.from(labels),
    classNames: ['zero', 'one', 'two'],
  });
}

/** Normal numbers by Box and Muller from a hash of seed, stream and index; no more than tests need. */
export function hashedNormals(seed: number): NormalSource {
  return (stream, first, out) => {
    let start = seed >>> 0;
    for (const character of stream) start = mix(start ^ character.charCodeAt(0));
    const uniform = (index: number) => (mix(start ^ mix(index)) + 0.5) / 2 ** 32;
    for (let i = 0; i < out.length; i++) {
      const radius = Math.sqrt(-2 * Math.log(uniform(2 * (first + i))));
      out[i] = radius * Math.cos(2 * Math.PI * uniform(2 * (first + i) + 1));
    }
  };
}

function mix(value: number): number {
  let hash = (value + 0x9e3779b9) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return (hash ^ (hash >>> 15)) >>> 0;
}

// The generator written out a second time, in arbitrary-precision integers, from its papers.

const words32 = 2n ** 32n;
const words64 = 2n ** 64n;

/** Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, section 3.3). */
export function philox(counter: readonly bigint[], key: readonly bigint[]): readonly bigint[] {
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const [first, second] = [0xd2511f53n * c0, 0xcd9e8d57n * c2];
    [c0, c1, c2, c3] = [
      (second / words32) ^ c1 ^ k0,
      second % words32,
      (first / words32) ^ c3 ^ k1,
      first % words32,
    ];
    [k0, k1] = [(k0 + 0x9e3779b9n) % words32, (k1 + 0xbb67ae85n) % words32];
  }
  return [c0, c1, c2, c3];
}

/** FNV-1a, 64 bit (Fowler, Noll & Vo), of the UTF-8 bytes. */
export function fnv1a(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % words64;
  return hash;
}

/** Word `index` of a stream: key = seed, counter = block number and the hash of the name, low words first. */
export function streamWord(seed: number, stream: string, index: number): number {
  const halves = (value: bigint) => [value % words32, value / words32] as const;
  const block = philox(
    [...halves(BigInt(Math.floor(index / 4))), ...halves(fnv1a(stream))],
    halves(BigInt(seed)),
  );
  return Number(block[index % 4]);
}

/** Draws of a seeded generator; the same seed gives the same draws on every machine. */
export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  uint32(): number;
  /** A whole number from 0 to `limit` - 1, `limit` at most 2^32; its bias is below `limit` / 2^32. */
  below(limit: number): number;
}

/**
 * The generator xoshiro128** of Blackman & Vigna (2021, "Scrambled linear pseudorandom number generators"), started
 * by SplitMix32 from a seed. For resampling and orders; never for secrets.
 *
 * @param seed - a whole number; its lowest 32 bits count
 * @throws Error where the seed is not a whole number
 * @example
 * const random = seededRandom(1);
 * random.below(6); // 0 .. 5
 */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed))
    throw new Error(`seededRandom: expected a whole number as the seed, got ${seed}`);
  return xoshiro128([0, 1, 2, 3].map((index) => splitMix32(seed, index)));
}

/** The generator with its state given: four words, not all zero. */
export function xoshiro128(state: readonly number[]): Random {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  const uint32 = () => {
    const result = Math.imul(rotatedLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotatedLeft(d, 11);
    return result;
  };
  return { uint32, below: (limit) => Math.floor((uint32() / 2 ** 32) * limit) };
}

/** The items in a random order (Fisher & Yates). */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other] as Item, order[last] as Item];
  }
  return order;
}

/** Word `index` of the stream of a seed: the mixer of SplitMix with the constants of MurmurHash3. */
function splitMix32(seed: number, index: number): number {
  let word = (seed + Math.imul(index + 1, 0x9e3779b9)) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function rotatedLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

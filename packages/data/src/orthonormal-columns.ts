// Columns that look like random numbers and are orthonormal to rounding, without the cost of orthogonalising them: the
// columns of a random orthogonal matrix made of fast parts (signs, a permutation and a cosine transform, twice), turned
// by Householder reflections so that they are orthogonal to the indicators of the classes as well.
import { cosineTransform, transformAxes } from './cosine-transform.js';
import { DataError } from './errors.js';

/**
 * A source of standard normal numbers: fills out with the numbers first, first + 1, ... of the named stream. The
 * numbers depend on nothing else.
 */
export type NormalSource = (stream: string, first: number, out: Float32Array) => void;

/** Orthonormal columns of length labels.length, each with mean zero within every class. */
export interface OrthonormalColumns {
  /** How many columns there are: samples minus classes. */
  readonly count: number;
  /** Writes column index into out. */
  column(index: number, out: Float64Array): void;
}

export function orthonormalColumns(
  labels: Uint8Array,
  classCounts: readonly number[],
  normals: NormalSource,
  stream: string,
): OrthonormalColumns {
  const length = labels.length;
  const classes = classCounts.length;
  const mixing = randomMixing(length, normals, stream);
  const reflectors = householder(
    classCounts.map((count, label) => {
      const indicator = Float64Array.from(labels, (each) => (each === label ? 1 / Math.sqrt(count) : 0));
      mixing.undo(indicator);
      return indicator;
    }),
  );
  return {
    count: length - classes,
    column(index, out) {
      out.fill(0);
      out[classes + index] = 1;
      for (let i = classes - 1; i >= 0; i--) reflect(reflectors[i] as Float64Array, out);
      mixing.apply(out);
    },
  };
}

interface Mixing {
  apply(vector: Float64Array): void;
  undo(vector: Float64Array): void;
}

function randomMixing(length: number, normals: NormalSource, stream: string): Mixing {
  const transforms = transformSizes(length).map(cosineTransform);
  const scratch = new Float64Array(Math.max(1, ...transforms.map(({ size }) => size)));
  const moved = new Float64Array(length);
  const stages = [1, 2].map((stage) => ({
    order: sortingOrder(draw(normals, `${stream}: order ${stage}`, length)),
    signs: draw(normals, `${stream}: signs ${stage}`, length).map((value) => (value < 0 ? -1 : 1)),
  }));
  const transform = (direction: 'forward' | 'inverse', vector: Float64Array) =>
    transformAxes(direction, transforms, vector, 0, scratch);
  return {
    apply(vector) {
      for (const { order, signs } of stages) {
        for (let i = 0; i < length; i++)
          moved[i] = (signs[i] as number) * (vector[order[i] as number] as number);
        vector.set(moved);
        transform('forward', vector);
      }
    },
    undo(vector) {
      for (const { order, signs } of stages.toReversed()) {
        transform('inverse', vector);
        for (let i = 0; i < length; i++)
          moved[order[i] as number] = (signs[i] as number) * (vector[i] as number);
        vector.set(moved);
      }
    },
  };
}

function draw(normals: NormalSource, stream: string, length: number): Float32Array {
  const out = new Float32Array(length);
  normals(stream, 0, out);
  return out;
}

function sortingOrder(values: Float32Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort(
    (a, b) => (values[a] as number) - (values[b] as number) || a - b,
  );
}

/** Short lengths whose product is the given one: prime factors, small ones put together. */
function transformSizes(length: number): number[] {
  const sizes: number[] = [];
  for (const factor of primeFactors(length)) {
    const last = sizes.at(-1) ?? Number.POSITIVE_INFINITY;
    if (last * factor <= 16) sizes[sizes.length - 1] = last * factor;
    else sizes.push(factor);
  }
  return sizes;
}

const largestFactor = 100;

function primeFactors(length: number): number[] {
  const factors: number[] = [];
  let rest = length;
  for (let factor = 2; rest > 1; factor++) {
    if (factor > largestFactor) {
      const expected = `a count without prime factors above ${largestFactor}`;
      throw new DataError(`samplePowerLaw: expected ${expected}, got ${length}`);
    }
    for (; rest % factor === 0; rest /= factor) factors.push(factor);
  }
  return factors;
}

/** Unit vectors whose reflections, applied in turn, make the columns upper triangular; the columns are overwritten. */
function householder(columns: readonly Float64Array[]): Float64Array[] {
  return columns.map((column, i) => {
    const reflector = column.slice();
    reflector.fill(0, 0, i);
    const diagonal = reflector[i] as number;
    reflector[i] = diagonal + (diagonal < 0 ? -1 : 1) * Math.sqrt(dot(reflector, reflector));
    const norm = Math.sqrt(dot(reflector, reflector));
    for (let j = i; j < reflector.length; j++) reflector[j] = (reflector[j] as number) / norm;
    for (const other of columns.slice(i)) reflect(reflector, other);
    return reflector;
  });
}

function reflect(reflector: Float64Array, vector: Float64Array): void {
  const twice = 2 * dot(reflector, vector);
  if (twice === 0) return;
  for (let i = 0; i < vector.length; i++)
    vector[i] = (vector[i] as number) - twice * (reflector[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

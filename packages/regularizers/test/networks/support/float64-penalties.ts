import type { Activation } from '@hebblab/models/networks';
import { type Float64Layer, slope } from './float64-network.js';

/** The definitions of the penalties, loop by loop as the papers state them. */

type Rows = readonly (readonly number[])[];

/** The mean over all pairs of (K Y D_hid - Y D_in)^2 (arXiv 2211.01236). */
export function isometry(hidden: Rows, inputs: Rows, labels: readonly number[], factor: number): number {
  return meanOverPairs(labels, (i, j) => (factor * distance(hidden, i, j) - distance(inputs, i, j)) ** 2);
}

/** [the mean over all pairs of (Y D_hid / (K max Y D_hid) - Y D_in / max Y D_in)^2]^2 */
export function relativeIsometry(
  hidden: Rows,
  inputs: Rows,
  labels: readonly number[],
  factor: number,
): number {
  const [largestHidden, largestInput] = [largest(hidden, labels), largest(inputs, labels)];
  return (
    meanOverPairs(
      labels,
      (i, j) =>
        (distance(hidden, i, j) / (factor * largestHidden) - distance(inputs, i, j) / largestInput) ** 2,
    ) ** 2
  );
}

/** 1/2 the mean over samples of ||J||_F^2, J = V^T diag(s) W^T ... by the chain rule. */
export function jacobianNorm(samples: readonly (readonly Float64Layer[])[], activation: Activation): number {
  const norms = samples.map((layers) => {
    const classes = layers.at(-1)?.z.length as number;
    return sumOf(
      Array.from({ length: classes }, (_, label) =>
        sumOf(backwards(layers, activation, unit(classes, label)).map(squareOf)),
      ),
    );
  });
  return sumOf(norms) / (2 * samples.length);
}

/** classes / (2 projections samples) * the sum of ||J^T v||^2 over v of shape [projections][samples][classes]. */
export function projectedNorm(
  samples: readonly (readonly Float64Layer[])[],
  activation: Activation,
  directions: readonly Rows[],
): number {
  const classes = samples[0]?.at(-1)?.z.length as number;
  const norms = directions.flatMap((rows) =>
    samples.map((layers, sample) =>
      sumOf(backwards(layers, activation, rows[sample] as readonly number[]).map(squareOf)),
    ),
  );
  return (classes * sumOf(norms)) / (2 * directions.length * samples.length);
}

/** psi_c summed over units and layers, readout included, as mean over samples (arXiv 1703.09202). */
export function saturation(
  samples: readonly (readonly Float64Layer[])[],
  complementary: (z: number) => number,
): number {
  return sumOf(samples.flatMap((layers) => layers.flatMap(({ z }) => z.map(complementary)))) / samples.length;
}

/** 1/N the sum over n, lambda_n > 0, of (q - 1)^2 + max(0, q - 1), q = lambda_n / gamma_n (Nassar et al. 2020). */
export function spectral(
  rows: Rows,
  basis: Rows,
  gammas: (eigenvalues: readonly number[]) => readonly (number | undefined)[],
): number {
  const means = (rows[0] as readonly number[]).map(
    (_, unit) => sumOf(rows.map((row) => row[unit] as number)) / rows.length,
  );
  const eigenvalues = basis
    .map((vector) => {
      const along = rows.map((row) =>
        sumOf(row.map((value, unit) => (value - (means[unit] as number)) * (vector[unit] as number))),
      );
      return sumOf(along.map(squareOf)) / (rows.length - 1);
    })
    .sort((a, b) => b - a);
  const terms = gammas(eigenvalues).map((gamma, n) => {
    if (gamma === undefined) return 0;
    const excess = (eigenvalues[n] as number) / gamma - 1;
    return excess ** 2 + Math.max(0, excess);
  });
  return sumOf(terms) / basis.length;
}

/** J^T v */
function backwards(
  layers: readonly Float64Layer[],
  activation: Activation,
  v: readonly number[],
): readonly number[] {
  return layers.reduceRight<readonly number[]>((signal, { weights, z }, layer) => {
    const last = layer === layers.length - 1;
    const byZ = signal.map((value, unit) => (last ? value : value * slope(activation, z[unit] as number)));
    return weights.map((row) => sumOf(row.map((weight, unit) => weight * (byZ[unit] as number))));
  }, v);
}

function meanOverPairs(labels: readonly number[], term: (i: number, j: number) => number): number {
  const terms = labels.flatMap((label, i) => labels.map((other, j) => (label === other ? term(i, j) : 0)));
  return sumOf(terms) / labels.length ** 2;
}

function largest(rows: Rows, labels: readonly number[]): number {
  return Math.max(
    ...labels.flatMap((label, i) => labels.map((other, j) => (label === other ? distance(rows, i, j) : 0))),
  );
}

function distance(rows: Rows, i: number, j: number): number {
  const other = rows[j] as readonly number[];
  return Math.hypot(...(rows[i] as readonly number[]).map((value, at) => value - (other[at] as number)));
}

function unit(length: number, index: number): number[] {
  return Array.from({ length }, (_, at) => (at === index ? 1 : 0));
}

function squareOf(value: number): number {
  return value * value;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

// A small tanh network in float64 with its derivatives in closed form, up to the second.
import type { DifferentiableClassifier } from '@hebblab/attacks';

export interface Sizes {
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

type Vector = readonly number[];
type Matrix = readonly Vector[];

/** Logits V tanh(W x + b) on [0, 1]^inputs, with fixed weights of all signs. Every capability a classifier can have. */
export function smoothClassifier({ inputs, hidden, classes }: Sizes): DifferentiableClassifier {
  const entry = (i: number, j: number) => Math.sin(1 + 3.7 * i + 1.3 * j * j);
  const W: Matrix = range(hidden).map((i) => range(inputs).map((j) => 1.5 * entry(i, j)));
  const b: Vector = range(hidden).map((i) => entry(i, 50));
  const V: Matrix = range(classes).map((c) => range(hidden).map((i) => 2 * entry(c + 20, i)));

  const activity = (x: Vector) => W.map((row, i) => Math.tanh(dot(row, x) + at(b, i)));
  const logitsOf = (x: Vector) => V.map((row) => dot(row, activity(x)));
  // d (weights . z) / dx = W^T ((1 - t^2) V^T weights)
  const pullBack = (x: Vector, weights: Vector) => {
    const t = activity(x);
    const signal = transposed(V, weights).map((s, i) => s * (1 - at(t, i) ** 2));
    return transposed(W, signal);
  };
  const lossWeights = (z: Vector, label: number) => softmax(z).map((p, c) => p - (c === label ? 1 : 0));
  const hessianTimes = (x: Vector, v: Vector) => {
    const t = activity(x);
    const push = W.map((row, i) => (1 - at(t, i) ** 2) * dot(row, v));
    const p = softmax(logitsOf(x));
    const dz = V.map((row) => dot(row, push));
    const mean = dot(p, dz);
    // d p_c = p_c (dz_c - sum p dz); and the slope 1 - t^2 turns by -2 t (1 - t^2) W v = -2 t push.
    const first = pullBack(
      x,
      p.map((value, c) => value * (at(dz, c) - mean)),
    );
    return (label: number) => {
      const signal = transposed(V, lossWeights(logitsOf(x), label)).map(
        (s, i) => s * -2 * at(t, i) * at(push, i),
      );
      return transposed(W, signal).map((value, i) => value + at(first, i));
    };
  };
  const eachRow = (values: Float32Array, answer: (x: Vector, row: number) => Vector) =>
    Float32Array.from(
      range(values.length / inputs).flatMap((row) => [
        ...answer(Array.from(values.subarray(row * inputs, (row + 1) * inputs)), row),
      ]),
    );
  return {
    inputs,
    classes,
    bounds: { kind: 'box', lower: 0, upper: 1 },
    logits: (images) => eachRow(images, logitsOf),
    lossGradient: (images, labels) =>
      eachRow(images, (x, row) => pullBack(x, lossWeights(logitsOf(x), labels[row] as number))),
    jacobian: (images) =>
      eachRow(images, (x) =>
        range(classes).flatMap((c) =>
          pullBack(
            x,
            range(classes).map((j) => (j === c ? 1 : 0)),
          ),
        ),
      ),
    hessianVectorProduct: (images, labels, vectors) =>
      eachRow(images, (x, row) =>
        hessianTimes(
          x,
          Array.from(vectors.subarray(row * inputs, (row + 1) * inputs)),
        )(labels[row] as number),
      ),
  };
}

function softmax(z: Vector): number[] {
  const largest = Math.max(...z);
  const exponentials = z.map((value) => Math.exp(value - largest));
  const sum = exponentials.reduce((a, e) => a + e, 0);
  return exponentials.map((e) => e / sum);
}

function dot(a: Vector, b: Vector): number {
  return a.reduce((sum, value, i) => sum + value * at(b, i), 0);
}

/** M^T v */
function transposed(matrix: Matrix, v: Vector): number[] {
  return range((matrix[0] as Vector).length).map((j) =>
    matrix.reduce((sum, row, i) => sum + at(row, j) * at(v, i), 0),
  );
}

function at(values: Vector, index: number): number {
  return values[index] as number;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

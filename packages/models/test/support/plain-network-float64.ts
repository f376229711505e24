// Dense networks in float64 and nothing but loops, one sample at a time.
import type { Activation, NetworkModel, Stabilisation } from '@hebblab/models/networks';

interface PlainLayer {
  /** [inputs][units] */
  readonly weights: number[][];
  readonly bias: number[];
  readonly activation: Activation;
}

/** The layers of a model that has dense ones only. */
export function plainLayers({ architecture, parameters }: NetworkModel): PlainLayer[] {
  return architecture.layers.map((layer, index) => {
    if (layer.kind !== 'dense') throw new Error(`expected dense layers, got ${layer.kind}`);
    const values = [...(parameters[`layers.${index}.weights`] as Float32Array)];
    const rows = values.length / layer.units;
    return {
      weights: Array.from({ length: rows }, (_, row) =>
        values.slice(row * layer.units, (row + 1) * layer.units),
      ),
      bias: [...(parameters[`layers.${index}.bias`] ?? new Float32Array(layer.units))],
      activation: layer.activation,
    };
  });
}

/** Pre-activations of every layer; the last are the logits. */
export function plainPreactivations(layers: readonly PlainLayer[], input: readonly number[]): number[][] {
  const all: number[][] = [];
  let values = [...input];
  for (const { weights, bias, activation } of layers) {
    const z = bias.map((b, unit) =>
      values.reduce((sum, value, row) => sum + value * (weights[row]?.[unit] as number), b),
    );
    all.push(z);
    values = z.map((value) => activated(activation, value));
  }
  return all;
}

/** The gradient of the cross-entropy by the input. */
export function plainLossGradient(
  layers: readonly PlainLayer[],
  input: readonly number[],
  label: number,
): number[] {
  const all = plainPreactivations(layers, input);
  const logits = all.at(-1) as number[];
  const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
  const signal = logits.map((z, unit) => Math.exp(z) / total - (unit === label ? 1 : 0));
  return carriedBack(layers, signal, all, (activation, z) => z.map((value) => slope(activation, value)));
}

/** The stabilised gradient, largest magnitude 1, from what Stabilisation says of it. */
export function plainStabilisedGradient(
  layers: readonly PlainLayer[],
  input: readonly number[],
  label: number,
  { reach, leak }: Stabilisation,
): number[] {
  const all = plainPreactivations(layers, input);
  const logits = all.at(-1) as number[];
  const largestOther = Math.max(...logits.filter((_, unit) => unit !== label));
  const others = logits.map((z, unit) => (unit === label ? 0 : Math.exp(z - largestOther)));
  const total = others.reduce((sum, value) => sum + value, 0);
  const signal = others.map((value, unit) => (unit === label ? -1 : value / total));
  const gradient = carriedBack(layers, signal, all, (activation, z) => {
    const rms = Math.sqrt(z.reduce((sum, value) => sum + value ** 2, 0) / z.length);
    const width = activation.kind === 'sigmoid' ? 2 : 1;
    const temperature = Math.max(1, rms / (reach * width));
    return z.map((value) => {
      if (activation.kind === 'relu')
        return value > 0 ? slope(activation, value) : leak * slope(activation, rms);
      if (activation.kind === 'hard-tanh') return Math.abs(value / temperature) <= 1 ? 1 : leak;
      return slope(activation, value / temperature);
    });
  });
  const largest = Math.max(...gradient.map(Math.abs));
  return gradient.map((value) => value / largest);
}

function carriedBack(
  layers: readonly PlainLayer[],
  signalOfLogits: number[],
  all: readonly number[][],
  slopes: (activation: Activation, z: number[]) => number[],
): number[] {
  let signal = signalOfLogits;
  for (let index = layers.length - 1; index >= 0; index--) {
    const { weights, activation } = layers[index] as PlainLayer;
    const z = all[index] as number[];
    const steep = activation.kind === 'linear' ? z.map(() => 1) : slopes(activation, z);
    const byZ = signal.map((value, unit) => value * (steep[unit] as number));
    signal = weights.map((row) => row.reduce((sum, w, unit) => sum + w * (byZ[unit] as number), 0));
  }
  return signal;
}

function activated(activation: Activation, z: number): number {
  switch (activation.kind) {
    case 'linear':
      return z;
    case 'relu':
      return Math.max(z, 0) ** activation.power;
    case 'tanh':
      return Math.tanh(z);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-z));
    case 'hard-tanh':
      return Math.min(1, Math.max(-1, z));
  }
}

function slope(activation: Activation, z: number): number {
  switch (activation.kind) {
    case 'linear':
      return 1;
    case 'relu':
      return z > 0 ? activation.power * z ** (activation.power - 1) : 0;
    case 'tanh':
      return 1 / Math.cosh(z) ** 2;
    case 'sigmoid':
      return 1 / (2 + Math.exp(z) + Math.exp(-z));
    case 'hard-tanh':
      return Math.abs(z) <= 1 ? 1 : 0;
  }
}

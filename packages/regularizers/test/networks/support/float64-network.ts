import type { Activation, NetworkArchitecture } from '@hebblab/models/networks';

/** A network of dense layers of one nonlinearity, as plain doubles compute it. */
export interface SmallNetwork {
  /** inputs, hidden units ..., classes */
  readonly sizes: readonly number[];
  readonly activation: Activation;
  readonly labels: readonly number[];
}

/** A layer at one sample. */
export interface Float64Layer {
  /** [inputs][units] */
  readonly weights: readonly (readonly number[])[];
  readonly z: readonly number[];
  readonly y: readonly number[];
}

/** The layers of a network at each sample, from a point of all its parameters followed by all inputs. */
export function float64Passes(network: SmallNetwork, point: readonly number[]) {
  const { sizes, activation, labels } = network;
  let at = 0;
  const take = (count: number) => {
    at += count;
    return point.slice(at - count, at);
  };
  const matrix = (rows: number, columns: number) => Array.from({ length: rows }, () => take(columns));
  const parameters = sizes.slice(1).map((units, layer) => ({
    weights: matrix(sizes[layer] as number, units),
    bias: take(units),
  }));
  const inputs = matrix(labels.length, sizes[0] as number);
  const samples = inputs.map((input) => {
    let values: readonly number[] = input;
    return parameters.map(({ weights, bias }, layer): Float64Layer => {
      const z = bias.map((own, unit) =>
        values.reduce((sum, value, i) => sum + value * (weights[i]?.[unit] as number), own),
      );
      values = layer === parameters.length - 1 ? z : z.map((value) => activate(activation, value));
      return { weights, z, y: values };
    });
  });
  return { inputs, samples };
}

/** How many numbers a point has. */
export function pointLength({ sizes, labels }: SmallNetwork): number {
  const parameters = sizes
    .slice(1)
    .reduce((sum, units, layer) => sum + units * ((sizes[layer] as number) + 1), 0);
  return parameters + labels.length * (sizes[0] as number);
}

export function architectureOf({ sizes, activation }: SmallNetwork): NetworkArchitecture {
  const [inputs = 0, ...widths] = sizes;
  return {
    inputShape: [1, inputs, 1],
    layers: widths.map((units, layer) => ({
      kind: 'dense',
      units,
      bias: true,
      activation: layer === widths.length - 1 ? { kind: 'linear' } : activation,
    })),
  };
}

export function activate(activation: Activation, z: number): number {
  switch (activation.kind) {
    case 'linear':
      return z;
    case 'relu':
      return Math.max(0, z) ** activation.power;
    case 'tanh':
      return Math.tanh(z);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-z));
    case 'hard-tanh':
      return Math.max(-1, Math.min(1, z));
  }
}

export function slope(activation: Activation, z: number): number {
  switch (activation.kind) {
    case 'linear':
      return 1;
    case 'relu':
      return z > 0 ? activation.power * z ** (activation.power - 1) : 0;
    case 'tanh':
      return 1 - Math.tanh(z) ** 2;
    case 'sigmoid':
      return activate(activation, z) * (1 - activate(activation, z));
    case 'hard-tanh':
      return Math.abs(z) <= 1 ? 1 : 0;
  }
}

/** What a layer does to its pre-activations z. */
export type Activation =
  | { readonly kind: 'linear' }
  /** ReLU(z)^power, power > 0; 1 for the usual ReLU, 4.5 in Krotov & Hopfield 2019. */
  | { readonly kind: 'relu'; readonly power: number }
  | { readonly kind: 'tanh' }
  | { readonly kind: 'sigmoid' }
  /** z cut to [-1, 1]. */
  | { readonly kind: 'hard-tanh' };

/** A layer y = activation(x W + b) with W [inputs, units] and b [units]. */
export interface DenseLayer {
  readonly kind: 'dense';
  readonly units: number;
  readonly bias: boolean;
  readonly activation: Activation;
}

/** A layer of cross-correlations with filters [size, size, channels, filters], stride 1. */
export interface ConvolutionLayer {
  readonly kind: 'convolution';
  readonly filters: number;
  readonly size: number;
  readonly padding: 'same' | 'valid';
  readonly bias: boolean;
  readonly activation: Activation;
}

/** A layer as data. Dense layers take rows of values: a `flatten` comes before the first one after images. */
export type LayerSpec =
  | DenseLayer
  | ConvolutionLayer
  /** Maxima of windows of size x size, as far apart; odd edges are dropped. */
  | { readonly kind: 'max-pool'; readonly size: number }
  | { readonly kind: 'flatten' }
  /** Ioffe & Szegedy 2015: by the statistics of the batch in training, by running averages afterwards. */
  | { readonly kind: 'batch-normalisation' };

/**
 * A network as data. Inputs are [count, rows * columns * channels]; the first layer sees them as images where it is a
 * convolution or a pooling, as rows otherwise. The last layer is dense and linear: it gives the logits.
 */
export interface NetworkArchitecture {
  readonly inputShape: readonly [rows: number, columns: number, channels: number];
  readonly layers: readonly LayerSpec[];
}

/** What a parameter is for; `average` ones are not trained: they follow the batches. */
export type ParameterRole = 'weights' | 'bias' | 'scale' | 'offset' | 'average';

/** One array of a network. */
export interface ParameterShape {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** Values that each output is a sum over; what initial weights are scaled by. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** Index of its layer in the architecture. */
  readonly layer: number;
}

/** The name of a layer's parameter, for example `layers.0.weights`. */
export function parameterName(layer: number, part: string): string {
  return `layers.${layer}.${part}`;
}

/**
 * The parameters of a network in the order of its layers.
 *
 * @throws Error where a size is out of range or a layer cannot follow the one before it
 * @example
 * const shapes = parameterShapes({ inputShape: [28, 28, 1], layers: [{ kind: 'dense', units: 10, bias: true, activation: { kind: 'linear' } }] });
 */
export function parameterShapes(architecture: NetworkArchitecture): ParameterShape[] {
  return walkLayers(architecture).parameters;
}

/** Values that each dense or convolution layer gives for an image, the readout's included. */
export function layerWidths(architecture: NetworkArchitecture): number[] {
  const { shapes } = walkLayers(architecture);
  return shapes
    .filter((_, index) => {
      const kind = architecture.layers[index]?.kind;
      return kind === 'dense' || kind === 'convolution';
    })
    .map(product);
}

/** The parameters in order, and the shape of the values after each layer. */
function walkLayers({ inputShape, layers }: NetworkArchitecture): {
  parameters: ParameterShape[];
  shapes: (readonly number[])[];
} {
  for (const size of inputShape) requireSize('an input shape', size);
  requireReadout(layers);
  const parameters: ParameterShape[] = [];
  const shapes: (readonly number[])[] = [];
  let shape: readonly number[] = startsWithImages(layers) ? inputShape : [product(inputShape)];
  layers.forEach((layer, index) => {
    shape = shapeAfter(layer, index);
    shapes.push(shape);
  });
  return { parameters, shapes };

  function shapeAfter(layer: LayerSpec, index: number): readonly number[] {
    const at = `layer ${index} (${layer.kind})`;
    const add = (part: string, role: ParameterRole, dimensions: number[], fans = [1, 1]) =>
      parameters.push({
        name: parameterName(index, part),
        shape: dimensions,
        role,
        fanIn: fans[0] as number,
        fanOut: fans[1] as number,
        layer: index,
      });
    switch (layer.kind) {
      case 'dense': {
        requireSize(`units of ${at}`, layer.units);
        requireActivation(at, layer.activation);
        const [inputs] = requireRank(at, shape, 1) as [number];
        add('weights', 'weights', [inputs, layer.units], [inputs, layer.units]);
        if (layer.bias) add('bias', 'bias', [layer.units]);
        return [layer.units];
      }
      case 'convolution': {
        requireSize(`filters of ${at}`, layer.filters);
        requireSize(`size of ${at}`, layer.size);
        requireActivation(at, layer.activation);
        const [rows, columns, channels] = requireRank(at, shape, 3) as [number, number, number];
        const cut = layer.padding === 'valid' ? layer.size - 1 : 0;
        requireSize(`output rows of ${at}`, rows - cut);
        requireSize(`output columns of ${at}`, columns - cut);
        const area = layer.size ** 2;
        add(
          'weights',
          'weights',
          [layer.size, layer.size, channels, layer.filters],
          [area * channels, area * layer.filters],
        );
        if (layer.bias) add('bias', 'bias', [layer.filters]);
        return [rows - cut, columns - cut, layer.filters];
      }
      case 'max-pool': {
        requireSize(`size of ${at}`, layer.size);
        const [rows, columns, channels] = requireRank(at, shape, 3) as [number, number, number];
        const pooled = [Math.floor(rows / layer.size), Math.floor(columns / layer.size), channels];
        requireSize(`output rows of ${at}`, pooled[0] as number);
        requireSize(`output columns of ${at}`, pooled[1] as number);
        return pooled;
      }
      case 'flatten':
        return [product(shape)];
      case 'batch-normalisation': {
        const channels = shape.at(-1) as number;
        add('scale', 'scale', [channels]);
        add('offset', 'offset', [channels]);
        add('mean', 'average', [channels]);
        add('variance', 'average', [channels]);
        return shape;
      }
    }
  }
}

/** Values of an image. */
export function inputsOf({ inputShape }: NetworkArchitecture): number {
  return product(inputShape);
}

/** Number of logits. */
export function classesOf({ layers }: NetworkArchitecture): number {
  return requireReadout(layers).units;
}

/** Whether the first layer that says so wants images rather than rows. */
export function startsWithImages(layers: readonly LayerSpec[]): boolean {
  const first = layers.find(({ kind }) => kind !== 'batch-normalisation');
  return first?.kind === 'convolution' || first?.kind === 'max-pool';
}

function requireReadout(layers: readonly LayerSpec[]): DenseLayer {
  const last = layers.at(-1);
  if (last?.kind === 'dense' && last.activation.kind === 'linear') return last;
  throw new Error(
    `parameterShapes: expected a linear dense layer as the last, got ${last === undefined ? 'none' : last.kind}`,
  );
}

function requireRank(at: string, shape: readonly number[], rank: number): readonly number[] {
  if (shape.length === rank) return shape;
  const expected = rank === 1 ? 'rows of values (a flatten before it)' : 'images';
  throw new Error(`parameterShapes: expected ${expected} before ${at}, got values of shape [${shape}]`);
}

function requireSize(what: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new Error(`parameterShapes: expected ${what} as a whole number >= 1, got ${size}`);
}

function requireActivation(at: string, activation: Activation): void {
  if (activation.kind === 'relu' && !(activation.power > 0 && Number.isFinite(activation.power)))
    throw new Error(`parameterShapes: expected a power > 0 of ${at}, got ${activation.power}`);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

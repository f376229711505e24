import { type ArrayData, DataError, readSafetensors, refuseNonFinite, writeSafetensors } from '@hebblab/data';

/**
 * The weights between the inputs and the hidden units.
 * - `krotov-hopfield`: W [hidden, inputs], no bias; pre-activation h(x) = W |W|^(p-2) x.
 * - `dense`: W [inputs, hidden], no bias; pre-activation x W.
 */
export type HiddenLayer =
  | { readonly kind: 'krotov-hopfield'; readonly weights: Float32Array; readonly p: number }
  | { readonly kind: 'dense'; readonly weights: Float32Array };

/**
 * A trained network with one hidden layer: logits = ReLU(h)^power V + b (arXiv 2405.00679: KHModel with
 * power 4.5, SHLP with power 1).
 */
export interface TwoLayerModel {
  readonly name: string;
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
  readonly hiddenLayer: HiddenLayer;
  readonly power: number;
  /** V [hidden, classes] */
  readonly readoutWeights: Float32Array;
  /** b [classes] */
  readonly readoutBias: Float32Array;
  /** The weights of the hidden layer before noisy units were set to 0, of its shape; absent where none were. */
  readonly unprunedWeights?: Float32Array;
  /** How the inputs were scaled and the model was trained, kept with the file. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Checks that a model's arrays fit its sizes and are finite, and returns it.
 *
 * @throws DataError naming the size or array
 * @example
 * const model = createModel({ name: 'kh', inputs, hidden, classes: 10, hiddenLayer, power: 4.5, readoutWeights, readoutBias, settings: {} });
 */
export function createModel(model: TwoLayerModel): TwoLayerModel {
  return checkModel(model, `createModel: expected ${model.name} with`);
}

function checkModel(model: TwoLayerModel, expected: string): TwoLayerModel {
  const { inputs, hidden, classes, hiddenLayer, power, readoutWeights, readoutBias } = model;
  for (const [name, size] of Object.entries({ inputs, hidden, classes })) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw new DataError(`${expected} ${name} as a whole number >= 1, got ${size}`);
  }
  if (!(power > 0 && Number.isFinite(power))) throw new DataError(`${expected} a power > 0, got ${power}`);
  if (hiddenLayer.kind === 'krotov-hopfield' && !(hiddenLayer.p >= 2 && Number.isFinite(hiddenLayer.p)))
    throw new DataError(`${expected} p >= 2, got ${hiddenLayer.p}`);
  const arrays: [string, Float32Array, number][] = [
    ['hidden weights', hiddenLayer.weights, inputs * hidden],
    ['readout weights', readoutWeights, hidden * classes],
    ['readout biases', readoutBias, classes],
  ];
  if (model.unprunedWeights !== undefined)
    arrays.push(['unpruned weights', model.unprunedWeights, inputs * hidden]);
  for (const [name, values, length] of arrays) {
    if (values.length !== length) throw new DataError(`${expected} ${length} ${name}, got ${values.length}`);
    refuseNonFinite('createModel', name, values);
  }
  return model;
}

/**
 * A model as the bytes of a safetensors file: its arrays, and all settings as metadata. The same model gives the
 * same bytes.
 *
 * @example
 * await writeFile('kh.safetensors', encodeModel(model));
 */
export function encodeModel(model: TwoLayerModel): Uint8Array {
  const { name, inputs, hidden, classes, hiddenLayer, power, settings } = model;
  const shapes = arrayShapes(model);
  const arrays = new Map<string, ArrayData>([
    [arrayNames.hiddenWeights, { ...shapes.hiddenWeights, data: hiddenLayer.weights }],
    [arrayNames.readoutWeights, { ...shapes.readoutWeights, data: model.readoutWeights }],
    [arrayNames.readoutBias, { ...shapes.readoutBias, data: model.readoutBias }],
  ]);
  if (model.unprunedWeights !== undefined)
    arrays.set(arrayNames.unprunedWeights, { ...shapes.unprunedWeights, data: model.unprunedWeights });
  const layer =
    hiddenLayer.kind === 'dense' ? { kind: 'dense' } : { kind: 'krotov-hopfield', p: hiddenLayer.p };
  const header = { format: modelFormat, name, inputs, hidden, classes, hiddenLayer: layer, power, settings };
  return writeSafetensors(arrays, { [metadataKey]: JSON.stringify(header) });
}

/**
 * Reads a model back from its safetensors bytes.
 *
 * @param source what error messages call the bytes
 * @throws DataError where the file is no model of this project, or its arrays do not fit
 * @example
 * const model = decodeModel(await readFile('kh.safetensors'), 'kh.safetensors');
 */
export function decodeModel(bytes: Uint8Array, source: string): TwoLayerModel {
  const { tensors, metadata } = readSafetensors(bytes, { source });
  const header = parseHeader(metadata[metadataKey], source);
  const shapes = arrayShapes(header);
  const arrayOf = (part: keyof typeof arrayNames) => {
    const array = tensors.get(arrayNames[part]);
    const { shape } = shapes[part];
    if (array?.dtype !== 'float32' || `${array.shape}` !== `${shape}`) {
      const got = array === undefined ? 'none' : `${array.dtype} [${array.shape}]`;
      throw new DataError(
        `decodeModel: expected ${arrayNames[part]} as float32 [${shape}], got ${got} in ${source}`,
      );
    }
    return array.data;
  };
  const { hiddenLayer, name, inputs, hidden, classes, power, settings } = header;
  const weights = arrayOf('hiddenWeights');
  const model: TwoLayerModel = {
    name,
    inputs,
    hidden,
    classes,
    hiddenLayer: hiddenLayer.kind === 'dense' ? { kind: 'dense', weights } : { ...hiddenLayer, weights },
    power,
    readoutWeights: arrayOf('readoutWeights'),
    readoutBias: arrayOf('readoutBias'),
    ...(tensors.has(arrayNames.unprunedWeights) ? { unprunedWeights: arrayOf('unprunedWeights') } : {}),
    settings,
  };
  return checkModel(model, `decodeModel: expected ${source} with`);
}

/** Whether the bytes are a file of a two-layer model, rather than of another kind. */
export function isTwoLayerFile(bytes: Uint8Array, source: string): boolean {
  const { metadata } = readSafetensors(bytes, { source });
  return metadata[metadataKey]?.includes(JSON.stringify(modelFormat)) ?? false;
}

/** The weights W [inputs, hidden] that pre-activations are x W of; of a Krotov-Hopfield layer W~ = W |W|^(p-2), turned. */
export function effectiveHiddenWeights({ inputs, hidden, hiddenLayer }: TwoLayerModel): Float32Array {
  const { kind, weights } = hiddenLayer;
  if (kind === 'dense') return weights;
  const effective = new Float32Array(weights.length);
  for (let unit = 0; unit < hidden; unit++) {
    for (let input = 0; input < inputs; input++) {
      const weight = weights[unit * inputs + input] as number;
      effective[input * hidden + unit] = weight * Math.abs(weight) ** (hiddenLayer.p - 2);
    }
  }
  return effective;
}

const modelFormat = 'hebblab two-layer model, version 1';
const metadataKey = 'hebblab';
const arrayNames = {
  hiddenWeights: 'hidden.weights',
  readoutWeights: 'readout.weights',
  readoutBias: 'readout.bias',
  unprunedWeights: 'hidden.unpruned_weights',
};

/** The shapes of a model's arrays; all are float32. */
function arrayShapes({ inputs, hidden, classes, hiddenLayer }: ModelHeader) {
  const dtype = 'float32' as const;
  const hiddenWeights = { dtype, shape: hiddenLayer.kind === 'dense' ? [inputs, hidden] : [hidden, inputs] };
  return {
    hiddenWeights,
    unprunedWeights: hiddenWeights,
    readoutWeights: { dtype, shape: [hidden, classes] },
    readoutBias: { dtype, shape: [classes] },
  };
}

interface ModelHeader
  extends Pick<TwoLayerModel, 'name' | 'inputs' | 'hidden' | 'classes' | 'power' | 'settings'> {
  readonly hiddenLayer: { readonly kind: 'dense' } | { readonly kind: 'krotov-hopfield'; readonly p: number };
}

function parseHeader(text: string | undefined, source: string): ModelHeader {
  const fault = (got: string) =>
    new DataError(`decodeModel: expected the metadata of a ${modelFormat}, got ${got} in ${source}`);
  if (text === undefined) throw fault('none');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw fault('metadata that is not JSON');
  }
  if (!isHeader(header)) throw fault('other metadata');
  return header;
}

function isHeader(value: unknown): value is ModelHeader {
  if (!isRecord(value) || value.format !== modelFormat || typeof value.name !== 'string') return false;
  const { hiddenLayer: layer, settings, inputs, hidden, classes, power } = value;
  const sizes = [inputs, hidden, classes].every((size) => Number.isSafeInteger(size) && Number(size) >= 1);
  const layerFits =
    isRecord(layer) &&
    (layer.kind === 'dense' || (layer.kind === 'krotov-hopfield' && typeof layer.p === 'number'));
  return sizes && typeof power === 'number' && layerFits && isRecord(settings);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

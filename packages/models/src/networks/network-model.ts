import { type ArrayData, DataError, readSafetensors, refuseNonFinite, writeSafetensors } from '@hebblab/data';
import { decodeModel, effectiveHiddenWeights, isTwoLayerFile, type TwoLayerModel } from '../model.js';
import { type NetworkArchitecture, parameterShapes } from './architecture.js';
import { isArchitecture, isRecord } from './architecture-from-json.js';

/** A trained network on tfjs-core: its architecture, its parameters by name, and how it was trained. */
export interface NetworkModel {
  readonly name: string;
  readonly architecture: NetworkArchitecture;
  /** As parameterShapes names and shapes them, running averages included. */
  readonly parameters: Readonly<Record<string, Float32Array>>;
  /** How the inputs were scaled and the model was trained, kept with the file. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Checks that a network's parameters fit its architecture and are finite, and returns it.
 *
 * @throws DataError naming the array
 * @example
 * const model = createNetworkModel({ name: 'mlp', architecture, parameters: training.parameters(), settings: {} });
 */
export function createNetworkModel(model: NetworkModel): NetworkModel {
  const shapes = parameterShapes(model.architecture);
  const extra = Object.keys(model.parameters).find((name) => !shapes.some((shape) => shape.name === name));
  if (extra !== undefined)
    throw new DataError(
      `createNetworkModel: expected the parameters of its layers in ${model.name}, got ${extra} too`,
    );
  for (const { name, shape } of shapes) {
    const values = model.parameters[name];
    const length = shape.reduce((all, size) => all * size, 1);
    if (values?.length !== length)
      throw new DataError(
        `createNetworkModel: expected ${length} values of ${name} in ${model.name}, got ${values?.length ?? 'none'}`,
      );
    refuseNonFinite('createNetworkModel', name, values);
  }
  return model;
}

/**
 * A network as the bytes of a safetensors file: its parameters, and architecture and settings as metadata. The same
 * model gives the same bytes.
 *
 * @example
 * await writeFile('mlp.safetensors', encodeNetworkModel(model));
 */
export function encodeNetworkModel({ name, architecture, parameters, settings }: NetworkModel): Uint8Array {
  const arrays = parameterShapes(architecture).map(({ name: parameter, shape }): [string, ArrayData] => [
    parameter,
    { dtype: 'float32', shape, data: parameters[parameter] as Float32Array },
  ]);
  const header = { format: networkFormat, name, architecture, settings };
  return writeSafetensors(new Map(arrays), { [metadataKey]: JSON.stringify(header) });
}

/**
 * Reads the network of any model file of this project: of a network as it is, of a two-layer model (a Krotov-Hopfield
 * layer or a dense one) as the network that computes the same.
 *
 * @param source what error messages call the bytes
 * @throws DataError where the file is no model of this project, or its arrays do not fit
 * @example
 * const network = decodeAnyModel(await readFile('kh.safetensors'), 'kh.safetensors');
 */
export function decodeAnyModel(bytes: Uint8Array, source: string): NetworkModel {
  if (isTwoLayerFile(bytes, source)) return networkOf(decodeModel(bytes, source));
  const { tensors, metadata } = readSafetensors(bytes, { source });
  const header = parseHeader(metadata[metadataKey], source);
  const parameters: Record<string, Float32Array> = {};
  for (const { name, shape } of parameterShapes(header.architecture)) {
    const array = tensors.get(name);
    if (array?.dtype !== 'float32' || `${array.shape}` !== `${shape}`) {
      const got = array === undefined ? 'none' : `${array.dtype} [${array.shape}]`;
      throw new DataError(`decodeAnyModel: expected ${name} as float32 [${shape}], got ${got} in ${source}`);
    }
    parameters[name] = array.data;
  }
  const { name, architecture, settings } = header;
  return createNetworkModel({ name, architecture, parameters, settings });
}

/**
 * The network that computes what a two-layer model computes: inputs as one row, weights W~ = W |W|^(p-2) of a
 * Krotov-Hopfield layer, ReLU(h)^power, readout with bias.
 *
 * @example
 * using open = openNetwork(kernels, networkOf(model), 500);
 */
export function networkOf(model: TwoLayerModel): NetworkModel {
  const { name, inputs, hidden, classes, power, settings } = model;
  return {
    name,
    architecture: {
      inputShape: [1, 1, inputs],
      layers: [
        { kind: 'dense', units: hidden, bias: false, activation: { kind: 'relu', power } },
        { kind: 'dense', units: classes, bias: true, activation: { kind: 'linear' } },
      ],
    },
    parameters: {
      'layers.0.weights': effectiveHiddenWeights(model),
      'layers.1.weights': model.readoutWeights,
      'layers.1.bias': model.readoutBias,
    },
    settings,
  };
}

const networkFormat = 'hebblab network, version 1';
const metadataKey = 'hebblab';

function parseHeader(text: string | undefined, source: string): Omit<NetworkModel, 'parameters'> {
  const fault = (got: string) =>
    new DataError(`decodeAnyModel: expected the metadata of a ${networkFormat}, got ${got} in ${source}`);
  if (text === undefined) throw fault('none');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw fault('metadata that is not JSON');
  }
  if (!isHeader(header)) throw fault('other metadata');
  try {
    parameterShapes(header.architecture);
  } catch (error) {
    throw fault(`an architecture that makes no network (${error instanceof Error ? error.message : error})`);
  }
  return header;
}

function isHeader(value: unknown): value is Omit<NetworkModel, 'parameters'> & { format: string } {
  if (!isRecord(value) || value.format !== networkFormat || typeof value.name !== 'string') return false;
  return isRecord(value.settings) && isArchitecture(value.architecture);
}

import {
  classOrder,
  excessKurtosis,
  jacobianEffectiveRanks,
  layerSaturation,
  layerSeparation,
  normRatio,
  pairsAcrossClasses,
  singularValuesAlongPath,
} from '@hebblab/analysis';
import { normalisedImages, type Samples } from '@hebblab/models';
import type { NetworkModel, OpenNetwork } from '@hebblab/models/networks';
import { parameterShapes } from '@hebblab/models/networks/architecture';
import { randomUniform } from '@hebblab/wasm';
import type { MeasurementConfig } from '../config.js';
import type {
  JacobianPathsResult,
  SaturationResult,
  SimilarityResult,
  WeightKurtosisResult,
} from '../measurement-results.js';
import type { MeasureContext } from './context.js';

/** How each layer, the readout included, sets the classes apart. */
export function measureLayerSimilarity(
  { test }: MeasureContext,
  network: OpenNetwork,
  { imagesPerClass, drawnPerClass }: Extract<MeasurementConfig, { kind: 'layer-similarity' }>,
): SimilarityResult {
  const rows = firstOfEachClass(test, imagesPerClass);
  const labels = rows.map((row) => test.images.labels[row] as number);
  const images = gather(normalisedImages(test, test.count), test.inputs, rows);
  const layers = network.layers.map(({ width }, layer) => ({
    layer: layerName(layer, network.layers.length),
    units: width,
    representations: network.representation(images, rows.length, layer, 'activations'),
  }));
  const drawn = drawnRows(labels, drawnPerClass);
  return {
    drawn: drawn.counts,
    layers: layerSeparation(layers, labels, 'correlation').map((separation) => ({
      layer: separation.layer,
      silhouette: separation.silhouette.overall,
      silhouetteByClass: separation.silhouette.byClass.map(({ mean }) => mean),
      // Two images of each class at least, or of one class that has two.
      withinClasses: separation.withinClasses ?? 0,
      acrossClasses: separation.acrossClasses,
      directionless: separation.directionless,
      matrix: drawn.rows.flatMap((i) =>
        drawn.rows.map((j) => rounded(separation.matrix[i * rows.length + j] as number)),
      ),
    })),
  };
}

/** The pairs of images are the same for every model of a run with one seed. */
export function measureJacobianPaths(
  { kernels, test, seed }: MeasureContext,
  network: OpenNetwork,
  { pairs: wanted, points }: Extract<MeasurementConfig, { kind: 'jacobian-paths' }>,
): JacobianPathsResult {
  const { inputs, classes } = network;
  const uniforms = new Float32Array(2 * wanted);
  randomUniform(kernels, { seed, stream: 'jacobian paths' }, uniforms);
  const images = normalisedImages(test, test.count);
  const image = (row: number) => images.slice(row * inputs, (row + 1) * inputs);
  const each = Math.min(classes, inputs);
  const means = new Float64Array(points * each);
  let rank = 0;
  for (const { from, to } of pairsAcrossClasses(test.images.labels, uniforms)) {
    const { jacobian } = network;
    const values = singularValuesAlongPath({ from: image(from), to: image(to), points, classes, jacobian });
    values.forEach((value, index) => {
      means[index] = (means[index] as number) + value / wanted;
    });
    for (const effective of jacobianEffectiveRanks(values, each)) rank += effective / (wanted * points);
  }
  const singularValues = Array.from({ length: points }, (_, point) => [
    ...means.subarray(point * each, (point + 1) * each),
  ]);
  const largest = singularValues.reduce((sum, [first = 0]) => sum + first / points, 0);
  return { pairs: wanted, singularValues, largest, effectiveRank: rank };
}

/** Distances of the activations of hidden layers from where they saturate. */
export function measureActivationSaturation(
  { test }: MeasureContext,
  network: OpenNetwork,
  { images, bins, tolerance }: Extract<MeasurementConfig, { kind: 'activation-saturation' }>,
): SaturationResult {
  const count = Math.min(images, test.count);
  const inputs = normalisedImages(test, count);
  const layers = network.layers.slice(0, -1).flatMap(({ activation }, layer) => {
    const { kind } = activation;
    if (kind === 'linear') return [];
    const activations = network.representation(inputs, count, layer, 'activations');
    const name = layerName(layer, network.layers.length);
    const [measured] = layerSaturation([{ layer: name, activation: kind, activations }], { tolerance, bins });
    if (measured === undefined) return [];
    const { saturatedShare, distances } = measured;
    return [
      {
        layer: name,
        activation: kind,
        saturatedShare,
        edges: [...distances.edges],
        counts: [...distances.counts],
      },
    ];
  });
  return { layers };
}

/** Of the weights of each dense and convolution layer, without biases; none of a layer whose weights are all equal. */
export function measureWeightKurtosis({ architecture, parameters }: NetworkModel): WeightKurtosisResult {
  const weights = parameterShapes(architecture).filter(({ role }) => role === 'weights');
  return {
    layers: weights.flatMap(({ name }, layer) => {
      const values = parameters[name] as Float32Array;
      if (values.every((value) => value === values[0])) return [];
      return [
        {
          layer: layerName(layer, weights.length),
          excessKurtosis: excessKurtosis(values),
          normRatio: normRatio(values),
        },
      ];
    }),
  };
}

function layerName(layer: number, layers: number): string {
  return layer === layers - 1 ? 'readout' : `layer ${layer + 1}`;
}

/** In the order of the set; all of a class that has fewer. */
function firstOfEachClass({ images: { labels } }: Samples, wanted: number): number[] {
  const taken = new Map<number, number>();
  return Array.from(labels.keys()).filter((row) => {
    const label = labels[row] as number;
    const before = taken.get(label) ?? 0;
    taken.set(label, before + 1);
    return before < wanted;
  });
}

/** Places in the class order of the first images of each class. */
function drawnRows(labels: readonly number[], wanted: number): { rows: number[]; counts: number[] } {
  const rows: number[] = [];
  const counts = new Map<number, number>();
  classOrder(labels).forEach((image, place) => {
    const label = labels[image] as number;
    const before = counts.get(label) ?? 0;
    if (before >= wanted) return;
    counts.set(label, before + 1);
    rows.push(place);
  });
  return { rows, counts: [...counts.values()] };
}

function gather(values: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    gathered.set(values.subarray(row * width, (row + 1) * width), index * width);
  });
  return gathered;
}

/** To what a colour shows. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

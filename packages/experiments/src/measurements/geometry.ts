import {
  decisions,
  jacobianEffectiveRanks,
  jacobianNorms,
  jacobianSingularValues,
  landscapeBatches,
  latentJacobianNorms,
  quantiles,
  randomPlane,
  squaredUnitNorms,
} from '@hebblab/analysis';
import { normalisedImages } from '@hebblab/models';
import type { NetworkModel, OpenNetwork } from '@hebblab/models/networks';
import { randomNormal } from '@hebblab/wasm';
import type { MeasurementConfig } from '../config.js';
import type { JacobianResult, LandscapeResult } from '../measurement-results.js';
import { type MeasureContext, measuringBatch } from './context.js';

/** Jacobians of the logits, image by image. */
export function measureJacobian(
  { test }: MeasureContext,
  network: OpenNetwork,
  { images }: Extract<MeasurementConfig, { kind: 'jacobian' }>,
): JacobianResult {
  const count = Math.min(images, test.count);
  const { inputs, classes } = network;
  const jacobians = network.jacobian(normalisedImages(test, count), count);
  const shape = { count, classes, inputs };
  const norms = jacobianNorms(jacobians, shape);
  const values = jacobianSingularValues(jacobians, shape);
  const each = values.length / count;
  const [q25 = 0, median = 0, q75 = 0] = quantiles(norms, [0.25, 0.5, 0.75]);
  return {
    images: count,
    norm: { median, q25, q75 },
    singularValues: Array.from({ length: each }, (_, rank) => medianOf(values, rank, each)),
    effectiveRank: quantiles(jacobianEffectiveRanks(values, each), [0.5])[0] ?? 0,
  };
}

/** The plane is the same for every model of a run with one seed. */
export function measureLandscape(
  { kernels, test, seed }: MeasureContext,
  network: OpenNetwork,
  model: NetworkModel,
  { image, side, reach }: Extract<MeasurementConfig, { kind: 'landscape' }>,
): { landscape?: LandscapeResult } {
  const latent = latentNorms(network, model);
  if (latent === undefined) return {};
  const { inputs, classes } = network;
  const draws = new Float32Array(2 * inputs);
  randomNormal(kernels, { seed, stream: 'landscape plane' }, draws);
  const number = Math.min(image, test.count - 1);
  const centre = normalisedImages(test, number + 1).slice(number * inputs);
  const grid = { centre, plane: randomPlane(draws), from: -reach, to: reach, side };
  const norms: number[] = [];
  const labels: number[] = [];
  const confidence: number[] = [];
  for (const { inputs: points, count } of landscapeBatches(grid, measuringBatch)) {
    norms.push(...latent(points, count));
    const decided = decisions(network.logits(points, count), classes);
    labels.push(...decided.classes);
    confidence.push(...Array.from(decided.confidences, (value) => Number(value.toPrecision(4))));
  }
  const jacobianNorm = norms.map((value) => Number(value.toPrecision(5)));
  return { landscape: { image: number, side, reach, jacobianNorm, classes: labels, confidence } };
}

/** ||d ReLU(h)^n / dx||_F of points, exact; of networks with one hidden ReLU layer without bias, as the paper's are. */
function latentNorms(
  network: OpenNetwork,
  model: NetworkModel,
): ((points: Float32Array, count: number) => Float64Array) | undefined {
  const [hidden] = model.architecture.layers;
  if (
    hidden?.kind !== 'dense' ||
    hidden.bias ||
    hidden.activation.kind !== 'relu' ||
    network.layers.length !== 2
  )
    return undefined;
  const { power } = hidden.activation;
  const weights = model.parameters['layers.0.weights'] as Float32Array;
  const norms = squaredUnitNorms(turned(weights, network.inputs, hidden.units), {
    hidden: hidden.units,
    inputs: network.inputs,
  });
  return (points, count) => latentJacobianNorms(network.preactivations(points, count), norms, power);
}

function turned(weights: Float32Array, inputs: number, units: number): Float32Array {
  const out = new Float32Array(weights.length);
  for (let input = 0; input < inputs; input++) {
    for (let unit = 0; unit < units; unit++)
      out[unit * inputs + input] = weights[input * units + unit] as number;
  }
  return out;
}

function medianOf(values: Float64Array, rank: number, each: number): number {
  const own = values.filter((_, index) => index % each === rank);
  return quantiles(own, [0.5])[0] ?? 0;
}

import {
  type BoundaryIsometry,
  isometryByBoundary,
  type LayerIsometry,
  layerIsometry,
  pairDistances,
  pairsWithinClasses,
} from '@hebblab/analysis';
import { fastMinimumNorm, minimalDistances } from '@hebblab/attacks';
import { normalisedImages } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import { type Kernels, randomUniform } from '@hebblab/wasm';
import type { MeasurementConfig, ModelConfig } from '../config.js';
import type { IsometryResult, LineResult } from '../measurement-results.js';
import { classifierOf } from './attacks.js';
import { type MeasureContext, measuringBatch } from './context.js';
import { isometryOf } from './fixed-budget.js';

/** Pairs that a figure shows. */
const shownPairs = 200;

/** How isometric each hidden layer is within classes, and how that depends on the distance to the boundary. */
export async function measureIsometry(
  { kernels, test, seed, signal }: MeasureContext,
  network: OpenNetwork,
  config: ModelConfig,
  { images, pairs: wanted, groups }: Extract<MeasurementConfig, { kind: 'isometry' }>,
): Promise<{ isometry?: IsometryResult }> {
  const count = Math.min(images, test.count);
  const hidden = network.layers.length - 1;
  if (hidden === 0) return {};
  const inputs = normalisedImages(test, count);
  const labels = test.images.labels.subarray(0, count);
  const pairs = pairsWithinClasses(labels, uniformNumbers(kernels, seed, 'isometry pairs', 2 * wanted));
  const inputDistances = pairDistances(inputs, { rows: count, columns: network.inputs }, pairs);
  const layers = Array.from({ length: hidden }, (_, layer) => ({
    layer: `hidden ${layer + 1}`,
    distances: pairDistances(
      network.representation(inputs, count, layer, 'activations'),
      { rows: count, columns: network.layers[layer]?.width ?? 0 },
      pairs,
    ),
  }));
  const found = await minimalDistances(classifierOf(network), fastMinimumNorm(), {
    images: inputs,
    labels,
    batchSize: measuringBatch,
    signal,
  });
  const boundaryDistances = found.images.map((image) =>
    image.status === 'adversarial' ? image.epsilon : Number.POSITIVE_INFINITY,
  );
  const distanceOf = (pair: number) =>
    Math.max(boundaryDistances[pairs.first[pair] ?? 0] ?? 0, boundaryDistances[pairs.second[pair] ?? 0] ?? 0);
  // Only pairs of images that are right and have a distance: of the others nothing says how near the boundary is.
  const measured = Array.from(pairs.first.keys()).filter((pair) => Number.isFinite(distanceOf(pair)));
  const picked = {
    first: Uint32Array.from(measured, (pair) => pairs.first[pair] as number),
    second: Uint32Array.from(measured, (pair) => pairs.second[pair] as number),
  };
  const pick = (values: Float64Array) => Float64Array.from(measured, (pair) => values[pair] as number);
  const factor = isometryOf(config)?.penalty.factor;
  const shown = measured.slice(0, shownPairs);
  return {
    isometry: {
      images: count,
      ...(factor === undefined ? {} : { factor }),
      layers: layerIsometry(inputDistances, layers).map(lineOf),
      boundary:
        measured.length < 2 * groups
          ? []
          : layers.map(({ layer, distances }) => {
              const byBoundary = isometryByBoundary({
                inputDistances: pick(inputDistances),
                hiddenDistances: pick(distances),
                pairs: picked,
                boundaryDistances,
                groups,
              });
              const { residualCorrelation } = byBoundary;
              return {
                layer,
                ...(residualCorrelation === undefined ? {} : { residualCorrelation }),
                groups: byBoundary.groups.map((group) => ({
                  ...lineOf(group),
                  from: group.from,
                  to: group.to,
                })),
              };
            }),
      shown: {
        input: shown.map((pair) => rounded(inputDistances[pair])),
        boundary: shown.map((pair) =>
          rounded(
            Math.min(
              boundaryDistances[pairs.first[pair] ?? 0] ?? 0,
              boundaryDistances[pairs.second[pair] ?? 0] ?? 0,
            ),
          ),
        ),
        layers: layers.map(({ distances }) => shown.map((pair) => rounded(distances[pair]))),
      },
    },
  };
}

/** Numbers in [0, 1) of a stream of the run's seed. */
export function uniformNumbers(kernels: Kernels, seed: number, stream: string, count: number): Float32Array {
  const numbers = new Float32Array(count);
  randomUniform(kernels, { seed, stream }, numbers);
  return numbers;
}

/** A fitted line as results keep it. */
export function lineOf({
  slope,
  intercept,
  correlation,
  pairs,
  ...rest
}: LayerIsometry | BoundaryIsometry): LineResult {
  const layer = 'layer' in rest ? { layer: rest.layer } : {};
  return { ...layer, pairs, slope, intercept, ...(correlation === undefined ? {} : { correlation }) };
}

function rounded(value = 0): number {
  return Number(value.toPrecision(4));
}

import {
  layerIsometry,
  pairDistances,
  pairsWithinClasses,
  principalPlane,
  treeDistanceError,
} from '@hebblab/analysis';
import { predictedClass } from '@hebblab/attacks';
import { normalisedImages } from '@hebblab/models';
import type { OpenNetwork } from '@hebblab/models/networks';
import { allocateFloat32, allocateFloat64, covariance, type Kernels, symmetricEigen } from '@hebblab/wasm';
import type { MeasurementConfig, ModelConfig } from '../config.js';
import type { HierarchyResult } from '../measurement-results.js';
import type { MeasureContext } from './context.js';
import { lineOf, uniformNumbers } from './isometry.js';

/** Columns up to which `principalPlane` is quick. */
const fewColumns = 200;

/** What a network makes of a tree of classes; one without levels of its own is looked at after its last hidden layer. */
export function measureHierarchy(
  { kernels, test, seed }: MeasureContext,
  network: OpenNetwork,
  config: ModelConfig,
  { levels, images, pairs, points }: Extract<MeasurementConfig, { kind: 'hierarchy' }>,
): { hierarchy?: HierarchyResult } {
  const hidden = network.layers.length - 1;
  if (hidden === 0) return {};
  const all = test.images.labels;
  const logits = network.logits(normalisedImages(test, test.count), test.count);
  const predicted = Array.from(all, (_, image) => predictedClass(logits, network.classes, image));
  const count = Math.min(images, test.count);
  const inputs = normalisedImages(test, count);
  const labels = all.subarray(0, count);
  const own = config.kind === 'network' ? config.levels.map(({ depth }) => depth) : [];
  const depths = own.length === 0 ? [hidden] : own;
  const states = depths.map((depth) => ({
    name: own.length === 0 ? 'last hidden layer' : `after level ${depths.indexOf(depth) + 1}`,
    depth,
    columns: network.layers[depth - 1]?.width ?? 0,
    values: network.representation(inputs, count, depth - 1, 'activations'),
  }));
  const shown = Math.min(points, count);
  const panels = [{ name: 'input', columns: network.inputs, values: inputs }, ...states];
  return {
    hierarchy: {
      images: count,
      treeDistance: treeDistanceError(levels, predicted, all),
      levels: levels.map((groups, number) => {
        const groupLabels = Uint8Array.from(labels, (label) => groups[label] as number);
        const within = pairsWithinClasses(
          groupLabels,
          uniformNumbers(kernels, seed, `hierarchy pairs, level ${number + 1}`, 2 * pairs),
        );
        const inputDistances = pairDistances(inputs, { rows: count, columns: network.inputs }, within);
        return {
          distances: layerIsometry(
            inputDistances,
            states.map(({ name, values, columns }) => ({
              layer: name,
              distances: pairDistances(values, { rows: count, columns }, within),
            })),
          ).map(lineOf),
        };
      }),
      ownErrors: own.length === levels.length ? own.map((depth, level) => errorAt(depth, level)) : [],
      embeddings: panels.map(({ name, columns, values }) => ({
        name,
        ...planeOf(kernels, values.subarray(0, shown * columns), shown, columns),
      })),
      labels: Array.from(labels.subarray(0, shown)),
    },
  };

  function errorAt(depth: number, level: number): number {
    const answers = network.levelLogits(inputs, count, depth);
    const groups = levels[level] ?? [];
    const wrong = labels.filter(
      (label, image) => predictedClass(answers, network.classes, image) !== groups[label],
    );
    return wrong.length / count;
  }
}

/** Coordinates along the first two principal components, and their shares of the variance. */
function planeOf(
  kernels: Kernels,
  values: Float32Array,
  rows: number,
  columns: number,
): { points: number[]; explained: number } {
  if (columns < 2)
    return { points: Array.from(values).flatMap((value) => [rounded(value), 0]), explained: 1 };
  if (columns <= fewColumns) {
    const { coordinates, explained } = principalPlane(values, { rows, columns });
    return { points: Array.from(coordinates, rounded), explained: explained[0] + explained[1] };
  }
  using samples = allocateFloat32(kernels, [rows, columns]);
  samples.set(values);
  using matrix = allocateFloat64(kernels, [columns, columns]);
  covariance(kernels, samples, matrix);
  const { values: variances, vectors } = symmetricEigen(kernels, matrix);
  const reduced = new Float64Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    for (let axis = 0; axis < 2; axis++) {
      let sum = 0;
      for (let column = 0; column < columns; column++)
        sum += (values[row * columns + column] as number) * (vectors[axis * columns + column] as number);
      reduced[2 * row + axis] = sum;
    }
  }
  const total = variances.reduce((sum, value) => sum + value, 0);
  const explained = total > 0 ? ((variances[0] ?? 0) + (variances[1] ?? 0)) / total : 0;
  // Centres them and fixes the signs.
  const { coordinates } = principalPlane(reduced, { rows, columns: 2 });
  return { points: Array.from(coordinates, rounded), explained };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

import { AXIS_HEIGHT, drawAxes, type Plot } from './axes.js';
import { requireDistinctNames, requireFractions, requireIntervals, requirePositive } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { type LegendEntry, layOutLegend } from './legend.js';
import { drawMarker } from './marks.js';
import { coordinate, formatFixed, formatNumber } from './number-format.js';
import { placeLabels } from './place-labels.js';
import { position, type Scale } from './scale.js';
import { escapeText, shortenText } from './text.js';
import { seriesStyle } from './theme.js';

/** A model's accuracy and how far its images must be moved. */
export type RobustnessPoint = {
  readonly name: string;
  /** Median critical distance, above 0. */
  readonly distance: number;
  /** [low, high]: an error bar. */
  readonly distanceInterval?: readonly [number, number];
  /** 0 to 1. */
  readonly accuracy: number;
  /** [low, high], 0 to 1: an error bar. */
  readonly accuracyInterval?: readonly [number, number];
  /** The same figures from elsewhere, joined to the point by a line. */
  readonly published?: { readonly distance: number; readonly accuracy: number };
};

/** What {@link robustnessScatter} draws. */
export type RobustnessScatter = {
  readonly models: readonly RobustnessPoint[];
  /** What moves the images, for the axis: 'FGSM, L2 norm'. */
  readonly attack: string;
  /** Linear from 0 where absent. */
  readonly scale?: 'linear' | 'logarithmic';
  readonly title: string;
};

/**
 * Draws accuracy against the median critical distance, a point a model with error bars and its name beside it
 * (arXiv 2405.00679, figure 3). Hollow markers are the published figures.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no model, names repeat, a distance is not above 0, an accuracy is outside [0, 1], or an
 * interval does not ascend
 * @example
 * const svg = robustnessScatter({
 *   models: [{ name: 'KH', distance: 0.123, accuracy: 0.472 }, { name: 'SHLP', distance: 0.04, accuracy: 0.562 }],
 *   attack: 'FGSM, L2 norm', title: 'Accuracy against robustness',
 * });
 */
export function robustnessScatter(figure: RobustnessScatter): string {
  validate(figure);
  const { models, attack, title } = figure;
  const legend = layOutLegend(legendEntries(figure), MARGIN, FIGURE_WIDTH - 2 * MARGIN);
  const plot: Plot = { left: 70, top: legend.height + 8, width: 390, height: 290 };
  const distances = models.flatMap(({ distance, distanceInterval = [], published }) => [
    distance,
    ...distanceInterval,
    ...(published === undefined ? [] : [published.distance]),
  ]);
  const accuracies = models.flatMap(({ accuracy, accuracyInterval = [], published }) => [
    accuracy,
    ...accuracyInterval,
    ...(published === undefined ? [] : [published.accuracy]),
  ]);
  const x: Scale = {
    kind: figure.scale ?? 'linear',
    domain: distanceDomain(distances, figure.scale ?? 'linear'),
    from: plot.left,
    to: plot.left + plot.width,
  };
  const y: Scale = {
    kind: 'linear',
    domain: accuracyDomain(accuracies),
    from: plot.top + plot.height,
    to: plot.top,
  };
  const at = (distance: number, accuracy: number) => ({
    x: position(x, distance),
    y: position(y, accuracy),
  });

  return svgFigure({
    kind: 'robustness',
    title,
    description: describe(figure),
    height: plot.top + plot.height + AXIS_HEIGHT,
    draw: () =>
      [
        legend.markup,
        drawAxes(
          plot,
          {
            scale: x,
            label: escapeText(shortenText(`median critical distance (${attack})`, 440, 13)),
            unit: 1,
          },
          { scale: y, label: 'accuracy', unit: 1 },
        ),
        ...models.map((model, index) => drawErrorBars(model, index, at)),
        ...models.map(({ distance, accuracy, published }, index) =>
          published === undefined
            ? ''
            : drawPublished(at(distance, accuracy), at(published.distance, published.accuracy), index),
        ),
        ...models.map(({ distance, accuracy }, index) =>
          drawMarker(at(distance, accuracy), seriesStyle(index)),
        ),
        drawNames(figure, plot, at),
      ].join('\n'),
  });
}

type Place = (distance: number, accuracy: number) => { x: number; y: number };

function distanceDomain(values: readonly number[], scale: 'linear' | 'logarithmic'): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (scale === 'linear') return [0, high * 1.08];
  const factor = low < high ? (high / low) ** 0.08 : 2;
  return [low / factor, high * factor];
}

/** With a margin, inside [0, 1]: accuracies lie close together, and differences are what is to be seen. */
function accuracyDomain(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = Math.max(0.01, 0.15 * (high - low));
  return [Math.max(0, low - margin), Math.min(1, high + margin)];
}

function drawErrorBars(
  { distance, distanceInterval, accuracy, accuracyInterval }: RobustnessPoint,
  index: number,
  at: Place,
): string {
  const parts: string[] = [];
  if (distanceInterval !== undefined) {
    const low = at(distanceInterval[0], accuracy);
    const high = at(distanceInterval[1], accuracy);
    parts.push(
      `M${coordinate(low.x)} ${coordinate(low.y)}H${coordinate(high.x)}M${coordinate(low.x)} ${coordinate(low.y - 4)}v8M${coordinate(high.x)} ${coordinate(low.y - 4)}v8`,
    );
  }
  if (accuracyInterval !== undefined) {
    const low = at(distance, accuracyInterval[0]);
    const high = at(distance, accuracyInterval[1]);
    parts.push(
      `M${coordinate(low.x)} ${coordinate(low.y)}V${coordinate(high.y)}M${coordinate(low.x - 4)} ${coordinate(low.y)}h8M${coordinate(low.x - 4)} ${coordinate(high.y)}h8`,
    );
  }
  if (parts.length === 0) return '';
  return `<path class="stroke-${seriesStyle(index).colour}" fill="none" stroke-width="1.5" d="${parts.join('')}"/>`;
}

function drawPublished(
  ours: { x: number; y: number },
  published: { x: number; y: number },
  index: number,
): string {
  const stroke = `stroke-${seriesStyle(index).colour}`;
  return [
    `<line class="${stroke}" stroke-dasharray="2 3" x1="${coordinate(ours.x)}" y1="${coordinate(ours.y)}" x2="${coordinate(published.x)}" y2="${coordinate(published.y)}"/>`,
    `<circle class="paper ${stroke}" stroke-width="1.8" cx="${coordinate(published.x)}" cy="${coordinate(published.y)}" r="4"/>`,
  ].join('');
}

function drawNames({ models }: RobustnessScatter, plot: Plot, at: Place): string {
  const points = models.map(({ name, distance, accuracy }) => ({
    ...at(distance, accuracy),
    text: shortenText(name, 160, 13),
  }));
  const obstacles = models.flatMap(
    ({ distance, distanceInterval, accuracy, accuracyInterval, published }) => {
      const centre = at(distance, accuracy);
      const [left, right] = (distanceInterval ?? [distance, distance]).map((value) => at(value, accuracy).x);
      const [low, high] = (accuracyInterval ?? [accuracy, accuracy]).map((value) => at(distance, value).y);
      const boxes = [
        { left: left ?? centre.x, right: right ?? centre.x, top: centre.y - 4, bottom: centre.y + 4 },
        { left: centre.x - 4, right: centre.x + 4, top: high ?? centre.y, bottom: low ?? centre.y },
      ];
      if (published === undefined) return boxes;
      const other = at(published.distance, published.accuracy);
      return [...boxes, { left: other.x - 5, right: other.x + 5, top: other.y - 5, bottom: other.y + 5 }];
    },
  );
  const bounds = {
    left: plot.left + 2,
    top: plot.top,
    right: plot.left + plot.width + 4,
    bottom: plot.top + plot.height,
  };
  return placeLabels(points, obstacles, bounds)
    .map((label, index) => {
      const point = points[index];
      const model = models[index];
      if (point === undefined || model === undefined) return '';
      const nearest = Math.min(Math.max(point.x, label.x), label.x + point.text.length * 7);
      const leader = label.isFar
        ? `<line class="axis" x1="${coordinate(point.x)}" y1="${coordinate(point.y)}" x2="${coordinate(nearest)}" y2="${coordinate(label.baseline - (label.baseline > point.y ? 11 : -3))}"/>`
        : '';
      const fullName = point.text === model.name ? '' : `<title>${escapeText(model.name)}</title>`;
      return `${leader}<text class="ink halo" x="${coordinate(label.x)}" y="${coordinate(label.baseline)}">${fullName}${escapeText(point.text)}</text>`;
    })
    .join('\n');
}

function legendEntries({ models }: RobustnessScatter): LegendEntry[] {
  if (models.every(({ published }) => published === undefined)) return [];
  return [
    { key: { kind: 'marker', style: { colour: 'ink', marker: 'circle' } }, name: 'this run', detail: '' },
    { key: { kind: 'hollow' }, name: 'published', detail: '' },
  ];
}

function validate({ models }: RobustnessScatter): void {
  const operation = 'robustnessScatter';
  requireDistinctNames(operation, 'models', models);
  for (const { name, distance, distanceInterval, accuracy, accuracyInterval, published } of models) {
    requirePositive(operation, `the distance of ${name}`, [distance]);
    requireFractions(operation, `the accuracy of ${name}`, [accuracy]);
    if (distanceInterval !== undefined) {
      const isAllowed = (value: number) => value > 0 && Number.isFinite(value);
      requireIntervals(
        operation,
        `the distance interval of ${name}`,
        [distanceInterval],
        isAllowed,
        'numbers above 0',
      );
    }
    if (accuracyInterval !== undefined) {
      const isAllowed = (value: number) => value >= 0 && value <= 1;
      requireIntervals(
        operation,
        `the accuracy interval of ${name}`,
        [accuracyInterval],
        isAllowed,
        'numbers from 0 to 1',
      );
    }
    if (published !== undefined) {
      requirePositive(operation, `the published distance of ${name}`, [published.distance]);
      requireFractions(operation, `the published accuracy of ${name}`, [published.accuracy]);
    }
  }
}

function describe({ models, attack }: RobustnessScatter): string {
  const parts = models.map(({ name, distance, accuracy, published }) => {
    const other =
      published === undefined
        ? ''
        : ` (published ${formatNumber(published.distance)}, ${formatFixed(published.accuracy, 3)})`;
    return `${name} ${formatNumber(distance)}, ${formatFixed(accuracy, 3)}${other}`;
  });
  return `Accuracy against the median critical distance under ${attack}: ${parts.join('; ')}.`;
}

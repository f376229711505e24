import { encode } from 'fast-png';
import { toBase64 } from './base64.js';
import {
  fail,
  requireFinite,
  requireNotEmpty,
  requirePositive,
  requirePositiveInteger,
  requireSameLength,
} from './check.js';
import { channelLevel, divergingColour, divergingStops } from './diverging-colours.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { coordinate, formatNumber } from './number-format.js';

/** What {@link synapseMosaic} draws. */
export type SynapseMosaic = {
  /** Row-major [hidden, inputs]; inputs = height x width x channels. */
  readonly weights: Float32Array;
  readonly hidden: number;
  /** [height, width, channels] of one unit's weights, channels last (as CIFAR-10 images are stored here). */
  readonly shape: readonly [height: number, width: number, channels: 1 | 3];
  /** Which units to show, in this order; all where absent. */
  readonly units?: readonly number[];
  /** Tiles in a row. */
  readonly columns: number;
  /** One element a hidden unit; units with a value other than 0 are crossed out. */
  readonly pruned?: ArrayLike<number>;
  /** Absolute weight of the end colours, to share a scale between mosaics; the largest shown where absent. */
  readonly limit?: number;
  readonly title: string;
};

/**
 * Draws the weights of hidden units as images, one tile a unit, as in Krotov & Hopfield 2019 (figure 2).
 *
 * All tiles share one symmetric scale, up to the largest absolute weight shown or `limit`. One channel: blue (negative), near-white (0),
 * red (positive). Three channels: each channel from -limit (0) over 0 (mid grey, 128) to limit (255).
 * The tiles are one embedded PNG of about (columns x width) x (rows x height) pixels, so choose `units` of a wide layer.
 *
 * @returns a standalone SVG document
 * @throws Error when lengths, shape or units do not fit, or a weight is not finite
 * @example
 * const svg = synapseMosaic({ weights, hidden: 100, shape: [28, 28, 1], columns: 10, title: 'Learned synapses' });
 */
export function synapseMosaic(mosaic: SynapseMosaic): string {
  const units = validate(mosaic);
  const { hidden, shape, pruned, columns, title } = mosaic;
  const [height, width, channels] = shape;
  const largest = mosaic.limit ?? largestShown(mosaic, units);
  // Where every weight is 0 any scale shows that; 1 keeps the colour bar's labels apart.
  const limit = largest === 0 ? 1 : largest;
  const shownColumns = Math.min(columns, units.length);
  const rows = Math.ceil(units.length / shownColumns);
  const grid: Grid = {
    units,
    columns: shownColumns,
    width: shownColumns * (width + GAP) - GAP,
    height: rows * (height + GAP) - GAP,
  };
  const scale = Math.min(LARGEST_PIXEL, (FIGURE_WIDTH - 2 * MARGIN) / grid.width);
  const imageWidth = grid.width * scale;
  const imageHeight = grid.height * scale;
  const left = (FIGURE_WIDTH - imageWidth) / 2;
  const isPruned = (unit: number) => pruned !== undefined && pruned[unit] !== 0;
  const crossed = units.flatMap((unit, place) => (isPruned(unit) ? [place] : []));
  const image = toBase64(encodeTiles(mosaic, grid, limit));
  // Shrunken pixels would be dropped by nearest-neighbour sampling: those are smoothed.
  const rendering = scale >= 1 ? ' style="image-rendering:pixelated"' : '';
  const colours =
    channels === 1
      ? 'from blue over near-white (0) to red'
      : 'each channel from black over mid grey (0) to white';
  const description =
    `Weights of ${units.length} of ${hidden} hidden units as images of ${height} by ${width} pixels and ${channels} ${channels === 1 ? 'channel' : 'channels'}, ` +
    `in ${shownColumns} columns. One scale for all units, from ${formatNumber(-limit)} to ${formatNumber(limit)}, ${colours}.` +
    (pruned === undefined ? '' : ` ${crossed.length} of the units shown are pruned and crossed out.`);

  return svgFigure({
    kind: 'mosaic',
    title,
    description,
    height: imageHeight + 62,
    draw: (id) =>
      [
        `<image x="${coordinate(left)}" y="4" width="${coordinate(imageWidth)}" height="${coordinate(imageHeight)}" preserveAspectRatio="none"${rendering} href="data:image/png;base64,${image}"/>`,
        ...crossed.map((place) => drawCross(place, grid, shape, scale, left)),
        drawColourBar(id, limit, channels, imageHeight + 20, crossed.length),
      ].join('\n'),
  });
}

/** Transparent image pixels between tiles. */
const GAP = 2;
/** Few small tiles are not blown up beyond this size of a pixel. */
const LARGEST_PIXEL = 8;

type Grid = {
  readonly units: readonly number[];
  readonly columns: number;
  readonly width: number;
  readonly height: number;
};

function validate({
  weights,
  hidden,
  shape,
  units,
  columns,
  pruned,
  limit,
}: SynapseMosaic): readonly number[] {
  const operation = 'synapseMosaic';
  const [height, width, channels] = shape;
  requirePositiveInteger(operation, 'hidden', hidden);
  requirePositiveInteger(operation, 'columns', columns);
  requirePositiveInteger(operation, 'height', height);
  requirePositiveInteger(operation, 'width', width);
  if (channels !== 1 && channels !== 3) fail(operation, '1 or 3 channels', String(channels));
  const length = hidden * height * width * channels;
  if (weights.length !== length) {
    fail(
      operation,
      `${hidden} x ${height} x ${width} x ${channels} = ${length} weights`,
      String(weights.length),
    );
  }
  requireFinite(operation, 'weights', weights);
  if (limit !== undefined) requirePositive(operation, 'limit', [limit]);
  if (pruned !== undefined) requireSameLength(operation, 'pruned', pruned.length, 'hidden units', hidden);
  const shown = units ?? Array.from({ length: hidden }, (_, unit) => unit);
  requireNotEmpty(operation, 'units', shown);
  for (const unit of shown) {
    if (!Number.isInteger(unit) || unit < 0 || unit >= hidden) {
      fail(operation, `units from 0 to ${hidden - 1}`, String(unit));
    }
  }
  return shown;
}

function largestShown({ weights, hidden }: SynapseMosaic, units: readonly number[]): number {
  const inputs = weights.length / hidden;
  let largest = 0;
  for (const unit of units) {
    for (const weight of weights.subarray(unit * inputs, (unit + 1) * inputs)) {
      largest = Math.max(largest, Math.abs(weight));
    }
  }
  return largest;
}

function encodeTiles({ weights, shape }: SynapseMosaic, grid: Grid, limit: number): Uint8Array {
  const [height, width, channels] = shape;
  const pixels = new Uint8Array(grid.width * grid.height * 4);
  for (const [place, unit] of grid.units.entries()) {
    const left = (place % grid.columns) * (width + GAP);
    const top = Math.floor(place / grid.columns) * (height + GAP);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const source = ((unit * height + row) * width + column) * channels;
        const target = ((top + row) * grid.width + left + column) * 4;
        const first = weights[source] ?? 0;
        const colour =
          channels === 1
            ? divergingColour(first, limit)
            : [first, weights[source + 1] ?? 0, weights[source + 2] ?? 0].map((value) =>
                channelLevel(value, limit),
              );
        pixels.set(colour, target);
        pixels[target + 3] = 255;
      }
    }
  }
  return encode({ width: grid.width, height: grid.height, data: pixels, channels: 4, depth: 8 });
}

/** Light and dark strokes on top of each other, so that the cross is seen on any colours. */
function drawCross(
  place: number,
  grid: Grid,
  shape: SynapseMosaic['shape'],
  scale: number,
  left: number,
): string {
  const [height, width] = shape;
  const x = left + (place % grid.columns) * (width + GAP) * scale;
  const y = 4 + Math.floor(place / grid.columns) * (height + GAP) * scale;
  const path = crossPath(x, y, width * scale, height * scale);
  return `<path d="${path}" stroke="#ffffff" stroke-width="4"/><path d="${path}" stroke="#1f2328" stroke-width="1.5"/>`;
}

function crossPath(x: number, y: number, width: number, height: number): string {
  const right = coordinate(x + width);
  const bottom = coordinate(y + height);
  return `M${coordinate(x)} ${coordinate(y)}L${right} ${bottom}M${right} ${coordinate(y)}L${coordinate(x)} ${bottom}`;
}

function drawColourBar(id: string, limit: number, channels: 1 | 3, top: number, crossed: number): string {
  const left = FIGURE_WIDTH / 2 - 110;
  const colours =
    channels === 1
      ? divergingStops
      : [
          [0, 0, 0],
          [255, 255, 255],
        ];
  const stops = colours.map(
    (colour, index) =>
      `<stop offset="${coordinate((index / (colours.length - 1)) * 100)}%" stop-color="rgb(${colour.join(',')})"/>`,
  );
  const labels: [number, string][] = [
    [left, formatNumber(-limit)],
    [left + 110, '0'],
    [left + 220, formatNumber(limit)],
  ];
  const note =
    crossed === 0
      ? ''
      : `<text class="muted" x="${FIGURE_WIDTH - MARGIN}" y="${coordinate(top + 10)}" text-anchor="end">× pruned</text>`;
  return [
    `<linearGradient id="${id}-scale">${stops.join('')}</linearGradient>`,
    `<rect class="axis" x="${left}" y="${coordinate(top)}" width="220" height="12" fill="url(#${id}-scale)"/>`,
    ...labels.map(
      ([x, label]) =>
        `<text class="muted" x="${x}" y="${coordinate(top + 29)}" text-anchor="middle">${label}</text>`,
    ),
    note,
  ].join('\n');
}

import type { Plot } from './axes.js';
import { fail, requireDistinctNames, requireFinite, requirePositiveInteger } from './check.js';
import { colourAlong, gradientMarkup, sequentialStops } from './colour-scale.js';
import { divergingStops } from './diverging-colours.js';
import { extent } from './extent.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { drawImage } from './image.js';
import { coordinate, formatNumber } from './number-format.js';
import { drawColourBar, drawFrame, drawPanelName, layOutPanels } from './panels.js';
import { escapeText, shortenText } from './text.js';

/** What {@link similarityMatrices} draws. */
export type SimilarityMatrices = {
  /** One matrix each, named above it: a layer. */
  readonly panels: readonly {
    readonly name: string;
    /** Row-major [size, size]; items of a class stand together, in the order of `classes`. */
    readonly values: ArrayLike<number>;
    /** Beside the name: 'silhouette 0.31'. */
    readonly detail?: string;
  }[];
  /** Items, for example images, of each matrix. */
  readonly size: number;
  /** Classes in their order along both sides, with how many items each has. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** What the values are, with the unit: 'correlation'. */
  readonly label: string;
  /** [low, high] of the colours; that of all values where absent. Symmetric around 0 it runs from blue over white to red. */
  readonly range?: readonly [number, number];
  readonly title: string;
};

/**
 * Draws similarities between items as matrices, a panel a layer on one colour scale, with lines between classes
 * (arXiv 1703.09202: clusters that separate layer by layer). Of matrices beyond 240 items each cell drawn is the mean of a
 * block.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel, names repeat, a matrix is not size x size, a value is not finite, the counts of
 * classes do not add up to size, or the range does not ascend
 * @example
 * const svg = similarityMatrices({
 *   panels: [{ name: 'layer 1', values, detail: 'silhouette 0.31' }], size: 100,
 *   classes: [{ name: '0', count: 50 }, { name: '1', count: 50 }], label: 'correlation', range: [-1, 1],
 *   title: 'Similarity by layer',
 * });
 */
export function similarityMatrices(figure: SimilarityMatrices): string {
  validate(figure);
  const { panels, size, classes, label, title } = figure;
  const range = figure.range ?? extent(panels.map(({ values }) => values));
  const stops = range[0] === -range[1] ? divergingStops : sequentialStops;
  const grid = layOutPanels(panels.length, 44, {
    left: 84,
    between: 16,
    above: 24,
    below: 10,
    bottom: 14,
    aspect: 1,
    perRow: 2,
    largest: 340,
  });
  const palette = Array.from({ length: LEVELS }, (_, level): [number, number, number, number] => {
    const [red, green, blue] = colourAlong(stops, level / (LEVELS - 1));
    return [red, green, blue, 255];
  });
  const cells = Math.min(size, LARGEST);

  return svgFigure({
    kind: 'similarity',
    title,
    description: describe(figure, range),
    height: 44 + grid.height,
    draw: (id) =>
      [
        gradientMarkup(`${id}-scale`, stops),
        `<text class="ink" x="${MARGIN}" y="14">${escapeText(shortenText(`colour: ${label}`, FIGURE_WIDTH - 2 * MARGIN, 13))}</text>`,
        drawColourBar(range, `url(#${id}-scale)`, { left: MARGIN, top: 22, width: 300 }),
        ...panels.map(({ name, values, detail = '' }, index) => {
          const plot = grid.plots[index];
          if (plot === undefined) return '';
          const box = { x: plot.left, y: plot.top, width: plot.width, height: plot.height };
          const pixels = levels(values, size, cells, range);
          return [
            drawPanelName(name, detail, plot, plot.top - 7),
            drawImage({ columns: cells, rows: cells, pixels, palette }, box),
            drawBoundaries(classes, size, plot),
            index % grid.perRow === 0 ? drawClassNames(classes, size, plot) : '',
            drawFrame(plot),
          ].join('\n');
        }),
      ].join('\n'),
  });
}

type Classes = SimilarityMatrices['classes'];

const LEVELS = 64;
const LARGEST = 240;

function levels(
  values: ArrayLike<number>,
  size: number,
  cells: number,
  [low, high]: readonly [number, number],
): Uint8Array {
  const edge = (cell: number) => Math.floor((cell * size) / cells);
  const span = high > low ? high - low : 1;
  return Uint8Array.from({ length: cells * cells }, (_, index) => {
    const row = Math.floor(index / cells);
    const column = index % cells;
    let sum = 0;
    let count = 0;
    for (let y = edge(row); y < edge(row + 1); y++) {
      for (let x = edge(column); x < edge(column + 1); x++) {
        sum += Number(values[y * size + x]);
        count++;
      }
    }
    const share = Math.min(1, Math.max(0, (sum / count - low) / span));
    return Math.round(share * (LEVELS - 1));
  });
}

/** Dark on light and light on dark at once, so that lines are seen on any colour. */
function drawBoundaries(classes: Classes, size: number, { left, top, width, height }: Plot): string {
  let before = 0;
  const path = classes
    .slice(0, -1)
    .map(({ count }) => {
      before += count;
      const [x, y] = [left + (before / size) * width, top + (before / size) * height];
      return `M${coordinate(x)} ${top}v${height}M${left} ${coordinate(y)}h${width}`;
    })
    .join('');
  if (path === '') return '';
  return `<path stroke="#ffffff" stroke-opacity="0.9" stroke-width="1.6" fill="none" d="${path}"/><path stroke="#1f2328" stroke-width="0.6" fill="none" d="${path}"/>`;
}

/** Rows and columns have the same order: names beside the rows are enough. Names that would collide are left out. */
function drawClassNames(classes: Classes, size: number, { left, top, height }: Plot): string {
  let before = 0;
  let last = Number.NEGATIVE_INFINITY;
  return classes
    .map(({ name, count }) => {
      const y = top + ((before + count / 2) / size) * height;
      before += count;
      if (y - last < 13) return '';
      last = y;
      const shown = shortenText(name, 64, 13);
      const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
      return `<text class="muted" x="${left - 6}" y="${coordinate(y + 4.5)}" text-anchor="end">${fullName}${escapeText(shown)}</text>`;
    })
    .join('');
}

function validate({ panels, size, classes, range }: SimilarityMatrices): void {
  const operation = 'similarityMatrices';
  requireDistinctNames(operation, 'panels', panels);
  requirePositiveInteger(operation, 'size', size);
  requireDistinctNames(operation, 'classes', classes);
  for (const { name, count } of classes) requirePositiveInteger(operation, `count of ${name}`, count);
  const total = classes.reduce((sum, { count }) => sum + count, 0);
  if (total !== size) fail(operation, `counts of classes that add up to ${size}`, String(total));
  for (const { name, values } of panels) {
    if (values.length !== size * size)
      fail(operation, `${size} x ${size} = ${size * size} values of ${name}`, String(values.length));
    requireFinite(operation, `the values of ${name}`, values);
  }
  if (range !== undefined && !(range[0] < range[1] && Number.isFinite(range[1] - range[0])))
    fail(operation, 'range as [low, high] with low < high', `[${range[0]}, ${range[1]}]`);
}

function describe(
  { panels, size, classes, label }: SimilarityMatrices,
  range: readonly [number, number],
): string {
  const counts = classes.map(({ name, count }) => `${name} (${count})`).join(', ');
  const parts = panels.map(({ name, values, detail }) => {
    const [low, high] = extent([values]);
    return `${name}: ${formatNumber(low)} to ${formatNumber(high)}${detail === undefined ? '' : `, ${detail}`}.`;
  });
  return `Matrices of ${label} between ${size} items in the order of their classes ${counts}, colours from ${formatNumber(range[0])} to ${formatNumber(range[1])}. ${parts.join(' ')}`;
}

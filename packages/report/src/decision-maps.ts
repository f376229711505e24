import type { Plot } from './axes.js';
import { fail, requireDistinctNames, requireFractions, requireNotEmpty } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { axisText, type PlaneAxis, planeScales, requirePlane } from './heat-maps.js';
import { drawImage } from './image.js';
import { layOutLegend } from './legend.js';
import { coordinate, formatNumber } from './number-format.js';
import { drawFrame, drawPanelAxes, drawPanelName, drawSharedLabels, layOutPanels } from './panels.js';
import { labelCells } from './region-labels.js';
import { seriesColours } from './theme.js';

/** What {@link decisionMaps} draws. */
export type DecisionMaps = {
  /** One small map each, named above it: a model. */
  readonly panels: readonly {
    readonly name: string;
    /** Index of the most probable class, row-major [rows, columns]; the first row is drawn at the bottom. */
    readonly classes: ArrayLike<number>;
    /** Probability of that class (the largest softmax), 0 to 1, in the same order. */
    readonly confidence: ArrayLike<number>;
  }[];
  readonly rows: number;
  readonly columns: number;
  readonly x: PlaneAxis;
  readonly y: PlaneAxis;
  readonly classNames: readonly string[];
  readonly title: string;
};

/**
 * Draws which class a model sees over a plane of inputs, as small multiples: a colour a class, the more opaque the more
 * probable it is (arXiv 2405.00679, figure 6). Large regions carry the number of their class, so that none is told by its
 * colour alone.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel, names repeat, a panel has not rows x columns values, a class has no name (at most
 * 10 classes have colours), a confidence is outside [0, 1], or a range does not ascend
 * @example
 * const svg = decisionMaps({
 *   panels: [{ name: 'KH', classes, confidence }], rows: 100, columns: 100, x: { label: 'e', range: [-20, 20] },
 *   y: { label: 'z', range: [-20, 20] }, classNames: ['airplane', 'automobile'], title: 'Decisions around an image',
 * });
 */
export function decisionMaps(figure: DecisionMaps): string {
  validate(figure);
  const { panels, rows, columns, classNames, title } = figure;
  const shown = classNames.flatMap((name, index) =>
    panels.some(({ classes }) => Array.prototype.includes.call(classes, index)) ? [{ name, index }] : [],
  );
  const legend = layOutLegend(
    shown.map(({ name, index }) => ({
      key: { kind: 'bar', colour: index } as const,
      name: `${index} ${name}`,
      detail: '',
    })),
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const head = legend.height + 22;
  const grid = layOutPanels(panels.length, head, {
    left: 62,
    between: 26,
    above: 22,
    below: 12,
    bottom: 50,
    aspect: 1,
    perRow: panels.length <= 4 ? 2 : 3,
    largest: 300,
  });

  return svgFigure({
    kind: 'decisions',
    title,
    description: describe(figure),
    height: head + grid.height,
    draw: () =>
      [
        legend.markup,
        `<text class="muted" x="${MARGIN}" y="${legend.height + 14}">faint: no class is probable · full: one class is certain</text>`,
        ...panels.map((panel, index) => {
          const plot = grid.plots[index];
          if (plot === undefined) return '';
          const [x, y] = planeScales(figure, plot);
          return [
            drawPanelName(panel.name, '', plot, plot.top - 7),
            ...drawRegions(figure, panel, plot),
            drawPanelAxes(plot, x, y, {
              labelX: grid.isLowest[index] === true,
              labelY: index % grid.perRow === 0,
              grid: false,
            }),
            drawFrame(plot),
            ...labelCells(panel.classes, rows, columns).map(({ label, row, column }) => {
              const at = {
                x: plot.left + ((column + 0.5) / columns) * plot.width,
                y: plot.top + plot.height - ((row + 0.5) / rows) * plot.height,
              };
              return `<text class="ink halo" x="${coordinate(at.x)}" y="${coordinate(at.y + 4.5)}" text-anchor="middle" font-weight="600">${label}</text>`;
            }),
          ].join('\n');
        }),
        drawSharedLabels(grid, axisText(figure.x.label), axisText(figure.y.label), head + grid.height - 8),
      ].join('\n'),
  });
}

/** Probabilities are rounded to this many opacities: more cannot be told apart, and files grow. */
const OPACITIES = 12;

/** One image for each scheme, because the pixels of an image cannot follow a style sheet. */
function drawRegions(
  { rows, columns, classNames }: DecisionMaps,
  { classes, confidence }: DecisionMaps['panels'][number],
  plot: Plot,
): string[] {
  const pixels = Uint8Array.from({ length: rows * columns }, (_, index) => {
    const source = (rows - 1 - Math.floor(index / columns)) * columns + (index % columns);
    const opacity = Math.round(Number(confidence[source]) * (OPACITIES - 1));
    return Number(classes[source]) * OPACITIES + opacity;
  });
  const box = { x: plot.left, y: plot.top, width: plot.width, height: plot.height };
  return (['light', 'dark'] as const).map((scheme) => {
    const palette = classNames.flatMap((_, index) => {
      const [red, green, blue] = channels(seriesColours[index]?.[scheme] ?? '#000000');
      return Array.from({ length: OPACITIES }, (_, step): [number, number, number, number] => [
        red,
        green,
        blue,
        Math.round((step / (OPACITIES - 1)) * 255),
      ]);
    });
    return drawImage({ columns, rows, pixels, palette }, box, ` class="only-${scheme}"`);
  });
}

function channels(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function validate(figure: DecisionMaps): void {
  const operation = 'decisionMaps';
  requireDistinctNames(operation, 'panels', figure.panels);
  requirePlane(operation, figure);
  requireNotEmpty(operation, 'classNames', figure.classNames);
  const { rows, columns, classNames } = figure;
  if (classNames.length > seriesColours.length)
    fail(operation, `at most ${seriesColours.length} classes`, String(classNames.length));
  for (const { name, classes, confidence } of figure.panels) {
    for (const [what, values] of [['classes', classes] as const, ['confidence', confidence] as const]) {
      if (values.length !== rows * columns) {
        fail(operation, `${rows} x ${columns} = ${rows * columns} ${what} of ${name}`, String(values.length));
      }
    }
    requireFractions(operation, `the confidence of ${name}`, confidence);
    for (let index = 0; index < classes.length; index++) {
      const label = Number(classes[index]);
      if (classNames[label] === undefined)
        fail(operation, `classes of ${name} from 0 to ${classNames.length - 1}`, String(label));
    }
  }
}

function describe({ panels, classNames, x, y }: DecisionMaps): string {
  const plane = [x, y].map(
    (axis) => `${axis.label} from ${formatNumber(axis.range[0])} to ${formatNumber(axis.range[1])}`,
  );
  const parts = panels.map(({ name, classes, confidence }) => {
    const shares = classNames
      .map((className, index) => ({ className, cells: countOf(classes, index) }))
      .filter(({ cells }) => cells > 0)
      .sort((first, second) => second.cells - first.cells)
      .map(({ className, cells }) => `${className} ${formatNumber((100 * cells) / classes.length, 2)} %`);
    const mean = Array.from(confidence).reduce((sum, value) => sum + value, 0) / confidence.length;
    return `${name}: ${shares.join(', ')}; mean confidence ${formatNumber(mean, 2)}.`;
  });
  return `The most probable class over a plane, ${plane.join(', ')}; opacity is its probability. ${parts.join(' ')}`;
}

function countOf(values: ArrayLike<number>, wanted: number): number {
  let count = 0;
  for (let index = 0; index < values.length; index++) if (values[index] === wanted) count++;
  return count;
}

import { fail, requireDistinctNames, requireFinite, requirePositiveInteger } from './check.js';
import { colourAlong, gradientMarkup, type Rgb, sequentialStops } from './colour-scale.js';
import { extent } from './extent.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { drawImage } from './image.js';
import { formatNumber } from './number-format.js';
import {
  drawColourBar,
  drawFrame,
  drawPanelAxes,
  drawPanelName,
  drawSharedLabels,
  layOutPanels,
} from './panels.js';
import type { Scale } from './scale.js';
import { escapeText, shortenText, wrapText } from './text.js';

/** One axis of a plane: its label with the unit, and the values of the first and the last cell. */
export type PlaneAxis = { readonly label: string; readonly range: readonly [number, number] };

/** What {@link heatMaps} draws. */
export type HeatMaps = {
  /** One small map each, named above it: a model. */
  readonly panels: readonly {
    readonly name: string;
    /** Row-major [rows, columns]; the first row is at the low end of `y` and drawn at the bottom. */
    readonly values: ArrayLike<number>;
  }[];
  readonly rows: number;
  readonly columns: number;
  readonly x: PlaneAxis;
  readonly y: PlaneAxis;
  /** What the values are, with the unit: '‖J‖F'. */
  readonly label: string;
  /** 'shared': one colour scale for all panels, whose colours compare. 'own': from least to most of each panel. */
  readonly scale: 'shared' | 'own';
  readonly title: string;
};

/**
 * Draws values over a plane as small multiples: the norm of the Jacobian around an image (arXiv 2405.00679, figure 6).
 * Each map is an embedded PNG with 64 colours; eight maps of 100 x 100 cells take less than 100 KB.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel, names repeat, a panel has not rows x columns values, a value is not finite, or
 * a range does not ascend
 * @example
 * const svg = heatMaps({
 *   panels: [{ name: 'KH', values: norms }], rows: 100, columns: 100, x: { label: 'e', range: [-20, 20] },
 *   y: { label: 'z', range: [-20, 20] }, label: 'norm of the Jacobian', scale: 'own', title: 'Landscape of the Jacobian',
 * });
 */
export function heatMaps(figure: HeatMaps): string {
  validate(figure);
  const { panels, rows, columns, label, scale, title } = figure;
  const own = panels.map(({ values }) => extent([values]));
  const all: [number, number] = [
    Math.min(...own.map(([low]) => low)),
    Math.max(...own.map(([, high]) => high)),
  ];
  const ranges = scale === 'shared' ? panels.map(() => all) : own;
  const lines = wrapText(
    `colour: ${label}${scale === 'own' ? ', a scale for each map' : ''}`,
    FIGURE_WIDTH - 2 * MARGIN,
    13,
  );
  const barTop = lines.length * 18 + 4;
  const head = scale === 'shared' ? barTop + 20 : barTop + 4;
  const grid = layOutPanels(panels.length, head, {
    left: 62,
    between: 26,
    above: scale === 'shared' ? 22 : 40,
    below: 12,
    bottom: 50,
    aspect: 1,
    perRow: panels.length <= 4 ? 2 : 3,
    largest: 300,
  });
  const labelTop = head + grid.height - 8;

  return svgFigure({
    kind: 'heat',
    title,
    description: describe(figure, own, all),
    height: head + grid.height,
    draw: (id) =>
      [
        gradientMarkup(`${id}-scale`, sequentialStops),
        ...lines.map(
          (line, index) =>
            `<text class="ink" x="${MARGIN}" y="${14 + index * 18}">${escapeText(line)}</text>`,
        ),
        scale === 'shared'
          ? drawColourBar(all, `url(#${id}-scale)`, { left: MARGIN, top: barTop, width: 300 })
          : '',
        ...panels.map(({ name, values }, index) => {
          const plot = grid.plots[index];
          const range = ranges[index];
          if (plot === undefined || range === undefined) return '';
          const [x, y] = planeScales(figure, plot);
          const box = { x: plot.left, y: plot.top, width: plot.width, height: plot.height };
          return [
            drawPanelName(name, '', plot, plot.top - (scale === 'shared' ? 7 : 23)),
            scale === 'own'
              ? drawColourBar(range, `url(#${id}-scale)`, {
                  left: plot.left,
                  top: plot.top - 15,
                  width: plot.width,
                })
              : '',
            drawImage({ columns, rows, pixels: levels(values, rows, columns, range), palette }, box),
            drawPanelAxes(plot, x, y, {
              labelX: grid.isLowest[index] === true,
              labelY: index % grid.perRow === 0,
              grid: false,
            }),
            drawFrame(plot),
          ].join('\n');
        }),
        drawSharedLabels(grid, axisText(figure.x.label), axisText(figure.y.label), labelTop),
      ].join('\n'),
  });
}

const LEVELS = 64;

const palette = Array.from({ length: LEVELS }, (_, level) =>
  opaque(colourAlong(sequentialStops, level / (LEVELS - 1))),
);

function opaque([red, green, blue]: Rgb): [number, number, number, number] {
  return [red, green, blue, 255];
}

/** Scales of a plane: the cells at the ends of a range lie half a cell inside the panel. */
export function planeScales(
  { x, y, rows, columns }: Pick<HeatMaps, 'x' | 'y' | 'rows' | 'columns'>,
  plot: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): [Scale, Scale] {
  const widened = ([low, high]: readonly [number, number], cells: number): [number, number] => {
    const half = cells === 1 ? (high - low) / 2 : (high - low) / (cells - 1) / 2;
    return [low - half, high + half];
  };
  return [
    { kind: 'linear', domain: widened(x.range, columns), from: plot.left, to: plot.left + plot.width },
    { kind: 'linear', domain: widened(y.range, rows), from: plot.top + plot.height, to: plot.top },
  ];
}

/** Refuses a plane that is empty or whose axes do not ascend. */
export function requirePlane(
  operation: string,
  { rows, columns, x, y }: Pick<HeatMaps, 'x' | 'y' | 'rows' | 'columns'>,
): void {
  requirePositiveInteger(operation, 'rows', rows);
  requirePositiveInteger(operation, 'columns', columns);
  for (const [name, { range }] of [['x', x] as const, ['y', y] as const]) {
    if (!(range[0] < range[1] && Number.isFinite(range[1] - range[0]))) {
      fail(operation, `the range of ${name} as [low, high] with low < high`, `[${range[0]}, ${range[1]}]`);
    }
  }
}

export function axisText(label: string): string {
  return escapeText(shortenText(label, 300, 13));
}

function validate(figure: HeatMaps): void {
  const operation = 'heatMaps';
  requireDistinctNames(operation, 'panels', figure.panels);
  requirePlane(operation, figure);
  const { rows, columns } = figure;
  for (const { name, values } of figure.panels) {
    if (values.length !== rows * columns) {
      fail(operation, `${rows} x ${columns} = ${rows * columns} values of ${name}`, String(values.length));
    }
    requireFinite(operation, `the values of ${name}`, values);
  }
}

/** Image rows go down where the plane's go up. */
function levels(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  [low, high]: readonly [number, number],
): Uint8Array {
  const span = high > low ? high - low : 1;
  return Uint8Array.from({ length: rows * columns }, (_, index) => {
    const row = rows - 1 - Math.floor(index / columns);
    const value = Number(values[row * columns + (index % columns)]);
    return Math.round(((value - low) / span) * (LEVELS - 1));
  });
}

function describe(
  { panels, label, x, y }: HeatMaps,
  own: readonly [number, number][],
  all: [number, number],
): string {
  const plane = [x, y].map(
    (axis) => `${axis.label} from ${formatNumber(axis.range[0])} to ${formatNumber(axis.range[1])}`,
  );
  const parts = panels.map(({ name }, index) => {
    const [low, high] = own[index] ?? all;
    return `${name}: ${formatNumber(low)} to ${formatNumber(high)}.`;
  });
  return `Maps of ${label} over a plane, ${plane.join(', ')}. ${parts.join(' ')}`;
}

import type { Plot } from './axes.js';
import { fail, requireDistinctNames, requireFinite, requireNotEmpty, requireSameLength } from './check.js';
import { extent } from './extent.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { axisText } from './heat-maps.js';
import { coordinate, formatFixed, formatNumber } from './number-format.js';
import { drawFrame, drawPanelAxes, drawPanelName, drawSharedLabels, layOutPanels } from './panels.js';
import { dotsPath, sampleIndices } from './point-cloud.js';
import { position, type Scale } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';
import { VALUE_STEPS } from './theme.js';

/** What {@link pairScatter} draws. */
export type PairScatter = {
  /** One small plot each, named above it: a layer. */
  readonly panels: readonly {
    readonly name: string;
    /** Two numbers a pair; of more than 1500 pairs an even sample is drawn. */
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
    /** A third number a pair: the colour; the end colours are those below the 2nd and above the 98th percentile. */
    readonly value?: ArrayLike<number>;
    /** The fitted line y = intercept + slope x. */
    readonly line?: { readonly slope: number; readonly intercept: number };
    /** Of all pairs, -1 to 1. */
    readonly correlation?: number;
  }[];
  /** Axis labels with units. */
  readonly x: string;
  readonly y: string;
  /** What `value` is, with its unit. */
  readonly value?: string;
  readonly title: string;
};

/**
 * Draws many pairs of numbers as small multiples of points, coloured by a third number, with a fitted line and the
 * correlation: distances within a class in a hidden layer against those of the inputs, a panel a layer
 * (arXiv 2211.01236). All panels share the horizontal axis; each has a vertical one of its own.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel, names repeat, lengths differ, a number is not finite, values have no label, or
 * a correlation is outside [-1, 1]
 * @example
 * const svg = pairScatter({
 *   panels: [{ name: 'layer 5', x: inputDistances, y: hiddenDistances, value: toBoundary, correlation: 0.93,
 *     line: { slope: 0.1, intercept: 0 } }],
 *   x: 'distance of the inputs', y: 'distance in the layer', value: 'distance to the boundary', title: 'Isometry',
 * });
 */
export function pairScatter(figure: PairScatter): string {
  validate(figure);
  const { panels, title } = figure;
  const colours = valueRange(figure);
  const head = colours === undefined ? 8 : 48;
  const grid = layOutPanels(panels.length, head, {
    left: 74,
    between: 52,
    above: 22,
    below: 16,
    bottom: 50,
    aspect: panels.length === 1 ? 0.8 : 0.9,
    perRow: 2,
    largest: 390,
  });
  const across = extent(panels.map(({ x }) => x));
  const counts = panels.map(({ x }) => sampleIndices(x.length, POINTS).length);

  return svgFigure({
    kind: 'pairs',
    title,
    description: describe(figure, counts),
    height: head + grid.height,
    draw: (id) =>
      [
        colours === undefined ? '' : drawValueSteps(figure.value ?? '', colours),
        ...panels.map((panel, index) => {
          const plot = grid.plots[index];
          if (plot === undefined) return '';
          const x = axisScale(across, plot.left, plot.left + plot.width);
          const y = axisScale(extent([panel.y]), plot.top + plot.height, plot.top);
          const detail = panel.correlation === undefined ? '' : `r = ${formatFixed(panel.correlation, 2)}`;
          return [
            drawPanelName(panel.name, detail, plot, plot.top - 7),
            drawPanelAxes(plot, x, y, { labelX: grid.isLowest[index] === true, labelY: true, grid: true }),
            drawDots(panel, x, y, colours),
            panel.line === undefined ? '' : drawLine(panel.line, `${id}-plot-${index}`, plot, x, y),
            drawFrame(plot),
          ].join('\n');
        }),
        drawSharedLabels(grid, axisText(figure.x), axisText(figure.y), head + grid.height - 8),
      ].join('\n'),
  });
}

type Panel = PairScatter['panels'][number];

const POINTS = 1500;

function axisScale([low, high]: readonly [number, number], from: number, to: number): Scale {
  const margin = high > low ? 0.04 * (high - low) : Math.abs(low) / 2 || 1;
  // Distances begin at 0: pairs of equal points belong to the picture.
  const bottom = low >= 0 && low < (high - low) / 2 ? 0 : low - margin;
  return { kind: 'linear', domain: [bottom, high + margin], from, to };
}

function drawDots(
  { x: xs, y: ys, value }: Panel,
  x: Scale,
  y: Scale,
  colours: readonly [number, number] | undefined,
): string {
  const groups = Array.from({ length: VALUE_STEPS }, (): { x: number; y: number }[] => []);
  for (const index of sampleIndices(xs.length, POINTS)) {
    const step = value === undefined || colours === undefined ? 0 : stepOf(Number(value[index]), colours);
    groups[step]?.push({ x: position(x, Number(xs[index])), y: position(y, Number(ys[index])) });
  }
  return groups
    .map((points, step) =>
      points.length === 0
        ? ''
        : `<path class="${value === undefined ? 'stroke-0' : `value-${step}`}" stroke-width="2.6" stroke-linecap="round" stroke-opacity="0.75" d="${dotsPath(points)}"/>`,
    )
    .join('');
}

function stepOf(value: number, [low, high]: readonly [number, number]): number {
  const share = high > low ? (value - low) / (high - low) : 0;
  return Math.min(VALUE_STEPS - 1, Math.max(0, Math.floor(share * VALUE_STEPS)));
}

function drawLine(
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
  id: string,
  plot: Plot,
  x: Scale,
  y: Scale,
): string {
  const [start, end] = x.domain.map((value) => ({
    x: coordinate(position(x, value)),
    y: coordinate(position(y, intercept + slope * value)),
  }));
  const path = `x1="${start?.x}" y1="${start?.y}" x2="${end?.x}" y2="${end?.y}"`;
  const label = `slope ${formatNumber(slope)}`;
  return [
    `<clipPath id="${id}"><rect x="${plot.left}" y="${plot.top}" width="${plot.width}" height="${plot.height}"/></clipPath>`,
    `<g clip-path="url(#${id})"><line class="edge" stroke-width="4" ${path}/><line class="rule" stroke-width="1.6" ${path}/></g>`,
    `<text class="ink halo" x="${plot.left + plot.width - 6}" y="${plot.top + plot.height - 8}" text-anchor="end">${label}</text>`,
  ].join('');
}

function drawValueSteps(label: string, [low, high]: readonly [number, number]): string {
  const labels = [`≤ ${formatNumber(low)}`, `≥ ${formatNumber(high)}`] as const;
  const left = MARGIN + estimatedWidth(labels[0], 13) + 4;
  const width = 20;
  const steps = Array.from(
    { length: VALUE_STEPS },
    (_, step) =>
      `<rect class="value-${step}" stroke-width="0" x="${coordinate(left + step * width)}" y="24" width="${width}" height="11"/>`,
  );
  return [
    `<text class="ink" x="${MARGIN}" y="14">${escapeText(shortenText(`colour: ${label}`, FIGURE_WIDTH - 2 * MARGIN, 13))}</text>`,
    `<text class="muted" x="${MARGIN}" y="34">${labels[0]}</text>`,
    ...steps,
    `<text class="muted" x="${coordinate(left + VALUE_STEPS * width + 6)}" y="34">${labels[1]}</text>`,
  ].join('');
}

/** From the 2nd to the 98th percentile: a few outliers must not take all the colours. */
function valueRange({ panels }: PairScatter): [number, number] | undefined {
  const lists = panels.flatMap(({ value }) => (value === undefined ? [] : [value]));
  if (lists.length === 0) return undefined;
  const sorted = Float64Array.from(lists.flatMap((list) => Array.from(list))).sort();
  const last = sorted.length - 1;
  return [sorted[Math.floor(0.02 * last)] ?? 0, sorted[Math.ceil(0.98 * last)] ?? 0];
}

function validate({ panels, value: label }: PairScatter): void {
  const operation = 'pairScatter';
  requireDistinctNames(operation, 'panels', panels);
  for (const { name, x, y, value, line, correlation } of panels) {
    requireNotEmpty(operation, `x of ${name}`, x);
    requireSameLength(operation, `x of ${name}`, x.length, 'y', y.length);
    requireFinite(operation, `x of ${name}`, x);
    requireFinite(operation, `y of ${name}`, y);
    if (value !== undefined) {
      requireSameLength(operation, `x of ${name}`, x.length, 'value', value.length);
      requireFinite(operation, `value of ${name}`, value);
      if (label === undefined) fail(operation, 'a label for the values', 'none');
    }
    if (line !== undefined) requireFinite(operation, `the line of ${name}`, [line.slope, line.intercept]);
    if (correlation !== undefined && !(Math.abs(correlation) <= 1))
      fail(operation, `a correlation of ${name} from -1 to 1`, String(correlation));
  }
}

function describe({ panels, x, y }: PairScatter, counts: readonly number[]): string {
  const parts = panels.map((panel, index) => {
    const drawn = counts[index] === panel.x.length ? '' : `, ${counts[index]} of them drawn`;
    const slope = panel.line === undefined ? '' : `, slope ${formatNumber(panel.line.slope)}`;
    const correlation =
      panel.correlation === undefined ? '' : `, correlation ${formatFixed(panel.correlation, 2)}`;
    return `${panel.name}: ${panel.x.length} pairs${drawn}${slope}${correlation}.`;
  });
  return `${y} against ${x}. ${parts.join(' ')}`;
}

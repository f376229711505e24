import { AXIS_HEIGHT, type Plot } from './axes.js';
import { requireDistinctNames, requireFractions, requireIntervals } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { layOutLegend } from './legend.js';
import { drawMarker, type MarkerStyle } from './marks.js';
import { coordinate, formatFixed, formatNumber } from './number-format.js';
import { position, type Scale, ticks } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** What {@link accuracyBars} draws. */
export type AccuracyBars = {
  readonly models: readonly {
    readonly name: string;
    /** Share of correctly classified images, 0 to 1. */
    readonly accuracy: number;
    /** [low, high], 0 to 1: drawn as a whisker. */
    readonly interval?: readonly [number, number];
    /** The accuracy that was published, 0 to 1: drawn as a diamond. */
    readonly published?: number;
  }[];
  /** Accuracy of guessing, 0 to 1: drawn as a dashed line. */
  readonly chance?: number;
  readonly title: string;
};

/**
 * Draws the accuracy of models as horizontal bars from 0 to 1: names of any length fit, and lengths compare honestly.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no model, names repeat, or a number is outside [0, 1]
 * @example
 * const svg = accuracyBars({ models: [{ name: 'KH', accuracy: 0.47 }, { name: 'SHLP', accuracy: 0.56 }], title: 'Test accuracy' });
 */
export function accuracyBars({ models, chance, title }: AccuracyBars): string {
  validate({ models, title, ...(chance === undefined ? {} : { chance }) });
  const widestName = Math.max(...models.map(({ name }) => estimatedWidth(name, 13)));
  const left = MARGIN + Math.min(NAME_ROOM, widestName) + 8;
  const hasPublished = models.some(({ published }) => published !== undefined);
  const legend = layOutLegend(
    hasPublished ? [{ key: { kind: 'marker', style: PUBLISHED }, name: 'published', detail: '' }] : [],
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const plot: Plot = {
    left,
    top: legend.height + 6,
    width: FIGURE_WIDTH - MARGIN - VALUE_ROOM - left,
    height: models.length * ROW + 8,
  };
  const x: Scale = { kind: 'linear', domain: [0, 1], from: plot.left, to: plot.left + plot.width };

  return svgFigure({
    kind: 'accuracy',
    title,
    description: describe({ models, title, ...(chance === undefined ? {} : { chance }) }),
    height: plot.top + plot.height + AXIS_HEIGHT,
    draw: () =>
      [
        legend.markup,
        drawAxis(plot, x, chance),
        ...models.map((model, index) => drawModel(model, plot, x, plot.top + 4 + index * ROW)),
        chance === undefined ? '' : drawChance(chance, x, plot),
      ].join('\n'),
  });
}

const PUBLISHED: MarkerStyle = { colour: 'ink', marker: 'diamond' };
const ROW = 30;
const BAR = 20;
const NAME_ROOM = 190;
const VALUE_ROOM = 52;

type Model = AccuracyBars['models'][number];

function validate({ models, chance }: AccuracyBars): void {
  const operation = 'accuracyBars';
  requireDistinctNames(operation, 'models', models);
  for (const { name, accuracy, interval, published } of models) {
    requireFractions(operation, `the accuracy of ${name}`, [accuracy]);
    if (published !== undefined)
      requireFractions(operation, `the published accuracy of ${name}`, [published]);
    const intervals = interval === undefined ? [] : [interval];
    requireIntervals(operation, `the interval of ${name}`, intervals, isFraction, 'numbers from 0 to 1');
  }
  if (chance !== undefined) requireFractions(operation, 'chance', [chance]);
}

function isFraction(value: number): boolean {
  return value >= 0 && value <= 1;
}

function drawAxis(plot: Plot, x: Scale, chance: number | undefined): string {
  const bottom = plot.top + plot.height;
  const marks = ticks(x, 46).map(({ value, label }) => {
    const at = coordinate(position(x, value));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/><text class="muted" x="${at}" y="${bottom + 20}" text-anchor="middle">${label}</text>`;
  });
  const middle = coordinate(plot.left + plot.width / 2);
  const label = chance === undefined ? 'accuracy' : `accuracy (dashed: chance ${formatNumber(chance)})`;
  return `${marks.join('\n')}\n<text class="ink" x="${middle}" y="${bottom + 41}" text-anchor="middle">${label}</text>`;
}

function drawModel(
  { name, accuracy, interval, published }: Model,
  plot: Plot,
  x: Scale,
  top: number,
): string {
  const middle = coordinate(top + BAR / 2);
  const baseline = coordinate(top + BAR / 2 + 4.5);
  const shown = shortenText(name, NAME_ROOM, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const width = coordinate(position(x, accuracy) - plot.left);
  const parts = [
    `<text class="ink" x="${coordinate(plot.left - 8)}" y="${baseline}" text-anchor="end">${fullName}${escapeText(shown)}</text>`,
    `<rect class="fill-0" x="${coordinate(plot.left)}" y="${top}" width="${width}" height="${BAR}"/>`,
    `<text class="ink" x="${FIGURE_WIDTH - MARGIN}" y="${baseline}" text-anchor="end">${formatFixed(accuracy, 3)}</text>`,
  ];
  if (interval !== undefined) {
    const [low, high] = interval.map((value) => coordinate(position(x, value)));
    // A wide edge in the paper's colour keeps the whisker apart from the bar below it.
    const path = `M${low} ${top + 5}v10M${high} ${top + 5}v10M${low} ${middle}H${high}`;
    parts.push(
      `<path class="edge" fill="none" stroke-width="4" d="${path}"/><path class="rule" fill="none" stroke-width="1.5" d="${path}"/>`,
    );
  }
  if (published !== undefined) {
    parts.push(drawMarker({ x: position(x, published), y: top + BAR / 2 }, PUBLISHED));
  }
  return parts.join('\n');
}

function drawChance(chance: number, x: Scale, plot: Plot): string {
  const at = coordinate(position(x, chance));
  const path = `x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.top + plot.height}"`;
  return `<line class="edge" ${path} stroke-width="3"/><line class="rule" ${path} stroke-width="1.2" stroke-dasharray="3 4"/>`;
}

function describe({ models, chance }: AccuracyBars): string {
  const parts = models.map(({ name, accuracy, interval, published }) => {
    const range =
      interval === undefined ? '' : ` (${formatFixed(interval[0], 3)} to ${formatFixed(interval[1], 3)})`;
    const other = published === undefined ? '' : `, published ${formatFixed(published, 3)}`;
    return `${name} ${formatFixed(accuracy, 3)}${range}${other}`;
  });
  const guess = chance === undefined ? '' : ` A dashed line shows chance, ${formatFixed(chance, 3)}.`;
  return `Accuracy of ${models.length} ${models.length === 1 ? 'model' : 'models'}: ${parts.join(', ')}.${guess}`;
}

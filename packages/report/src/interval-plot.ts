import { AXIS_HEIGHT, type Plot } from './axes.js';
import { requireDistinctNames, requireFinite, requireIntervals, requirePositive } from './check.js';
import { extent } from './extent.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { axisText } from './heat-maps.js';
import { layOutLegend } from './legend.js';
import { drawMarker } from './marks.js';
import { coordinate, formatNumber } from './number-format.js';
import { position, type Scale, ticks } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** What {@link intervalPlot} draws. */
export type IntervalPlot = {
  readonly rows: readonly {
    readonly name: string;
    readonly estimate: number;
    /** [low, high]. */
    readonly interval?: readonly [number, number];
    /** How the estimate is judged: the marker's shape and colour; in ink where absent. */
    readonly verdict?: 'holds' | 'fails' | 'undecided';
  }[];
  /** What estimates are compared with: a line with its name. */
  readonly threshold?: { readonly value: number; readonly name: string };
  /** What is estimated, with its unit: 'ratio of median critical distances'. */
  readonly label: string;
  /** Linear where absent. */
  readonly scale?: 'linear' | 'logarithmic';
  readonly title: string;
};

/**
 * Draws estimates with their intervals below each other against one threshold: which of a paper's claims the numbers carry.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no row, names repeat, a number is not finite (or not above 0 on a logarithmic axis), or an
 * interval does not ascend
 * @example
 * const svg = intervalPlot({
 *   rows: [{ name: 'KH over L2', estimate: 1.17, interval: [1.11, 1.24], verdict: 'holds' }],
 *   threshold: { value: 1, name: 'equal' }, label: 'ratio of median critical distances', title: 'More robust?',
 * });
 */
export function intervalPlot(figure: IntervalPlot): string {
  validate(figure);
  const { rows, threshold, label, title } = figure;
  const legend = layOutLegend(
    [
      ...verdictsOf(figure).map((verdict) => ({
        key: { kind: 'marker', style: VERDICTS[verdict] } as const,
        name: verdict,
        detail: '',
      })),
      ...(threshold === undefined
        ? []
        : [{ key: { kind: 'rule', dash: DASH } as const, name: threshold.name, detail: '' }]),
    ],
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const nameRoom = Math.min(190, Math.max(...rows.map(({ name }) => estimatedWidth(name, 13))));
  const valueRoom = Math.max(...rows.map(({ estimate }) => estimatedWidth(formatNumber(estimate), 13)));
  const left = MARGIN + nameRoom + 12;
  const plot: Plot = {
    left,
    top: legend.height + 8,
    width: FIGURE_WIDTH - MARGIN - valueRoom - 12 - left,
    height: rows.length * ROW + 6,
  };
  const x: Scale = {
    kind: figure.scale ?? 'linear',
    domain: domainOf(figure),
    from: plot.left,
    to: plot.left + plot.width,
  };

  return svgFigure({
    kind: 'intervals',
    title,
    description: describe(figure),
    height: plot.top + plot.height + AXIS_HEIGHT,
    draw: () =>
      [
        legend.markup,
        drawAxis(plot, x, axisText(label)),
        threshold === undefined ? '' : drawThreshold(threshold.value, plot, x),
        ...rows.map((row, index) => drawRow(row, plot, x, plot.top + 3 + (index + 0.5) * ROW, nameRoom)),
      ].join('\n'),
  });
}

type Row = IntervalPlot['rows'][number];
type Verdict = NonNullable<Row['verdict']>;

const ROW = 26;
const DASH = '5 4';

/** Shapes differ as colours do. */
const VERDICTS = {
  holds: { colour: 0, marker: 'circle' },
  fails: { colour: 1, marker: 'square' },
  undecided: { colour: 5, marker: 'diamond' },
} as const;

function verdictsOf({ rows }: IntervalPlot): Verdict[] {
  return (['holds', 'fails', 'undecided'] as const).filter((verdict) =>
    rows.some((row) => row.verdict === verdict),
  );
}

function domainOf({ rows, threshold, scale }: IntervalPlot): [number, number] {
  const values = rows.flatMap(({ estimate, interval = [] }) => [estimate, ...interval]);
  const [low, high] = extent([values, threshold === undefined ? [] : [threshold.value]]);
  if (scale === 'logarithmic') {
    const factor = low < high ? (high / low) ** 0.06 : 2;
    return [low / factor, high * factor];
  }
  const margin = low < high ? 0.06 * (high - low) : Math.abs(low) / 2 || 1;
  return [low - margin, high + margin];
}

function drawAxis(plot: Plot, x: Scale, label: string): string {
  const bottom = plot.top + plot.height;
  const marks = ticks(x, 46).map(({ value, label: text }) => {
    const at = coordinate(position(x, value));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/><text class="muted" x="${at}" y="${bottom + 20}" text-anchor="middle">${text}</text>`;
  });
  return `${marks.join('\n')}\n<text class="ink" x="${FIGURE_WIDTH / 2}" y="${bottom + 41}" text-anchor="middle">${label}</text>`;
}

function drawThreshold(value: number, plot: Plot, x: Scale): string {
  const at = coordinate(position(x, value));
  return `<line class="rule" x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.top + plot.height}" stroke-width="1.4" stroke-dasharray="${DASH}"/>`;
}

function drawRow(
  { name, estimate, interval, verdict }: Row,
  plot: Plot,
  x: Scale,
  middle: number,
  nameRoom: number,
): string {
  const shown = shortenText(name, nameRoom, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const baseline = coordinate(middle + 4.5);
  const style = verdict === undefined ? ({ colour: 'ink', marker: 'circle' } as const) : VERDICTS[verdict];
  const parts = [
    `<text class="ink" x="${coordinate(plot.left - 12)}" y="${baseline}" text-anchor="end">${fullName}${escapeText(shown)}</text>`,
    `<text class="muted" x="${FIGURE_WIDTH - MARGIN}" y="${baseline}" text-anchor="end">${formatNumber(estimate)}</text>`,
  ];
  if (interval !== undefined) {
    const [low, high] = interval.map((value) => coordinate(position(x, value)));
    const stroke = style.colour === 'ink' ? 'rule' : `stroke-${style.colour}`;
    const y = coordinate(middle);
    parts.push(
      `<path class="${stroke}" fill="none" stroke-width="2" d="M${low} ${y}H${high}M${low} ${coordinate(middle - 4)}v8M${high} ${coordinate(middle - 4)}v8"/>`,
    );
  }
  parts.push(drawMarker({ x: position(x, estimate), y: middle }, style));
  return parts.join('');
}

function validate({ rows, threshold, scale }: IntervalPlot): void {
  const operation = 'intervalPlot';
  requireDistinctNames(operation, 'rows', rows);
  const isLogarithmic = scale === 'logarithmic';
  const check = isLogarithmic ? requirePositive : requireFinite;
  for (const { name, estimate, interval } of rows) {
    check(operation, `the estimate of ${name}`, [estimate]);
    if (interval === undefined) continue;
    const isAllowed = (value: number) => Number.isFinite(value) && (!isLogarithmic || value > 0);
    const allowed = isLogarithmic ? 'numbers above 0' : 'finite numbers';
    requireIntervals(operation, `the interval of ${name}`, [interval], isAllowed, allowed);
  }
  if (threshold !== undefined) check(operation, 'the threshold', [threshold.value]);
}

function describe({ rows, threshold, label }: IntervalPlot): string {
  const parts = rows.map(({ name, estimate, interval, verdict }) => {
    const range =
      interval === undefined ? '' : ` (${formatNumber(interval[0])} to ${formatNumber(interval[1])})`;
    return `${name} ${formatNumber(estimate)}${range}${verdict === undefined ? '' : `, ${verdict}`}`;
  });
  const against =
    threshold === undefined ? '' : ` A dashed line: ${threshold.name}, ${formatNumber(threshold.value)}.`;
  return `Estimates of ${label}: ${parts.join('; ')}.${against}`;
}

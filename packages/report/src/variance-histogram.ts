import { AXIS_HEIGHT, drawAxes, type Plot } from './axes.js';
import { fail, requireNonNegative, requireNotEmpty, requirePositive } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { type LegendEntry, layOutLegend } from './legend.js';
import { coordinate, formatNumber } from './number-format.js';
import { axisUnit, niceStep, position, type Scale } from './scale.js';

/** What {@link varianceHistogram} draws. */
export type VarianceHistogram = {
  /** Variance of each hidden unit's weights, one a unit. */
  readonly variances: ArrayLike<number>;
  /** Units with a variance of at least `value` are pruned. */
  readonly threshold: { readonly kind: 'cut'; readonly value: number } | { readonly kind: 'none' };
  /** Logarithmic where the variances span powers of ten; those that are 0 are then left out and counted below. */
  readonly scale?: 'linear' | 'logarithmic';
  readonly title: string;
};

/**
 * Draws how many hidden units have which variance of their weights, and the cut that prunes the noisy ones
 * (arXiv 2405.00679, figure 1). Bins meet at the cut, so that each bar is wholly kept or wholly pruned.
 *
 * @returns a standalone SVG document
 * @throws Error when there are no variances, one is negative or not finite, or the cut is not above 0
 * @example
 * const svg = varianceHistogram({ variances, threshold: { kind: 'cut', value: 0.0015 }, title: 'Variance of synapses' });
 */
export function varianceHistogram(histogram: VarianceHistogram): string {
  const { threshold, title } = histogram;
  const scaleKind = histogram.scale ?? 'linear';
  const all = validate(histogram);
  const values = scaleKind === 'linear' ? all : all.filter((value) => value > 0);
  if (values.length === 0) fail('varianceHistogram', 'a variance above 0 on a logarithmic scale', 'none');
  const leftOut = all.length - values.length;
  const bins = countInBins(values, threshold, scaleKind);
  const largestCount = Math.max(...bins.counts);
  const keptCount =
    threshold.kind === 'cut' ? all.filter((value) => value < threshold.value).length : all.length;

  const legend = layOutLegend(
    legendEntries(histogram, keptCount, all.length),
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const plot: Plot = { left: 70, top: legend.height + 14, width: 390, height: 230 };
  // One empty bin of margin, but not below 0, where no variance is.
  const start =
    scaleKind === 'linear' ? Math.min(edge(bins, 0), Math.max(0, edge(bins, -1))) : edge(bins, -1);
  const domain = [start, edge(bins, bins.counts.length + 1)] as const;
  const x: Scale = { kind: scaleKind, domain, from: plot.left, to: plot.left + plot.width };
  const countStep = Math.max(1, niceStep(largestCount, 6));
  const highest = Math.ceil(largestCount / countStep) * countStep;
  const y: Scale = { kind: 'counting', domain: [0, highest], from: plot.top + plot.height, to: plot.top };
  const unit = scaleKind === 'linear' ? axisUnit(domain[1]) : 1;
  const note = leftOut === 0 ? '' : `${leftOut} of ${all.length} units with variance 0 are not drawn`;

  return svgFigure({
    kind: 'variances',
    title,
    description: describe(histogram, all, keptCount, note),
    height: plot.top + plot.height + AXIS_HEIGHT + (note === '' ? 0 : 20),
    draw: () =>
      [
        legend.markup,
        drawAxes(
          plot,
          { scale: x, label: 'variance of the weights of a unit', unit },
          { scale: y, label: 'units', unit: 1 },
        ),
        ...bins.counts.map((count, index) => drawBar(bins, index, count, threshold, x, y)),
        threshold.kind === 'cut' ? drawCut(threshold.value, x, plot) : '',
        note === ''
          ? ''
          : `<text class="muted" x="${MARGIN}" y="${plot.top + plot.height + 62}">${note}</text>`,
      ].join('\n'),
  });
}

/** Bin i goes from start + i step to start + (i + 1) step, of the variance or of its decimal logarithm. */
type Bins = {
  readonly start: number;
  readonly step: number;
  readonly logarithmic: boolean;
  readonly counts: number[];
};

const BINS = 60;

/** Values that differ by less, relative to the largest, fall into one bin: edges closer than that round to each other. */
const NARROWEST = 1e-6;

function validate({ variances, threshold }: VarianceHistogram): number[] {
  const operation = 'varianceHistogram';
  requireNotEmpty(operation, 'variances', variances);
  requireNonNegative(operation, 'variances', variances);
  if (threshold.kind === 'cut') requirePositive(operation, 'the cut', [threshold.value]);
  return Array.from(variances);
}

function countInBins(
  values: readonly number[],
  threshold: VarianceHistogram['threshold'],
  scale: 'linear' | 'logarithmic',
): Bins {
  const transform = scale === 'linear' ? (value: number) => value : Math.log10;
  const places = values.map(transform);
  const anchors = threshold.kind === 'cut' ? [transform(threshold.value)] : [];
  const low = Math.min(...spread(places), ...anchors);
  const high = Math.max(...spread(places), ...anchors);
  const narrowest = Math.max(NARROWEST * Math.max(Math.abs(low), Math.abs(high)), Number.EPSILON ** 2);
  const step = (high - low > narrowest ? high - low : Math.max(Math.abs(high), 1e-3)) / BINS;
  const anchor = anchors[0] ?? low;
  const first = Math.min(low < anchor ? -1 : 0, Math.floor((low - anchor) / step + 1e-9));
  const last = Math.floor((high - anchor) / step + 1e-9);
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const place of places) {
    // Which side of the cut is decided by the comparison that prunes, not by a rounded division.
    const [lowest, highest] = anchors.length === 0 ? [first, last] : place < anchor ? [first, -1] : [0, last];
    const bin = Math.min(highest, Math.max(lowest, Math.floor((place - anchor) / step)));
    counts[bin - first] = (counts[bin - first] ?? 0) + 1;
  }
  return { start: anchor + first * step, step, logarithmic: scale === 'logarithmic', counts };
}

/** Smallest and largest alone: thousands of values are too many arguments for Math.min. */
function spread(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

function edge({ start, step, logarithmic }: Bins, index: number): number {
  const place = start + index * step;
  return logarithmic ? 10 ** place : place;
}

function drawBar(
  bins: Bins,
  index: number,
  count: number,
  threshold: VarianceHistogram['threshold'],
  x: Scale,
  y: Scale,
): string {
  if (count === 0) return '';
  const left = position(x, edge(bins, index));
  const right = position(x, edge(bins, index + 1));
  const top = position(y, count);
  const middle = edge(bins, index + 0.5);
  const isPruned = threshold.kind === 'cut' && middle >= threshold.value;
  return `<rect class="fill-${isPruned ? 1 : 0}" x="${coordinate(left + 0.5)}" y="${coordinate(top)}" width="${coordinate(right - left - 1)}" height="${coordinate(y.from - top)}"/>`;
}

function drawCut(value: number, x: Scale, plot: Plot): string {
  const at = coordinate(position(x, value));
  return `<line class="rule" x1="${at}" x2="${at}" y1="${plot.top}" y2="${plot.top + plot.height}" stroke-width="1.5" stroke-dasharray="5 4"/>`;
}

function legendEntries({ threshold }: VarianceHistogram, kept: number, total: number): LegendEntry[] {
  if (threshold.kind === 'none')
    return [
      {
        key: { kind: 'bar', colour: 0 },
        name: `${total} ${total === 1 ? 'unit' : 'units'}, no cut`,
        detail: '',
      },
    ];
  return [
    { key: { kind: 'bar', colour: 0 }, name: `${kept} kept`, detail: '' },
    { key: { kind: 'bar', colour: 1 }, name: `${total - kept} pruned`, detail: '' },
    { key: { kind: 'rule', dash: '5 4' }, name: `cut ${formatNumber(threshold.value)}`, detail: '' },
  ];
}

function describe(
  { threshold }: VarianceHistogram,
  all: readonly number[],
  kept: number,
  note: string,
): string {
  const sorted = all.toSorted((first, second) => first - second);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const numbers = [sorted[0] ?? 0, sorted.at(-1) ?? 0, median].map((value) => formatNumber(value));
  const range = `Histogram of the weight variances of hidden units (${all.length}), from ${numbers[0]} to ${numbers[1]}, median ${numbers[2]}.`;
  const cut =
    threshold.kind === 'cut'
      ? ` Cut at ${formatNumber(threshold.value)}: ${kept} kept, ${all.length - kept} pruned.`
      : ' No cut.';
  return range + cut + (note === '' ? '' : ` ${note}.`);
}

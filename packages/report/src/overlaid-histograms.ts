import type { Plot } from './axes.js';
import {
  fail,
  requireAscending,
  requireDistinctNames,
  requireFinite,
  requireNonNegative,
  requireNotEmpty,
} from './check.js';
import { extent } from './extent.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { axisText } from './heat-maps.js';
import { layOutLegend } from './legend.js';
import { coordinate, formatNumber } from './number-format.js';
import { drawFrame, drawPanelAxes, drawPanelName, drawSharedLabels, layOutPanels } from './panels.js';
import { position, type Scale } from './scale.js';
import { seriesStyle } from './theme.js';

/** A histogram that was counted already. */
export type CountedHistogram = {
  readonly name: string;
  /** Edges of the bins, ascending: one more than there are bins. */
  readonly edges: ArrayLike<number>;
  /** Counts or shares of the bins, at least 0; drawn as shares of their sum. */
  readonly counts: ArrayLike<number>;
};

/** What {@link overlaidHistograms} draws. */
export type OverlaidHistograms = {
  /** One small plot each, named above it: a layer. A name keeps its colour in all panels. */
  readonly panels: readonly { readonly name: string; readonly series: readonly CountedHistogram[] }[];
  /** What is counted, with its unit: 'activation'. */
  readonly label: string;
  /** Of the shares; linear where absent. Logarithmic shows rare values beside a full bin at saturation. */
  readonly scale?: 'linear' | 'logarithmic';
  readonly title: string;
};

/**
 * Draws histograms over each other as outlines, a panel a layer: how many activations of vanilla and saturated networks lie
 * where the nonlinearity is flat (arXiv 1703.09202). All panels share both axes.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel or series, names repeat, edges are not one more than counts or do not ascend, a
 * count is negative, or all are 0
 * @example
 * const svg = overlaidHistograms({
 *   panels: [{ name: 'layer 1', series: [{ name: 'vanilla', edges: [0, 0.5, 1], counts: [30, 70] }] }],
 *   label: 'activation', title: 'Saturation by layer',
 * });
 */
export function overlaidHistograms(figure: OverlaidHistograms): string {
  validate(figure);
  const { panels, label, title } = figure;
  const scale = figure.scale ?? 'linear';
  const names = [...new Set(panels.flatMap(({ series }) => series.map(({ name }) => name)))];
  const legend = layOutLegend(
    names.map((name, index) => ({ key: { kind: 'line', style: seriesStyle(index) }, name, detail: '' })),
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const head = legend.height + 4;
  const grid = layOutPanels(panels.length, head, {
    left: 74,
    between: 30,
    above: 24,
    below: 10,
    bottom: 48,
    aspect: 0.75,
    perRow: panels.length === 1 ? 1 : 2,
    largest: 390,
  });
  const across = extent(panels.flatMap(({ series }) => series.map(({ edges }) => edges)));
  const shares = panels.flatMap(({ series }) => series.map(({ counts }) => sharesOf(counts)));
  const smallest = Math.min(...shares.flatMap((list) => list.filter((share) => share > 0)));
  const largest = Math.max(...shares.map((list) => extent([list])[1]));
  const range: [number, number] =
    scale === 'linear' ? [0, largest * 1.05] : [smallest < largest ? smallest / 1.5 : smallest / 10, 1];

  return svgFigure({
    kind: 'histograms',
    title,
    description: describe(figure),
    height: head + grid.height,
    draw: () =>
      [
        legend.markup,
        ...panels.map(({ name, series }, index) => {
          const plot = grid.plots[index];
          if (plot === undefined) return '';
          const x: Scale = {
            kind: 'linear',
            domain: across,
            from: plot.left,
            to: plot.left + plot.width,
          };
          const y: Scale = { kind: scale, domain: range, from: plot.top + plot.height, to: plot.top };
          return [
            drawPanelName(name, '', plot, plot.top - 7),
            drawPanelAxes(plot, x, y, {
              labelX: grid.isLowest[index] === true,
              labelY: index % grid.perRow === 0,
              grid: true,
            }),
            ...series.map((one) => drawSteps(one, names.indexOf(one.name), plot, x, y)),
            drawFrame(plot),
          ].join('\n');
        }),
        drawSharedLabels(grid, axisText(label), 'share', head + grid.height - 8),
      ].join('\n'),
  });
}

function sharesOf(counts: ArrayLike<number>): number[] {
  const list = Array.from(counts);
  const total = list.reduce((sum, count) => sum + count, 0);
  return list.map((count) => count / total);
}

function drawSteps(
  { edges, counts }: CountedHistogram,
  series: number,
  plot: Plot,
  x: Scale,
  y: Scale,
): string {
  const { colour, dash } = seriesStyle(series);
  const bottom = coordinate(plot.top + plot.height);
  const steps = sharesOf(counts).map((share, index) => {
    const height = coordinate(position(y, Math.max(share, y.domain[0])));
    return `V${height}H${coordinate(position(x, Number(edges[index + 1])))}`;
  });
  const path = `M${coordinate(position(x, Number(edges[0])))} ${bottom}${steps.join('')}V${bottom}`;
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path class="fill-${colour}" fill-opacity="0.14" d="${path}Z"/><path class="line stroke-${colour}" stroke-width="1.8"${dashes} d="${path}"/>`;
}

function validate({ panels }: OverlaidHistograms): void {
  const operation = 'overlaidHistograms';
  requireDistinctNames(operation, 'panels', panels);
  for (const panel of panels) {
    requireDistinctNames(operation, `series of ${panel.name}`, panel.series);
    for (const { name, edges, counts } of panel.series) {
      const what = `${name} in ${panel.name}`;
      requireNotEmpty(operation, `counts of ${what}`, counts);
      if (edges.length !== counts.length + 1)
        fail(operation, `${counts.length + 1} edges of ${what}`, String(edges.length));
      requireFinite(operation, `edges of ${what}`, edges);
      requireAscending(operation, `edges of ${what}`, edges);
      requireNonNegative(operation, `counts of ${what}`, counts);
      if (Array.from(counts).every((count) => count === 0))
        fail(operation, `a count above 0 of ${what}`, 'none');
    }
  }
}

function describe({ panels, label }: OverlaidHistograms): string {
  const parts = panels.map(({ name, series }) => {
    const fullest = series.map(({ name: one, edges, counts }) => {
      const shares = sharesOf(counts);
      const bin = shares.indexOf(Math.max(...shares));
      return `${one} ${formatNumber(100 * (shares[bin] ?? 0))} % from ${formatNumber(Number(edges[bin]))} to ${formatNumber(Number(edges[bin + 1]))}`;
    });
    return `${name}, fullest bins: ${fullest.join('; ')}.`;
  });
  return `Histograms of ${label}. ${parts.join(' ')}`;
}

import { AXIS_HEIGHT, drawAxes, type Plot } from './axes.js';
import { fail, requireDistinctNames, requireFinite, requireNotEmpty, requireSameLength } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { type LegendEntry, layOutLegend } from './legend.js';
import { drawBand, drawLine, drawMarkers, type Point } from './marks.js';
import { coordinate, formatNumber, formatWithError } from './number-format.js';
import { position, type Scale } from './scale.js';
import { escapeText, wrapText } from './text.js';
import { seriesStyle } from './theme.js';

/**
 * A line through log-log points: ln(lambda_n / lambda_1) = intercept - alpha ln n, natural logarithms, n from 1.
 * `from` and `to` bound the 0-based slice [from, to) of the eigenvalues that it was fitted to, so n = from + 1 ... to.
 */
export type PowerLawLine = {
  readonly alpha: number;
  readonly standardError: number;
  readonly intercept: number;
  readonly from: number;
  readonly to: number;
};

/** The covariance spectrum of one representation. */
export type Spectrum = {
  readonly name: string;
  /** Descending; divided by the first when drawn. */
  readonly eigenvalues: ArrayLike<number>;
  readonly fit?: PowerLawLine;
  /**
   * Range over seeds of lambda_n / lambda_1 at each rank, drawn as a band; each list as long as `eigenvalues`. What is
   * not above 0 is cut at the lower edge.
   */
  readonly interval?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
};

/** What {@link spectraFigure} draws. */
export type SpectraFigure = {
  readonly series: readonly Spectrum[];
  /** Whether to draw the line 1/n (Stringer et al. 2019). */
  readonly guide: boolean;
  readonly title: string;
};

/**
 * Draws covariance spectra, lambda_n / lambda_1 against the rank n on logarithmic axes, with their power-law fits
 * (arXiv 2405.00679, figures 4 and 5), of models, of sub-populations of units, before and after pruning.
 *
 * Eigenvalues that are rounding (at most 1e-12 of the first, zero or negative) are left out and counted in a note.
 * Ranks are thinned evenly in log n, so that files stay small; each point drawn is an eigenvalue, never a mean.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no series, names repeat, eigenvalues are not finite or not descending, the first is not
 * above 0, a fit's range lies outside the spectrum, or an interval has another length or low above high
 * @example
 * const svg = spectraFigure({
 *   series: [{ name: 'KH', eigenvalues, fit: { alpha: 2.67, standardError: 0.01, intercept: 1.2, from: 10, to: 500 } }],
 *   guide: true,
 *   title: 'Spectra of the hidden layer',
 * });
 */
export function spectraFigure(figure: SpectraFigure): string {
  validate(figure);
  const curves = figure.series.map(toCurve);
  const legend = layOutLegend(legendEntries(figure), MARGIN, FIGURE_WIDTH - 2 * MARGIN);
  const plot: Plot = { left: 70, top: legend.height + 14, width: 390, height: 300 };
  const longest = Math.max(...curves.map((curve) => curve.ranks.at(-1) ?? 1));
  const smallest = Math.min(...curves.map((curve) => curve.ratios.at(-1) ?? 1));
  const x: Scale = {
    kind: 'logarithmic',
    domain: [0.9, Math.max(10, longest) * 1.1],
    from: plot.left,
    to: plot.left + plot.width,
  };
  const y: Scale = {
    kind: 'logarithmic',
    domain: [Math.min(0.1, smallest) / 1.5, 1.5],
    from: plot.top + plot.height,
    to: plot.top,
  };
  const toPoint = (rank: number, ratio: number): Point => ({ x: position(x, rank), y: position(y, ratio) });
  const note = noteOnDropped(curves);
  const noteLines = wrapText(note, FIGURE_WIDTH - 2 * MARGIN, 13);
  const noteTop = plot.top + plot.height + AXIS_HEIGHT;

  return svgFigure({
    kind: 'spectra',
    title: figure.title,
    description: describe(figure, note),
    height: noteTop + noteLines.length * 18,
    draw: (id) => {
      const points = curves.map((curve) =>
        curve.ranks.map((rank, index) => toPoint(rank, curve.ratios[index] ?? 1)),
      );
      const bands = figure.series.map(({ interval }, index) => {
        const ranks = curves[index]?.ranks ?? [];
        if (interval === undefined) return '';
        const bound = (values: ArrayLike<number>) =>
          ranks.map((rank) => toPoint(rank, Math.max(y.domain[0], Number(values[rank - 1]))));
        return drawBand(bound(interval.low), bound(interval.high), seriesStyle(index));
      });
      return [
        legend.markup,
        drawAxes(plot, { scale: x, label: 'rank n', unit: 1 }, { scale: y, label: RATIO_LABEL, unit: 1 }),
        `<clipPath id="${id}-plot"><rect x="${plot.left}" y="${plot.top}" width="${plot.width}" height="${plot.height}"/></clipPath>`,
        `<g clip-path="url(#${id}-plot)">`,
        figure.guide ? drawRule(toPoint(1, 1), toPoint(longest, 1 / longest), GUIDE_DASH, 1.2) : '',
        ...bands,
        // Wider than the fits, whose lines lie on them.
        ...points.map((line, index) => drawLine(line, seriesStyle(index), 3.5)),
        '</g>',
        ...points.map((line, index) => drawMarkers(line, seriesStyle(index), index, 6)),
        `<g clip-path="url(#${id}-plot)">`,
        ...figure.series.map(({ fit }) => (fit === undefined ? '' : drawFit(fit, toPoint))),
        '</g>',
        ...noteLines.map(
          (line, index) =>
            `<text class="muted" x="${MARGIN}" y="${noteTop + 12 + index * 18}">${escapeText(line)}</text>`,
        ),
      ].join('\n');
    },
  });
}

const GUIDE_DASH = '3 4';
const RATIO_LABEL =
  'λ<tspan dy="4" font-size="10">n</tspan><tspan dy="-4"> / λ</tspan><tspan dy="4" font-size="10">1</tspan>';
/** Below this share of the first eigenvalue, those of a float64 covariance are rounding. */
const ROUNDING = 1e-12;
const POINTS = 240;

function validate({ series }: SpectraFigure): void {
  const operation = 'spectraFigure';
  requireDistinctNames(operation, 'series', series);
  for (const { name, eigenvalues, fit, interval } of series) {
    requireNotEmpty(operation, `the eigenvalues of ${name}`, eigenvalues);
    requireFinite(operation, `the eigenvalues of ${name}`, eigenvalues);
    if (!(Number(eigenvalues[0]) > 0)) {
      fail(operation, `a first eigenvalue above 0 in ${name}`, String(eigenvalues[0]));
    }
    for (let index = 1; index < eigenvalues.length; index++) {
      if (Number(eigenvalues[index]) > Number(eigenvalues[index - 1])) {
        fail(operation, `descending eigenvalues in ${name}`, `a rise at index ${index}`);
      }
    }
    if (interval !== undefined) {
      for (const bound of [interval.low, interval.high]) {
        requireSameLength(
          operation,
          `the eigenvalues of ${name}`,
          eigenvalues.length,
          'its interval',
          bound.length,
        );
        requireFinite(operation, `the interval of ${name}`, bound);
      }
      for (let index = 0; index < eigenvalues.length; index++) {
        if (Number(interval.low[index]) > Number(interval.high[index]))
          fail(operation, `low <= high in the interval of ${name}`, `the contrary at index ${index}`);
      }
    }
    if (fit !== undefined) {
      requireFinite(operation, `the fit of ${name}`, [fit.alpha, fit.standardError, fit.intercept]);
      const isInside = fit.from >= 0 && fit.from < fit.to && fit.to <= eigenvalues.length;
      if (!isInside) {
        fail(operation, `a fit of ${name} within [0, ${eigenvalues.length})`, `[${fit.from}, ${fit.to})`);
      }
    }
  }
}

type Curve = {
  readonly name: string;
  readonly ranks: number[];
  readonly ratios: number[];
  readonly dropped: number;
};

function toCurve({ name, eigenvalues }: Spectrum): Curve {
  const first = Number(eigenvalues[0]);
  let length = 0;
  while (length < eigenvalues.length && Number(eigenvalues[length]) > ROUNDING * first) length++;
  const ranks = thinnedRanks(length);
  const ratios = ranks.map((rank) => Number(eigenvalues[rank - 1]) / first);
  return { name, ranks, ratios, dropped: eigenvalues.length - length };
}

function thinnedRanks(length: number): number[] {
  const ranks = Array.from({ length: POINTS }, (_, index) => Math.round(length ** (index / (POINTS - 1))));
  return [...new Set(ranks)];
}

function noteOnDropped(curves: readonly Curve[]): string {
  const counts = curves.flatMap(({ name, dropped }) => (dropped === 0 ? [] : [`${name} ${dropped}`]));
  return counts.length === 0 ? '' : `Not drawn, at most 1e−12 of the first eigenvalue: ${counts.join(', ')}.`;
}

function drawFit(
  { alpha, intercept, from, to }: PowerLawLine,
  toPoint: (rank: number, ratio: number) => Point,
): string {
  const ratio = (rank: number) => Math.exp(intercept - alpha * Math.log(rank));
  return drawRule(toPoint(from + 1, ratio(from + 1)), toPoint(to, ratio(to)), '', 1);
}

function drawRule(start: Point, end: Point, dash: string, width: number): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<line class="rule" x1="${coordinate(start.x)}" y1="${coordinate(start.y)}" x2="${coordinate(end.x)}" y2="${coordinate(end.y)}" stroke-width="${width}"${dashes}/>`;
}

function legendEntries({ series, guide }: SpectraFigure): LegendEntry[] {
  const entries: LegendEntry[] = series.map(({ name, fit }, index) => ({
    key: { kind: 'series', style: seriesStyle(index) },
    name,
    detail:
      fit === undefined
        ? ''
        : `α = ${formatWithError(fit.alpha, fit.standardError)} over n ${fit.from + 1}–${fit.to}`,
  }));
  if (series.some(({ fit }) => fit !== undefined)) {
    entries.push({ key: { kind: 'rule', dash: '' }, name: 'power-law fits', detail: '' });
  }
  if (guide) entries.push({ key: { kind: 'rule', dash: GUIDE_DASH }, name: '1/n', detail: '' });
  return entries;
}

function describe({ series, guide }: SpectraFigure, note: string): string {
  const parts = series.map(({ name, eigenvalues, fit }) => {
    const alpha =
      fit === undefined
        ? 'no fit'
        : `alpha = ${formatWithError(fit.alpha, fit.standardError)} over ranks ${fit.from + 1} to ${fit.to}`;
    return `${name}: ${eigenvalues.length} eigenvalues, the first ${formatNumber(Number(eigenvalues[0]))}, ${alpha}.`;
  });
  return [
    'Covariance spectra, each eigenvalue divided by the first, against its rank, on logarithmic axes.',
    ...parts,
    ...(guide ? ['A dashed line shows 1/n.'] : []),
    ...(note === '' ? [] : [note]),
  ].join(' ');
}

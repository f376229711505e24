import type { Plot } from './axes.js';
import { FIGURE_WIDTH, MARGIN } from './figure.js';
import { coordinate, formatNumber } from './number-format.js';
import { position, type Scale, ticks } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** Where small multiples lie: panels of one size, row by row. */
export type PanelGrid = {
  readonly perRow: number;
  /** The data rectangle of each panel. */
  readonly plots: readonly Plot[];
  /** Whether no panel lies below this one. */
  readonly isLowest: readonly boolean[];
  readonly height: number;
};

export type PanelRoom = {
  /** Left of every row of panels. */
  readonly left: number;
  /** Between panels of a row. */
  readonly between: number;
  /** Above each panel, for its heading. */
  readonly above: number;
  /** Below each panel that has another one below it. */
  readonly below: number;
  /** Below the lowest panels. */
  readonly bottom: number;
  /** Height of a panel by its width. */
  readonly aspect: number;
  readonly perRow: number;
  /** A panel that is alone need not fill the figure. */
  readonly largest: number;
};

/** Lays out `count` panels below `top`. */
export function layOutPanels(count: number, top: number, room: PanelRoom): PanelGrid {
  const perRow = Math.min(count, room.perRow);
  const free = FIGURE_WIDTH - MARGIN - room.left - (perRow - 1) * room.between;
  const width = Math.min(room.largest, Math.floor(free / perRow));
  const height = Math.round(width * room.aspect);
  const rows = Math.ceil(count / perRow);
  const plots = Array.from({ length: count }, (_, index) => ({
    left: room.left + (index % perRow) * (width + room.between),
    top: top + room.above + Math.floor(index / perRow) * (room.above + height + room.below),
    width,
    height,
  }));
  const total = rows * (room.above + height) + (rows - 1) * room.below + room.bottom;
  return { perRow, plots, isLowest: plots.map((_, index) => index + perRow >= count), height: total };
}

/** The name of a panel above it, with a detail at its right end where both fit. */
export function drawPanelName(name: string, detail: string, plot: Plot, baseline: number): string {
  const detailRoom = Math.min(estimatedWidth(detail, 13), 0.6 * plot.width);
  const nameRoom = plot.width - (detail === '' ? 0 : detailRoom + 8);
  const shown = shortenText(name, nameRoom, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const right = coordinate(plot.left + plot.width);
  const rest = escapeText(shortenText(detail, detailRoom, 13));
  return [
    `<text class="ink" font-weight="600" x="${coordinate(plot.left)}" y="${coordinate(baseline)}">${fullName}${escapeText(shown)}</text>`,
    detail === ''
      ? ''
      : `<text class="muted" x="${right}" y="${coordinate(baseline)}" text-anchor="end">${rest}</text>`,
  ].join('');
}

/** Which axes of a panel have tick labels; the grid is drawn in any case where `grid` is true. */
export type PanelAxes = { readonly labelX: boolean; readonly labelY: boolean; readonly grid: boolean };

/** Ticks and frame of one panel; the axes' own labels are drawn once, by {@link drawSharedLabels}. */
export function drawPanelAxes(plot: Plot, x: Scale, y: Scale, { labelX, labelY, grid }: PanelAxes): string {
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const parts: string[] = [];
  for (const { value, label } of ticks(y, 30)) {
    const at = coordinate(position(y, value));
    if (grid) parts.push(`<line class="grid" x1="${plot.left}" x2="${right}" y1="${at}" y2="${at}"/>`);
    if (labelY) {
      parts.push(
        `<text class="muted" x="${plot.left - 6}" y="${at}" dy="4.5" text-anchor="end">${label}</text>`,
      );
    }
  }
  for (const { value, label } of ticks(x, 36)) {
    const at = coordinate(position(x, value));
    if (grid) parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/>`);
    if (labelX) {
      parts.push(`<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 4}"/>`);
      parts.push(`<text class="muted" x="${at}" y="${bottom + 17}" text-anchor="middle">${label}</text>`);
    }
  }
  return parts.join('\n');
}

export function drawFrame({ left, top, width, height }: Plot): string {
  return `<rect class="axis" fill="none" x="${left}" y="${top}" width="${width}" height="${height}"/>`;
}

/** One label for the horizontal axes of all panels and one for the vertical ones; both are SVG markup. */
export function drawSharedLabels(
  grid: PanelGrid,
  x: string,
  y: string,
  labelTop: number,
  labelLeft = 16,
): string {
  const [first] = grid.plots;
  const last = grid.plots[grid.perRow - 1];
  const lowest = grid.plots.at(-1);
  if (first === undefined || last === undefined || lowest === undefined) return '';
  const middleX = coordinate((first.left + last.left + last.width) / 2);
  const middleY = coordinate((first.top + lowest.top + lowest.height) / 2);
  return [
    `<text class="ink" x="${middleX}" y="${coordinate(labelTop)}" text-anchor="middle">${x}</text>`,
    `<text class="ink" transform="translate(${labelLeft} ${middleY}) rotate(-90)" text-anchor="middle">${y}</text>`,
  ].join('\n');
}

/** Low and high value at the ends of a bar in the given fill, on one line of text. */
export function drawColourBar(
  [low, high]: readonly [number, number],
  fill: string,
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): string {
  const labels = [formatNumber(low), formatNumber(high)];
  const [lowRoom = 0, highRoom = 0] = labels.map((label) => estimatedWidth(label, 13) + 6);
  const barWidth = Math.max(10, width - lowRoom - highRoom);
  return [
    `<text class="muted" x="${coordinate(left)}" y="${coordinate(top + 10)}">${labels[0]}</text>`,
    `<rect x="${coordinate(left + lowRoom)}" y="${coordinate(top)}" width="${coordinate(barWidth)}" height="10" fill="${fill}"/>`,
    `<text class="muted" x="${coordinate(left + width)}" y="${coordinate(top + 10)}" text-anchor="end">${labels[1]}</text>`,
  ].join('');
}

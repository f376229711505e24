import { drawLine, drawMarker, type MarkerStyle } from './marks.js';
import { coordinate } from './number-format.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';
import type { SeriesStyle } from './theme.js';

/** What stands for an entry: a series' line and marker, one of them alone (full or hollow), a bar, a box plot, or a thin rule of the figure itself. */
export type LegendKey =
  | { readonly kind: 'series'; readonly style: SeriesStyle }
  | { readonly kind: 'line'; readonly style: SeriesStyle }
  | { readonly kind: 'marker'; readonly style: MarkerStyle }
  | { readonly kind: 'bar'; readonly colour: number }
  | { readonly kind: 'box' }
  | { readonly kind: 'hollow' }
  | { readonly kind: 'rule'; readonly dash: string };

/** `detail` stands in a column of its own; an entry without one has ''. */
export type LegendEntry = { readonly key: LegendKey; readonly name: string; readonly detail: string };

export type Legend = { readonly height: number; readonly markup: string };

/** A legend above the plot, never over data: entries with a detail one a row, the others as many a row as fit. */
export function layOutLegend(entries: readonly LegendEntry[], left: number, width: number): Legend {
  const detailed = entries.filter((entry) => entry.detail !== '');
  const rows = [
    ...detailed.map((entry) => [entry]),
    ...fillRows(
      entries.filter((entry) => entry.detail === ''),
      width,
    ),
  ];
  const nameRoom = width - keyWidth({ kind: 'rule', dash: '' }) - Math.max(0, ...detailed.map(detailWidth));
  const widestName = Math.max(0, ...detailed.map((entry) => estimatedWidth(entry.name, SIZE)));
  const markup: string[] = [];
  for (const [index, row] of rows.entries()) {
    const baseline = 14 + index * ROW;
    let x = left;
    for (const entry of row) {
      const textLeft = x + keyWidth(entry.key);
      const room = entry.detail === '' ? width - keyWidth(entry.key) : nameRoom;
      const shown = shortenText(entry.name, room, SIZE);
      const fullName = shown === entry.name ? '' : `<title>${escapeText(entry.name)}</title>`;
      markup.push(
        drawKey(entry.key, x, baseline - 4),
        `<text class="ink" x="${coordinate(textLeft)}" y="${baseline}">${fullName}${escapeText(shown)}</text>`,
      );
      if (entry.detail !== '') {
        const detailLeft = textLeft + Math.min(nameRoom, widestName) + DETAIL_GAP;
        markup.push(
          `<text class="ink" x="${coordinate(detailLeft)}" y="${baseline}">${escapeText(entry.detail)}</text>`,
        );
      }
      x += entryWidth(entry, width);
    }
  }
  return { height: rows.length === 0 ? 0 : 4 + rows.length * ROW, markup: markup.join('\n') };
}

const SIZE = 13;
const ROW = 19;
const GAP = 18;
const DETAIL_GAP = 10;

function keyWidth(key: LegendKey): number {
  return ['bar', 'marker', 'hollow'].includes(key.kind) ? 22 : 42;
}

function fillRows(entries: readonly LegendEntry[], width: number): LegendEntry[][] {
  const rows: LegendEntry[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const needed = entryWidth(entry, width);
    if (used + needed - GAP > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(entry);
    used += needed;
  }
  return rows;
}

function entryWidth({ key, name }: LegendEntry, width: number): number {
  const room = width - keyWidth(key);
  return keyWidth(key) + estimatedWidth(shortenText(name, room, SIZE), SIZE) + GAP;
}

function detailWidth({ detail }: LegendEntry): number {
  return estimatedWidth(detail, SIZE) + DETAIL_GAP;
}

function drawKey(key: LegendKey, x: number, y: number): string {
  if (key.kind === 'series' || key.kind === 'line') {
    const line = drawLine(
      [
        { x, y },
        { x: x + 34, y },
      ],
      key.style,
    );
    return key.kind === 'line' ? line : line + drawMarker({ x: x + 17, y }, key.style);
  }
  if (key.kind === 'marker') return drawMarker({ x: x + 8, y }, key.style);
  if (key.kind === 'hollow') {
    return `<circle class="rule" fill="none" stroke-width="1.8" cx="${coordinate(x + 8)}" cy="${y}" r="4"/>`;
  }
  if (key.kind === 'box') {
    return `<path class="rule" fill="none" stroke-width="1.2" d="M${coordinate(x)} ${y}h8M${coordinate(x + 26)} ${y}h8M${coordinate(x + 8)} ${y - 6}h18v12h-18ZM${coordinate(x + 16)} ${y - 6}v12"/>`;
  }
  if (key.kind === 'bar') {
    return `<rect class="fill-${key.colour}" x="${coordinate(x)}" y="${y - 6}" width="14" height="12"/>`;
  }
  const dash = key.dash === '' ? '' : ` stroke-dasharray="${key.dash}"`;
  return `<line class="rule" x1="${coordinate(x)}" x2="${coordinate(x + 34)}" y1="${y}" y2="${y}"${dash}/>`;
}

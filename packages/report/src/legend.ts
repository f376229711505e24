import { drawLine, drawMarker } from './marks.js';
import { coordinate } from './number-format.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';
import type { SeriesStyle } from './theme.js';

/** What stands for an entry: a series' line and marker, a bar, or a thin rule of the figure itself. */
export type LegendKey =
  | { readonly kind: 'series'; readonly style: SeriesStyle }
  | { readonly kind: 'bar'; readonly colour: number }
  | { readonly kind: 'rule'; readonly dash: string };

/** `detail` stands in a column of its own; an entry without one has ''. */
export type LegendEntry = { readonly key: LegendKey; readonly name: string; readonly detail: string };

export type Legend = { readonly height: number; readonly markup: string };

/** A legend above the plot, never over data: rows of entries, or one entry a row where one has a detail. */
export function layOutLegend(entries: readonly LegendEntry[], left: number, width: number): Legend {
  const hasDetails = entries.some((entry) => entry.detail !== '');
  const rows = hasDetails ? entries.map((entry) => [entry]) : fillRows(entries, width);
  const detailRoom = Math.max(0, ...entries.map((entry) => detailWidth(entry)));
  const nameRoom = width - KEY - detailRoom;
  const widestName = Math.max(...entries.map((entry) => estimatedWidth(entry.name, SIZE)));
  const detailLeft = left + KEY + Math.min(nameRoom, widestName) + 10;
  const markup: string[] = [];
  for (const [index, row] of rows.entries()) {
    const baseline = 12 + index * ROW;
    let x = left;
    for (const entry of row) {
      const shown = shortenText(entry.name, hasDetails && entry.detail === '' ? width - KEY : nameRoom, SIZE);
      const fullName = shown === entry.name ? '' : `<title>${escapeText(entry.name)}</title>`;
      markup.push(
        drawKey(entry.key, x, baseline - 4),
        `<text class="ink" x="${coordinate(x + KEY)}" y="${baseline}">${fullName}${escapeText(shown)}</text>`,
      );
      if (entry.detail !== '') {
        markup.push(
          `<text class="ink" x="${coordinate(detailLeft)}" y="${baseline}">${escapeText(entry.detail)}</text>`,
        );
      }
      x += entryWidth(entry, width);
    }
  }
  return { height: rows.length * ROW, markup: markup.join('\n') };
}

const SIZE = 13;
const ROW = 19;
const KEY = 42;
const GAP = 18;

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

function entryWidth(entry: LegendEntry, width: number): number {
  return KEY + estimatedWidth(shortenText(entry.name, width - KEY, SIZE), SIZE) + GAP;
}

function detailWidth(entry: LegendEntry): number {
  return entry.detail === '' ? 0 : estimatedWidth(entry.detail, SIZE) + 10;
}

function drawKey(key: LegendKey, x: number, y: number): string {
  if (key.kind === 'series') {
    const line = drawLine(
      [
        { x, y },
        { x: x + 34, y },
      ],
      key.style,
    );
    return line + drawMarker({ x: x + 17, y }, key.style);
  }
  if (key.kind === 'bar') {
    return `<rect class="fill-${key.colour}" x="${coordinate(x + 20)}" y="${y - 6}" width="14" height="12"/>`;
  }
  const dash = key.dash === '' ? '' : ` stroke-dasharray="${key.dash}"`;
  return `<line class="rule" x1="${coordinate(x)}" x2="${coordinate(x + 34)}" y1="${y}" y2="${y}"${dash}/>`;
}

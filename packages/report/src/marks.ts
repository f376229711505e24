import { coordinate } from './number-format.js';
import type { MarkColour, Marker, SeriesStyle } from './theme.js';

export type Point = { readonly x: number; readonly y: number };

/** The look of a marker alone. */
export type MarkerStyle = { readonly colour: MarkColour; readonly marker: Marker };

/** A curve in a series' colour and dash. */
export function drawLine(points: readonly Point[], style: SeriesStyle, width = 2): string {
  const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
  return `<path class="line stroke-${style.colour}" stroke-width="${width}"${dash} d="${linePath(points)}"/>`;
}

/** The area between two curves, for an interval around a curve. */
export function drawBand(low: readonly Point[], high: readonly Point[], style: SeriesStyle): string {
  return `<path class="fill-${style.colour}" fill-opacity="0.18" d="${linePath([...high, ...low.toReversed()])}Z"/>`;
}

/**
 * Markers on the points of a curve; of many points on some, evenly along its length (where it falls steeply they are needed most), shifted per
 * series so that those of equal curves differ.
 */
export function drawMarkers(
  points: readonly Point[],
  style: SeriesStyle,
  series: number,
  count: number,
): string {
  if (points.length <= 2 * count) return points.map((point) => drawMarker(point, style)).join('');
  const lengths = lengthsAlong(points);
  const total = lengths.at(-1) ?? 0;
  const chosen = new Set<Point>();
  for (let index = 0; index < count; index++) {
    const target = ((index + 0.25 + 0.15 * (series % 5)) / count) * total;
    const next = lengths.findIndex((length) => length >= target);
    const isNearer = next > 0 && target - (lengths[next - 1] ?? 0) < (lengths[next] ?? 0) - target;
    const point = points[isNearer ? next - 1 : next];
    if (point !== undefined) chosen.add(point);
  }
  return [...chosen].map((point) => drawMarker(point, style)).join('');
}

export function drawMarker({ x, y }: Point, style: MarkerStyle): string {
  const fill = style.colour === 'ink' ? 'ink' : `fill-${style.colour}`;
  return `<path class="${fill} edge" d="${markerPath(style.marker, x, y)}"/>`;
}

/** Leaves out the inner points of level runs: the picture is the same and the file smaller. */
export function withoutLevelRuns(points: readonly Point[]): Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    return before === undefined || after === undefined || before.y !== point.y || after.y !== point.y;
  });
}

function linePath(points: readonly Point[]): string {
  return points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${coordinate(x)} ${coordinate(y)}`)
    .join('');
}

function lengthsAlong(points: readonly Point[]): number[] {
  let length = 0;
  return points.map((point, index) => {
    const before = points[index - 1] ?? point;
    length += Math.hypot(point.x - before.x, point.y - before.y);
    return length;
  });
}

function markerPath(marker: Marker, x: number, y: number): string {
  const start = (dx: number, dy: number) => `M${coordinate(x + dx)} ${coordinate(y + dy)}`;
  switch (marker) {
    case 'circle':
      return `${start(-4, 0)}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z`;
    case 'square':
      return `${start(-3.5, -3.5)}h7v7h-7Z`;
    case 'triangle':
      return `${start(0, -5)}l4.5 8h-9Z`;
    case 'diamond':
      return `${start(0, -5)}l5 5l-5 5l-5 -5Z`;
    case 'cross':
      return `${start(-1.5, -4.5)}h3v3h3v3h-3v3h-3v-3h-3v-3h3Z`;
  }
}

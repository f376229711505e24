import { coordinate } from './number-format.js';
import type { Marker, SeriesStyle } from './theme.js';

export type Point = { readonly x: number; readonly y: number };

/** A curve in a series' colour and dash. */
export function drawLine(points: readonly Point[], style: SeriesStyle): string {
  const dash = style.dash === '' ? '' : ` stroke-dasharray="${style.dash}"`;
  return `<path class="line stroke-${style.colour}"${dash} d="${linePath(points)}"/>`;
}

/** The area between two curves, for an interval around a curve. */
export function drawBand(low: readonly Point[], high: readonly Point[], style: SeriesStyle): string {
  return `<path class="fill-${style.colour}" fill-opacity="0.18" d="${linePath([...high, ...low.toReversed()])}Z"/>`;
}

/** Markers on some points of a curve, spread along x, shifted per series so that those of equal curves differ. */
export function drawMarkers(
  points: readonly Point[],
  style: SeriesStyle,
  series: number,
  count: number,
): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  if (points.length === 1) return drawMarker(first, style);
  const chosen = new Set<Point>();
  for (let index = 0; index < count; index++) {
    const x = first.x + ((index + 0.25 + 0.15 * (series % 5)) / count) * (last.x - first.x);
    chosen.add(nearest(points, x));
  }
  return [...chosen].map((point) => drawMarker(point, style)).join('');
}

export function drawMarker({ x, y }: Point, style: SeriesStyle): string {
  return `<path class="fill-${style.colour} edge" d="${markerPath(style.marker, x, y)}"/>`;
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

function nearest(points: readonly Point[], x: number): Point {
  return points.reduce((best, point) => (Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best));
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

import { coordinate } from './number-format.js';

/** Indices of at most `most` of `length` items, spread evenly over them. */
export function sampleIndices(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.floor((index * length) / most));
}

/** Many dots as one path of lines without length, which round caps make visible: a tenth of the size of circles. */
export function dotsPath(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points.map(({ x, y }) => `M${tenth(x)} ${tenth(y)}h0`).join('');
}

function tenth(value: number): string {
  return coordinate(Math.round(value * 10) / 10);
}

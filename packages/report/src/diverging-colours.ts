import { colourAlong, type Rgb } from './colour-scale.js';

/**
 * Blue over near-white to red, equal in lightness on both sides and safe for colour-blind readers: the 11 colours of
 * ColorBrewer's RdBu (Cynthia Brewer, Pennsylvania State University, Apache-2.0), reversed.
 */
export const divergingStops: readonly Rgb[] = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [253, 219, 199],
  [244, 165, 130],
  [214, 96, 77],
  [178, 24, 43],
  [103, 0, 31],
];

/** The colour of `value` on a scale from -limit to limit; beyond it the end colours. */
export function divergingColour(value: number, limit: number): Rgb {
  return colourAlong(divergingStops, (value / limit + 1) / 2);
}

/** One channel of a colour image: -limit is 0, 0 is mid grey (128), limit is 255. */
export function channelLevel(value: number, limit: number): number {
  return Math.round(((Math.min(1, Math.max(-1, value / limit)) + 1) / 2) * 255);
}

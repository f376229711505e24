/** A colour as red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/**
 * From dark violet over green to yellow with evenly rising lightness, the same order for colour-blind readers and in
 * grey: 11 colours of viridis (Smith & van der Walt, matplotlib, CC0).
 */
export const sequentialStops: readonly Rgb[] = [
  [68, 1, 84],
  [72, 36, 117],
  [65, 68, 135],
  [53, 95, 141],
  [42, 120, 142],
  [33, 145, 140],
  [34, 168, 132],
  [66, 190, 113],
  [122, 209, 81],
  [189, 223, 38],
  [253, 231, 37],
];

/** The colour at `share` (0 to 1, beyond it the end colours) of the way through evenly spaced stops. */
export function colourAlong(stops: readonly Rgb[], share: number): Rgb {
  const intervals = stops.length - 1;
  const place = Math.min(1, Math.max(0, share)) * intervals;
  const index = Math.min(intervals - 1, Math.floor(place));
  const low = stops[index] ?? [0, 0, 0];
  const high = stops[index + 1] ?? [0, 0, 0];
  const mixed = low.map((channel, at) => Math.round(channel + (place - index) * ((high[at] ?? 0) - channel)));
  return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0];
}

/** A horizontal gradient of the stops, for a colour bar. */
export function gradientMarkup(id: string, stops: readonly Rgb[]): string {
  const marks = stops.map(
    (colour, index) =>
      `<stop offset="${(index / (stops.length - 1)) * 100}%" stop-color="rgb(${colour.join(',')})"/>`,
  );
  return `<linearGradient id="${id}">${marks.join('')}</linearGradient>`;
}

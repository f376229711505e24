import { encode } from 'fast-png';
import { toBase64 } from './base64.js';
import { coordinate } from './number-format.js';

/** A picture with at most 256 colours: one index a pixel, row by row from the top. */
export type IndexedImage = {
  readonly columns: number;
  readonly rows: number;
  readonly pixels: Uint8Array;
  /** Red, green, blue, opacity; 0 to 255. */
  readonly palette: readonly (readonly [number, number, number, number])[];
};

export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** An image as an embedded PNG: 100 x 100 cells in a few kilobytes, where as many rectangles take megabytes. */
export function drawImage({ columns, rows, pixels, palette }: IndexedImage, box: Box, extra = ''): string {
  const isOpaque = palette.every(([, , , opacity]) => opacity === 255);
  const png = encode({
    width: columns,
    height: rows,
    data: pixels,
    channels: 1,
    depth: 8,
    // The encoder drops full opacities from the list, which would shift the others: 254 keeps them in place.
    palette: isOpaque
      ? palette.map(([red, green, blue]) => [red, green, blue])
      : palette.map(([red, green, blue, opacity]) => [red, green, blue, Math.min(254, opacity)]),
  });
  return `<image${extra} x="${coordinate(box.x)}" y="${coordinate(box.y)}" width="${coordinate(box.width)}" height="${coordinate(box.height)}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${toBase64(png)}"/>`;
}

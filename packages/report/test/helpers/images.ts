import { decode } from 'fast-png';
import { type Element, named } from './xml.js';

export type DecodedImage = {
  readonly width: number;
  readonly height: number;
  readonly className: string | undefined;
  /** Red, green and blue at a column and a row from the top. */
  readonly colour: (column: number, row: number) => readonly number[];
  /** Opacity from 0 to 255. */
  readonly opacity: (column: number, row: number) => number;
};

/** The embedded images with a palette, in document order. */
export function decodeImages(svg: Element): DecodedImage[] {
  return named(svg, 'image').map(({ attributes }) => {
    const bytes = Buffer.from((attributes.href ?? '').replace('data:image/png;base64,', ''), 'base64');
    const { width, height, data, palette = [] } = decode(bytes);
    const entry = (column: number, row: number) => palette[Number(data[row * width + column])] ?? [];
    return {
      width,
      height,
      className: attributes.class,
      colour: (column, row) => entry(column, row).slice(0, 3),
      opacity: (column, row) => entry(column, row)[3] ?? 255,
    };
  });
}

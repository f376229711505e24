import { coordinate } from './number-format.js';
import { escapeText, wrapText } from './text.js';
import { figureStyle } from './theme.js';

/** Width of every figure in user units: at 13 units, text is still read on a screen of 360 pixels. */
export const FIGURE_WIDTH = 480;
export const MARGIN = 16;

export type FigureContent = {
  /** Names the kind of figure in its id. */
  readonly kind: string;
  /** Drawn above the figure, and its accessible name. */
  readonly title: string;
  /** The text alternative: what the figure shows, with its key numbers. */
  readonly description: string;
  /** Height below the title. */
  readonly height: number;
  /** Draws the content; y = 0 is below the title. Definitions that it refers to must begin with the id. */
  readonly draw: (id: string) => string;
};

/** A whole SVG document: standalone, readable in light and dark, safe to inline beside others. */
export function svgFigure({ kind, title, description, height, draw }: FigureContent): string {
  const lines = wrapText(title, FIGURE_WIDTH - 2 * MARGIN, TITLE_SIZE);
  const top = 12 + lines.length * TITLE_LINE;
  // The id comes from the content, so that the same data give the same bytes, and two figures two ids.
  const id = `hebblab-${kind}-${hash(`${title}\n${description}\n${draw('')}`)}`;
  const total = coordinate(top + height);
  const heading = lines.map(
    (line, index) =>
      `<text class="ink" x="${MARGIN}" y="${26 + index * TITLE_LINE}" font-size="${TITLE_SIZE}" font-weight="600">${escapeText(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" id="${id}" width="${FIGURE_WIDTH}" height="${total}" viewBox="0 0 ${FIGURE_WIDTH} ${total}" role="img" aria-labelledby="${id}-title ${id}-description">`,
    `<title id="${id}-title">${escapeText(title)}</title>`,
    `<desc id="${id}-description">${escapeText(description)}</desc>`,
    `<style>${figureStyle(id)}</style>`,
    `<rect class="paper" width="100%" height="100%"/>`,
    ...heading,
    `<g transform="translate(0 ${top})">`,
    draw(id),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const TITLE_SIZE = 16;
const TITLE_LINE = 21;

/** FNV-1a with 32 bits over UTF-16 code units. */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return (state >>> 0).toString(16).padStart(8, '0');
}

/** A colour in the two schemes; the light one is also what printers and plain SVG viewers show. */
export type Colour = { readonly light: string; readonly dark: string };

/** Background, text and lines. Text keeps a contrast of 4.5, marks one of 3 against the paper (WCAG 2.2, AA). */
export const palette = {
  paper: { light: '#ffffff', dark: '#0d1117' },
  ink: { light: '#1f2328', dark: '#e6edf3' },
  muted: { light: '#57606a', dark: '#9da7b3' },
  grid: { light: '#e4e8ec', dark: '#242b35' },
  axis: { light: '#7d8590', dark: '#768390' },
} as const satisfies Record<string, Colour>;

/**
 * Colours of series: the hues of Okabe & Ito (2008), made darker for white paper and lighter for black, because some
 * of the originals (yellow, sky blue) fall below a contrast of 3 on white.
 */
export const seriesColours: readonly Colour[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff8c42' },
  { light: '#00805e', dark: '#2fcf9f' },
  { light: '#b0467f', dark: '#e79ac6' },
  { light: '#8a6a00', dark: '#f0e442' },
  { light: '#3d444d', dark: '#d1d7e0' },
];

/** Dashes differ from their neighbours as colours do, so that no series is told by its colour alone. */
const dashes = ['', '9 4', '2 3', '10 3 2 3', '5 3', '14 4', '6 3 1 3 1 3'];

export type SeriesStyle = { readonly colour: number; readonly dash: string; readonly marker: Marker };
export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross';

/** The look of the i-th series: 6 colours, 7 dashes and 5 markers repeat together after 210. */
export function seriesStyle(index: number): SeriesStyle {
  return {
    colour: index % seriesColours.length,
    dash: dashes[index % dashes.length] ?? '',
    marker: markers[index % markers.length] ?? 'circle',
  };
}

const markers: readonly Marker[] = ['circle', 'square', 'triangle', 'diamond', 'cross'];

/** The style sheet of one figure. Every selector begins with its id: styles of an inlined SVG reach the whole page. */
export function figureStyle(id: string): string {
  const rules = [
    `#${id}{font-family:${FONTS};font-size:13px}`,
    `#${id} .line{fill:none;stroke-linejoin:round}`,
    ...colourRules(id, 'light'),
    `@media screen and (prefers-color-scheme:dark){${colourRules(id, 'dark').join('')}}`,
  ];
  return rules.join('\n');
}

export const FONTS =
  "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif";

function colourRules(id: string, scheme: keyof Colour): string[] {
  const series = seriesColours.flatMap((colour, index) => [
    `#${id} .stroke-${index}{stroke:${colour[scheme]}}`,
    `#${id} .fill-${index}{fill:${colour[scheme]}}`,
  ]);
  return [
    `#${id} .paper{fill:${palette.paper[scheme]}}`,
    `#${id} .ink{fill:${palette.ink[scheme]}}`,
    `#${id} .muted{fill:${palette.muted[scheme]}}`,
    `#${id} .grid{stroke:${palette.grid[scheme]}}`,
    `#${id} .axis{stroke:${palette.axis[scheme]}}`,
    `#${id} .rule{stroke:${palette.ink[scheme]}}`,
    `#${id} .edge{stroke:${palette.paper[scheme]}}`,
    ...series,
  ];
}

import { colourAlong, sequentialStops } from './colour-scale.js';

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
 * Colours of series. The first two hues are those of Okabe & Ito (2008); the others were searched for the largest distance
 * (OKLab) between any two, as seen with normal sight, protanopia and deuteranopia, at a contrast of 3 against the paper.
 */
export const seriesColours: readonly Colour[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff8c42' },
  { light: '#009c78', dark: '#3cd8b4' },
  { light: '#600c60', dark: '#9c3c90' },
  { light: '#30300c', dark: '#fcfc84' },
  { light: '#60606c', dark: '#9c8490' },
  { light: '#309ccc', dark: '#90fcfc' },
  { light: '#b43000', dark: '#cc2418' },
  { light: '#3c00a8', dark: '#9000f0' },
  { light: '#1824fc', dark: '#a86cfc' },
];

/** Steps of a value from low to high, for points: lightness moves away from the paper, and stays clear of it at both ends. */
export const VALUE_STEPS = 8;

/** Shares of the way along the sequential colours that can be seen as points on the paper. */
const valueEnds = { light: [0, 0.62], dark: [0.4, 1] } as const;

/** Dashes differ from their neighbours as colours do, so that no series is told by its colour alone. */
const dashes = ['', '9 4', '2 3', '10 3 2 3', '5 3', '14 4', '6 3 1 3 1 3'];

/** The class of a mark's fill: a colour of the series, or the ink of the text. */
export type MarkColour = number | 'ink';

export type SeriesStyle = { readonly colour: number; readonly dash: string; readonly marker: Marker };
export type Marker = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross';

/** The look of the i-th series: 10 colours, 7 dashes and 5 markers repeat together after 70. */
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
    // Text on data: an edge in the paper's colour below the letters.
    `#${id} .halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}`,
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
  const [first, last] = valueEnds[scheme];
  const values = Array.from({ length: VALUE_STEPS }, (_, step) => {
    const colour = colourAlong(sequentialStops, first + (step / (VALUE_STEPS - 1)) * (last - first));
    return `#${id} .value-${step}{fill:rgb(${colour.join(',')});stroke:rgb(${colour.join(',')})}`;
  });
  return [
    `#${id} .only-${scheme}{display:inline}`,
    `#${id} .only-${scheme === 'light' ? 'dark' : 'light'}{display:none}`,
    `#${id} .paper{fill:${palette.paper[scheme]}}`,
    `#${id} .ink{fill:${palette.ink[scheme]}}`,
    `#${id} .muted{fill:${palette.muted[scheme]}}`,
    `#${id} .grid{stroke:${palette.grid[scheme]}}`,
    `#${id} .axis{stroke:${palette.axis[scheme]}}`,
    `#${id} .rule{stroke:${palette.ink[scheme]}}`,
    `#${id} .halo{stroke:${palette.paper[scheme]}}`,
    `#${id} .edge{stroke:${palette.paper[scheme]}}`,
    ...series,
    ...values,
  ];
}

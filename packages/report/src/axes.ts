import { coordinate, powerOfTenMarkup } from './number-format.js';
import { minorTicks, position, type Scale, ticks } from './scale.js';

/** The rectangle that data are drawn in. */
export type Plot = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** `label` is SVG markup. */
export type Axis = { readonly scale: Scale; readonly label: string; readonly unit: number };

/** Room that the horizontal axis takes below a plot: tick labels and its own label. */
export const AXIS_HEIGHT = 50;

/** Grid, ticks and labels of both axes; drawn before the data. */
export function drawAxes(plot: Plot, x: Axis, y: Axis): string {
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const parts: string[] = [];
  for (const tick of ticks(y.scale, 26, y.unit)) {
    const at = coordinate(position(y.scale, tick.value));
    parts.push(`<line class="grid" x1="${plot.left}" x2="${right}" y1="${at}" y2="${at}"/>`);
    parts.push(
      `<text class="muted" x="${plot.left - 8}" y="${at}" dy="4.5" text-anchor="end">${tick.label}</text>`,
    );
  }
  for (const tick of ticks(x.scale, 46, x.unit)) {
    const at = coordinate(position(x.scale, tick.value));
    parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/>`);
    parts.push(`<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}"/>`);
    parts.push(`<text class="muted" x="${at}" y="${bottom + 20}" text-anchor="middle">${tick.label}</text>`);
  }
  for (const value of minorTicks(x.scale)) {
    const at = coordinate(position(x.scale, value));
    parts.push(`<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 3}"/>`);
  }
  parts.push(
    `<path class="axis" fill="none" d="M${plot.left} ${plot.top}V${bottom}H${right}"/>`,
    `<text class="ink" x="${coordinate(plot.left + plot.width / 2)}" y="${bottom + 41}" text-anchor="middle">${axisLabel(x)}</text>`,
    `<text class="ink" transform="translate(16 ${coordinate(plot.top + plot.height / 2)}) rotate(-90)" text-anchor="middle">${axisLabel(y)}</text>`,
  );
  return parts.join('\n');
}

function axisLabel({ label, unit }: Axis): string {
  if (unit === 1) return label;
  return `${label} (× ${powerOfTenMarkup(Math.round(Math.log10(unit)))}<tspan dy="5">)</tspan>`;
}

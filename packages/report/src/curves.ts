import { AXIS_HEIGHT, type Axis, drawAxes, type Plot } from './axes.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { type LegendKey, layOutLegend } from './legend.js';
import { drawBand, drawLine, drawMarkers, type Point, withoutLevelRuns } from './marks.js';
import { coordinate } from './number-format.js';
import { position, type Scale } from './scale.js';
import { seriesStyle } from './theme.js';

export type Curve = {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** [low, high] at each x; empty for none. */
  readonly interval: readonly (readonly [number, number])[];
  /** A line with markers; a line alone; or points with error bars. */
  readonly drawnAs?: 'curve' | 'theory' | 'points';
};

export type CurveFigure = {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  readonly curves: readonly Curve[];
  readonly x: CurveAxis;
  readonly y: CurveAxis;
};

export type CurveAxis = {
  readonly kind: Scale['kind'];
  readonly domain: readonly [number, number];
  readonly label: string;
  readonly unit: number;
};

/** Curves over one pair of axes, under a legend; the common part of the figures that are curves. */
export function curveFigure({ kind, title, description, curves, x, y }: CurveFigure): string {
  const entries = curves.map((curve, index) => ({
    key: legendKey(curve, index),
    name: curve.name,
    detail: '',
  }));
  const legend = layOutLegend(entries, MARGIN, FIGURE_WIDTH - 2 * MARGIN);
  const plot: Plot = { left: 70, top: legend.height + 14, width: 390, height: 250 };
  const horizontal = axis(x, plot.left, plot.left + plot.width);
  const vertical = axis(y, plot.top + plot.height, plot.top);
  const toPoints = (xs: ArrayLike<number>, ys: ArrayLike<number>): Point[] =>
    Array.from(xs, (value, index) => ({
      x: position(horizontal.scale, value),
      y: position(vertical.scale, Number(ys[index])),
    }));

  return svgFigure({
    kind,
    title,
    description,
    height: plot.top + plot.height + AXIS_HEIGHT,
    draw: (id) =>
      [
        legend.markup,
        drawAxes(plot, horizontal, vertical),
        `<clipPath id="${id}-plot"><rect x="${plot.left}" y="${plot.top - 3}" width="${plot.width + 3}" height="${plot.height + 6}"/></clipPath>`,
        `<g clip-path="url(#${id}-plot)">`,
        ...curves.map(({ x: xs, interval, drawnAs }, index) => {
          if (interval.length === 0 || drawnAs === 'points') return '';
          const low = toPoints(
            xs,
            interval.map(([value]) => value),
          );
          const high = toPoints(
            xs,
            interval.map(([, value]) => value),
          );
          return drawBand(withoutLevelRuns(low), withoutLevelRuns(high), seriesStyle(index));
        }),
        ...curves.map((curve, index) =>
          curve.drawnAs === 'points'
            ? drawErrorBars(
                toPoints(curve.x, curve.y),
                curve.interval,
                vertical.scale,
                seriesStyle(index).colour,
              )
            : drawLine(withoutLevelRuns(toPoints(curve.x, curve.y)), seriesStyle(index)),
        ),
        '</g>',
        ...curves.map((curve, index) => {
          const points = toPoints(curve.x, curve.y).filter(({ x: at, y: height }) =>
            isInside(plot, at, height),
          );
          if (curve.drawnAs === 'theory') return '';
          return drawMarkers(
            points,
            seriesStyle(index),
            index,
            curve.drawnAs === 'points' ? points.length : 6,
          );
        }),
      ].join('\n'),
  });
}

function legendKey({ drawnAs }: Curve, index: number): LegendKey {
  const style = seriesStyle(index);
  if (drawnAs === 'points') return { kind: 'marker', style };
  return { kind: drawnAs === 'theory' ? 'line' : 'series', style };
}

/** A range that the caller chose may leave points out. */
function isInside({ left, top, width, height }: Plot, x: number, y: number): boolean {
  return x >= left - 1 && x <= left + width + 1 && y >= top - 1 && y <= top + height + 1;
}

function drawErrorBars(
  points: readonly Point[],
  interval: Curve['interval'],
  y: Scale,
  colour: number,
): string {
  if (interval.length === 0) return '';
  const bars = interval.map(([low, high], index) => {
    const x = points[index]?.x ?? 0;
    const [bottom, top] = [coordinate(position(y, low)), coordinate(position(y, high))];
    return `M${coordinate(x)} ${bottom}V${top}M${coordinate(x - 4)} ${bottom}h8M${coordinate(x - 4)} ${top}h8`;
  });
  return `<path class="stroke-${colour}" fill="none" stroke-width="1.5" d="${bars.join('')}"/>`;
}

function axis({ kind, domain, label, unit }: CurveAxis, from: number, to: number): Axis {
  return { scale: { kind, domain, from, to }, label, unit };
}

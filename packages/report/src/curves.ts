import { AXIS_HEIGHT, type Axis, drawAxes, type Plot } from './axes.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { layOutLegend } from './legend.js';
import { drawBand, drawLine, drawMarkers, type Point, withoutLevelRuns } from './marks.js';
import { position, type Scale } from './scale.js';
import { seriesStyle } from './theme.js';

export type Curve = {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** [low, high] at each x; empty for none. */
  readonly interval: readonly (readonly [number, number])[];
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
  const entries = curves.map(({ name }, index) => ({
    key: { kind: 'series', style: seriesStyle(index) } as const,
    name,
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
    draw: () =>
      [
        legend.markup,
        drawAxes(plot, horizontal, vertical),
        ...curves.map(({ x: xs, interval }, index) => {
          if (interval.length === 0) return '';
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
          drawLine(withoutLevelRuns(toPoints(curve.x, curve.y)), seriesStyle(index)),
        ),
        ...curves.map((curve, index) =>
          drawMarkers(toPoints(curve.x, curve.y), seriesStyle(index), index, 6),
        ),
      ].join('\n'),
  });
}

function axis({ kind, domain, label, unit }: CurveAxis, from: number, to: number): Axis {
  return { scale: { kind, domain, from, to }, label, unit };
}

import type { Plot } from './axes.js';
import { fail, requireDistinctNames, requireFinite, requireNotEmpty } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { axisText } from './heat-maps.js';
import { layOutLegend } from './legend.js';
import { formatNumber } from './number-format.js';
import { drawFrame, drawPanelName, drawSharedLabels, layOutPanels } from './panels.js';
import { dotsPath, sampleIndices } from './point-cloud.js';
import { seriesColours } from './theme.js';

/** What {@link embeddings} draws. */
export type Embeddings = {
  /** One small plot each, named above it: a level of a hierarchy. */
  readonly panels: readonly {
    readonly name: string;
    /** Row-major [points, 2]; of more than 1500 points an even sample is drawn. */
    readonly points: ArrayLike<number>;
    /** Class of each point, an index into `classNames`. */
    readonly labels: ArrayLike<number>;
    /** Beside the name: 'variance explained 0.93'. */
    readonly detail?: string;
  }[];
  /** At most 10 classes, which is as many as have colours. */
  readonly classNames: readonly string[];
  /** Labels of the two directions. */
  readonly x: string;
  readonly y: string;
  readonly title: string;
};

/**
 * Draws points of the plane coloured by class, as small multiples: toy data embedded by their first principal
 * components before, between and after the levels of a hierarchy (arXiv 2211.01236). Both directions of a panel have one
 * scale, so that shapes are not distorted; panels have scales of their own.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no panel, names repeat, the points are not two numbers a label, a coordinate is not finite,
 * or a class has no name
 * @example
 * const svg = embeddings({
 *   panels: [{ name: 'input', points: [0, 0, 1, 1], labels: [0, 1] }], classNames: ['inner', 'outer'],
 *   x: 'first component', y: 'second component', title: 'Rings by level',
 * });
 */
export function embeddings(figure: Embeddings): string {
  validate(figure);
  const { panels, classNames, x, y, title } = figure;
  const legend = layOutLegend(
    classNames.map((name, colour) => ({ key: { kind: 'bar', colour }, name, detail: '' })),
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const head = legend.height + 4;
  const grid = layOutPanels(panels.length, head, {
    left: 34,
    between: 16,
    above: 24,
    below: 8,
    bottom: 32,
    aspect: 1,
    perRow: panels.length <= 4 ? 2 : 3,
    largest: 360,
  });

  return svgFigure({
    kind: 'embeddings',
    title,
    description: describe(figure),
    height: head + grid.height,
    draw: () =>
      [
        legend.markup,
        ...panels.map((panel, index) => {
          const plot = grid.plots[index];
          if (plot === undefined) return '';
          return [
            drawPanelName(panel.name, panel.detail ?? '', plot, plot.top - 7),
            drawFrame(plot),
            ...drawClasses(panel, classNames.length, plot),
          ].join('\n');
        }),
        drawSharedLabels(grid, axisText(x), axisText(y), head + grid.height - 12, 22),
      ].join('\n'),
  });
}

type Panel = Embeddings['panels'][number];

const POINTS = 1500;
/** Free room at the edges of a panel, as a share of its width. */
const EDGE = 0.05;

function drawClasses({ points, labels }: Panel, classes: number, plot: Plot): string[] {
  const [left, right] = extent(points, 0);
  const [bottom, top] = extent(points, 1);
  const span = Math.max(right - left, top - bottom) || 1;
  const unit = ((1 - 2 * EDGE) * plot.width) / span;
  const middle = { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 };
  const groups = Array.from({ length: classes }, (): { x: number; y: number }[] => []);
  for (const index of sampleIndices(labels.length, POINTS)) {
    groups[Number(labels[index])]?.push({
      x: middle.x + (Number(points[2 * index]) - (left + right) / 2) * unit,
      y: middle.y - (Number(points[2 * index + 1]) - (bottom + top) / 2) * unit,
    });
  }
  return groups.map((dots, colour) =>
    dots.length === 0
      ? ''
      : `<path class="stroke-${colour}" stroke-width="3" stroke-linecap="round" stroke-opacity="0.8" d="${dotsPath(dots)}"/>`,
  );
}

function extent(points: ArrayLike<number>, direction: 0 | 1): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = direction; index < points.length; index += 2) {
    low = Math.min(low, Number(points[index]));
    high = Math.max(high, Number(points[index]));
  }
  return [low, high];
}

function validate({ panels, classNames }: Embeddings): void {
  const operation = 'embeddings';
  requireDistinctNames(operation, 'panels', panels);
  requireNotEmpty(operation, 'classNames', classNames);
  if (classNames.length > seriesColours.length)
    fail(operation, `at most ${seriesColours.length} classes`, String(classNames.length));
  for (const { name, points, labels } of panels) {
    requireNotEmpty(operation, `labels of ${name}`, labels);
    if (points.length !== 2 * labels.length)
      fail(
        operation,
        `2 x ${labels.length} = ${2 * labels.length} coordinates of ${name}`,
        String(points.length),
      );
    requireFinite(operation, `points of ${name}`, points);
    for (let index = 0; index < labels.length; index++) {
      if (classNames[Number(labels[index])] === undefined)
        fail(operation, `labels of ${name} from 0 to ${classNames.length - 1}`, String(labels[index]));
    }
  }
}

function describe({ panels, classNames, x, y }: Embeddings): string {
  const parts = panels.map(({ name, points, labels, detail }) => {
    const ranges = ([0, 1] as const).map((direction) =>
      extent(points, direction)
        .map((value) => formatNumber(value))
        .join(' to '),
    );
    return `${name}${detail === undefined ? '' : ` (${detail})`}: ${labels.length} points, ${ranges.join(' by ')}.`;
  });
  return `Points by class (${classNames.join(', ')}) in a plane of ${x} and ${y}. ${parts.join(' ')}`;
}

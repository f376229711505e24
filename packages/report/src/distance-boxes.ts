import { AXIS_HEIGHT, type Plot } from './axes.js';
import { fail, requireDistinctNames, requirePositive } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { type LegendEntry, layOutLegend } from './legend.js';
import { drawMarker } from './marks.js';
import { coordinate, formatNumber } from './number-format.js';
import { minorTicks, position, type Scale, ticks } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';
import { seriesStyle } from './theme.js';

/** The distances that one attack needed on one model. */
export type DistanceBox = {
  /** The model. */
  readonly name: string;
  /** Images whose class the attack changed, and images that it was tried on. */
  readonly found: number;
  readonly total: number;
  /** Of the distances found: 25 %, 50 % and 75 %, above 0. Absent where none was found. */
  readonly quartiles?: readonly [number, number, number];
  /** Ends of the whiskers, at or outside the outer quartiles. */
  readonly whiskers?: readonly [number, number];
  /** Medians from elsewhere, by the names in `references`. */
  readonly references?: Readonly<Record<string, number>>;
};

/** What {@link distanceBoxes} draws. */
export type DistanceBoxes = {
  /** A group an attack: 'FGSM'. */
  readonly groups: readonly { readonly name: string; readonly boxes: readonly DistanceBox[] }[];
  /** What the distance is, with its unit: 'critical distance, L2 norm'. */
  readonly label: string;
  /** What the whiskers span: '5 % to 95 %'. */
  readonly whiskers?: string;
  /** Names of other sources of medians, each with a marker of its own: ['published']. */
  readonly references?: readonly string[];
  readonly title: string;
};

/**
 * Draws the critical distances of models by attack as box plots on one logarithmic axis, each with the count of images
 * found (arXiv 2405.00679, figure 2): boxes from quartile to quartile, the median as a bar, medians published elsewhere as
 * markers.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no group or no distance at all, names repeat, found exceeds total, quartiles are absent
 * although some were found, do not ascend or are not above 0, whiskers lie inside the box, or a reference is not named
 * @example
 * const svg = distanceBoxes({
 *   groups: [{ name: 'FGSM', boxes: [{ name: 'KH', found: 500, total: 500, quartiles: [0.058, 0.127, 0.206] }] }],
 *   label: 'critical distance, L2 norm',
 *   title: 'Critical distances',
 * });
 */
export function distanceBoxes(figure: DistanceBoxes): string {
  validate(figure);
  const { groups, label, title } = figure;
  const boxes = groups.flatMap((group) => group.boxes);
  const legend = layOutLegend(legendEntries(figure), MARGIN, FIGURE_WIDTH - 2 * MARGIN);
  const nameWidth = Math.max(...boxes.map(({ name }) => estimatedWidth(name, 13)));
  const countWidth = Math.max(...boxes.map((box) => estimatedWidth(countText(box), 13)));
  const left = MARGIN + Math.min(NAME_ROOM, nameWidth) + 10;
  const rows = groups.length + boxes.length;
  const plot: Plot = {
    left,
    top: legend.height + 8,
    width: FIGURE_WIDTH - MARGIN - countWidth - 10 - left,
    height: rows * ROW + 4,
  };
  const values = boxes.flatMap(valuesOf);
  const x: Scale = {
    kind: 'logarithmic',
    domain: widened(Math.min(...values), Math.max(...values)),
    from: plot.left,
    to: plot.left + plot.width,
  };
  const placed = placeRows(groups, plot.top + 2);

  return svgFigure({
    kind: 'distances',
    title,
    description: describe(figure),
    height: plot.top + plot.height + AXIS_HEIGHT,
    draw: () =>
      [
        legend.markup,
        drawAxis(plot, x, escapeText(shortenText(label, plot.width + 80, 13))),
        ...placed.headings.map(({ name, top }) => drawHeading(name, top, plot)),
        ...placed.boxes.map(({ box, top, index }) => drawRow(figure, box, index, top, plot, x)),
      ].join('\n'),
  });
}

const ROW = 25;
const NAME_ROOM = 145;

function countText({ found, total }: DistanceBox): string {
  return `${found} of ${total}`;
}

function valuesOf({ quartiles, whiskers, references }: DistanceBox): number[] {
  return [...(quartiles ?? []), ...(whiskers ?? []), ...Object.values(references ?? {})];
}

/** A little room at both ends; a single value gets a factor of two around it. */
function widened(low: number, high: number): [number, number] {
  const factor = low < high ? (high / low) ** 0.04 : 2;
  return [low / factor, high * factor];
}

function placeRows(groups: DistanceBoxes['groups'], top: number) {
  const headings: { name: string; top: number }[] = [];
  const boxes: { box: DistanceBox; top: number; index: number }[] = [];
  // A model keeps its colour from group to group.
  const names = [...new Set(groups.flatMap((group) => group.boxes.map(({ name }) => name)))];
  let next = top;
  for (const group of groups) {
    headings.push({ name: group.name, top: next });
    next += ROW;
    for (const box of group.boxes) {
      boxes.push({ box, top: next, index: names.indexOf(box.name) });
      next += ROW;
    }
  }
  return { headings, boxes };
}

function drawAxis(plot: Plot, x: Scale, label: string): string {
  const bottom = plot.top + plot.height;
  const marks = ticks(x, 46).map((tick) => {
    const at = coordinate(position(x, tick.value));
    return `<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/><text class="muted" x="${at}" y="${bottom + 20}" text-anchor="middle">${tick.label}</text>`;
  });
  const minor = minorTicks(x).map((value) => {
    const at = coordinate(position(x, value));
    return `<line class="axis" x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 3}"/>`;
  });
  return [
    ...marks,
    ...minor,
    `<path class="axis" fill="none" d="M${coordinate(plot.left)} ${bottom}H${coordinate(plot.left + plot.width)}"/>`,
    `<text class="ink" x="${FIGURE_WIDTH / 2}" y="${bottom + 41}" text-anchor="middle">${label}</text>`,
    `<text class="muted" x="${FIGURE_WIDTH - MARGIN}" y="${bottom + 20}" text-anchor="end">found</text>`,
  ].join('\n');
}

function drawHeading(name: string, top: number, plot: Plot): string {
  const shown = escapeText(shortenText(name, FIGURE_WIDTH - 2 * MARGIN, 13));
  return `<text class="ink halo" font-weight="600" x="${MARGIN}" y="${coordinate(top + 19)}">${shown}</text><line class="axis" x1="${MARGIN}" x2="${FIGURE_WIDTH - MARGIN}" y1="${coordinate(top + ROW)}" y2="${coordinate(top + ROW)}" stroke-opacity="${plot.top > top ? 0 : 0.6}"/>`;
}

function drawRow(
  { references = [] }: DistanceBoxes,
  box: DistanceBox,
  index: number,
  top: number,
  plot: Plot,
  x: Scale,
): string {
  const { name, quartiles, whiskers } = box;
  const middle = top + ROW / 2;
  const shown = shortenText(name, NAME_ROOM, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const baseline = coordinate(middle + 4.5);
  const { colour } = seriesStyle(index);
  const at = (value: number) => coordinate(position(x, value));
  const parts = [
    `<text class="ink" x="${coordinate(plot.left - 10)}" y="${baseline}" text-anchor="end">${fullName}${escapeText(shown)}</text>`,
    `<text class="muted" x="${FIGURE_WIDTH - MARGIN}" y="${baseline}" text-anchor="end">${countText(box)}</text>`,
  ];
  if (quartiles !== undefined) {
    const [low, median, high] = quartiles;
    if (whiskers !== undefined) {
      const [first, last] = whiskers;
      parts.push(
        `<path class="stroke-${colour}" fill="none" stroke-width="1.5" d="M${at(first)} ${coordinate(middle)}H${at(low)}M${at(high)} ${coordinate(middle)}H${at(last)}M${at(first)} ${coordinate(middle - 4)}v8M${at(last)} ${coordinate(middle - 4)}v8"/>`,
      );
    }
    const width = coordinate(position(x, high) - position(x, low));
    parts.push(
      `<rect class="fill-${colour} stroke-${colour}" fill-opacity="0.25" stroke-width="1.5" x="${at(low)}" y="${coordinate(middle - 8)}" width="${width}" height="16"/>`,
      `<line class="stroke-${colour}" stroke-width="3.5" x1="${at(median)}" x2="${at(median)}" y1="${coordinate(middle - 8)}" y2="${coordinate(middle + 8)}"/>`,
    );
  }
  for (const [place, reference] of references.entries()) {
    const value = box.references?.[reference];
    if (value === undefined) continue;
    // Several lie above each other, so that equal ones are both seen.
    const offset = references.length === 1 ? 0 : -5 + (10 * place) / (references.length - 1);
    parts.push(drawMarker({ x: position(x, value), y: middle + offset }, referenceStyle(place)));
  }
  return parts.join('\n');
}

/** Markers of other sources are in the ink's colour, apart from those of the models. */
function referenceStyle(place: number) {
  return { ...seriesStyle(place + 3), colour: 'ink' } as const;
}

function legendEntries({ whiskers, references = [] }: DistanceBoxes): LegendEntry[] {
  const box = { key: { kind: 'box' } as const, name: boxText(whiskers), detail: '' };
  return [
    box,
    ...references.map((name, place) => ({
      key: { kind: 'marker', style: referenceStyle(place) } as const,
      name: `${name} median`,
      detail: '',
    })),
  ];
}

function boxText(whiskers: string | undefined): string {
  return whiskers === undefined ? 'quartiles and median' : `quartiles and median, whiskers ${whiskers}`;
}

function validate({ groups, references = [] }: DistanceBoxes): void {
  const operation = 'distanceBoxes';
  requireDistinctNames(operation, 'groups', groups);
  for (const group of groups) {
    requireDistinctNames(operation, `boxes of ${group.name}`, group.boxes);
    for (const box of group.boxes) validateBox(operation, `${box.name} under ${group.name}`, box, references);
  }
  if (groups.every(({ boxes }) => boxes.every((box) => valuesOf(box).length === 0)))
    fail(operation, 'at least one distance', 'none');
}

function validateBox(operation: string, name: string, box: DistanceBox, references: readonly string[]): void {
  const { found, total, quartiles, whiskers } = box;
  if (!(Number.isInteger(found) && Number.isInteger(total) && found >= 0 && found <= total)) {
    fail(operation, `whole numbers found <= total of ${name}`, `${found} of ${total}`);
  }
  if (found > 0 !== (quartiles !== undefined)) {
    fail(operation, `quartiles of ${name} where distances were found`, `${found} found`);
  }
  if (quartiles !== undefined) {
    const [low, , high] = quartiles;
    requirePositive(operation, `quartiles of ${name}`, quartiles);
    requireAtLeast(operation, `quartiles of ${name}`, quartiles);
    if (whiskers !== undefined) {
      requirePositive(operation, `whiskers of ${name}`, whiskers);
      requireAtLeast(operation, `whiskers around the quartiles of ${name}`, [
        whiskers[0],
        low,
        high,
        whiskers[1],
      ]);
    }
  }
  for (const [reference, value] of Object.entries(box.references ?? {})) {
    if (!references.includes(reference))
      fail(operation, `references of ${name} among ${references.join(', ') || 'none'}`, reference);
    requirePositive(operation, `the reference ${reference} of ${name}`, [value]);
  }
}

function requireAtLeast(operation: string, name: string, values: readonly number[]): void {
  for (const [index, value] of values.entries()) {
    const before = values[index - 1] ?? value;
    if (value < before) fail(operation, `ascending ${name}`, `${value} after ${before}`);
  }
}

function describe({ groups, label, references = [] }: DistanceBoxes): string {
  const parts = groups.map(({ name: attack, boxes }) => {
    const models = boxes.map((box) => {
      const { name, quartiles } = box;
      const numbers =
        quartiles === undefined
          ? 'none found'
          : `median ${formatNumber(quartiles[1])} (quartiles ${formatNumber(quartiles[0])} to ${formatNumber(quartiles[2])})`;
      const others = references.flatMap((reference) => {
        const value = box.references?.[reference];
        return value === undefined ? [] : [`, ${reference} ${formatNumber(value)}`];
      });
      return `${name} ${numbers}${others.join('')}, found ${countText(box)}`;
    });
    return `${attack}: ${models.join('; ')}.`;
  });
  return `Box plots of ${label} on a logarithmic axis. ${parts.join(' ')}`;
}

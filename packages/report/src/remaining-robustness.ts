import { AXIS_HEIGHT, type Plot } from './axes.js';
import { requireDistinctNames, requireFractions } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { layOutLegend } from './legend.js';
import { coordinate, formatFixed } from './number-format.js';
import { position, type Scale, ticks } from './scale.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** What {@link remainingRobustness} draws. */
export type RemainingRobustness = {
  readonly models: readonly {
    readonly name: string;
    /** Share of images still right under the attack whose gradients may be masked, 0 to 1. */
    readonly apparent: number;
    /** The same under the strongest attack of the audit, 0 to 1. */
    readonly remaining: number;
  }[];
  /** The budget of both: 'L∞ 0.1'. */
  readonly budget: string;
  /** Names of the two attacks: ['FGSM', 'strongest attack of the audit']. */
  readonly attacks: readonly [apparent: string, remaining: string];
  readonly title: string;
};

/**
 * Draws what an audit leaves of the robustness that a plain attack shows: two points a model, joined by a line.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no model, names repeat, or an accuracy is outside [0, 1]
 * @example
 * const svg = remainingRobustness({
 *   models: [{ name: 'saturated', apparent: 0.95, remaining: 0.04 }], budget: 'L∞ 0.1',
 *   attacks: ['FGSM', 'strongest attack of the audit'], title: 'Which robustness is real',
 * });
 */
export function remainingRobustness(figure: RemainingRobustness): string {
  validate(figure);
  const { models, budget, attacks, title } = figure;
  const legend = layOutLegend(
    [
      { key: { kind: 'hollow' }, name: attacks[0], detail: '' },
      { key: { kind: 'marker', style: { colour: 'ink', marker: 'circle' } }, name: attacks[1], detail: '' },
    ],
    MARGIN,
    FIGURE_WIDTH - 2 * MARGIN,
  );
  const nameRoom = Math.min(160, Math.max(...models.map(({ name }) => estimatedWidth(name, 13))));
  const left = MARGIN + nameRoom + 12;
  const plot: Plot = {
    left,
    top: legend.height + 8,
    width: FIGURE_WIDTH - MARGIN - VALUE_ROOM - left,
    height: models.length * ROW + 6,
  };
  const x: Scale = { kind: 'linear', domain: [0, 1], from: plot.left, to: plot.left + plot.width };
  const bottom = plot.top + plot.height;

  return svgFigure({
    kind: 'remaining',
    title,
    description: describe(figure),
    height: bottom + AXIS_HEIGHT,
    draw: () =>
      [
        legend.markup,
        ...ticks(x, 46).map(({ value, label }) => {
          const at = coordinate(position(x, value));
          return `<line class="grid" x1="${at}" x2="${at}" y1="${plot.top}" y2="${bottom}"/><text class="muted" x="${at}" y="${bottom + 20}" text-anchor="middle">${label}</text>`;
        }),
        `<text class="ink" x="${FIGURE_WIDTH / 2}" y="${bottom + 41}" text-anchor="middle">${escapeText(shortenText(`accuracy within ${budget}`, 440, 13))}</text>`,
        ...models.map((model, index) =>
          drawModel(model, plot, x, plot.top + 3 + (index + 0.5) * ROW, nameRoom),
        ),
      ].join('\n'),
  });
}

const ROW = 26;
const VALUE_ROOM = 104;

function drawModel(
  { name, apparent, remaining }: RemainingRobustness['models'][number],
  plot: Plot,
  x: Scale,
  middle: number,
  nameRoom: number,
): string {
  const baseline = coordinate(middle + 4.5);
  const shown = shortenText(name, nameRoom, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const [from, to] = [coordinate(position(x, apparent)), coordinate(position(x, remaining))];
  const y = coordinate(middle);
  return [
    `<text class="ink" x="${coordinate(plot.left - 12)}" y="${baseline}" text-anchor="end">${fullName}${escapeText(shown)}</text>`,
    `<line class="stroke-0" stroke-width="2.5" x1="${from}" x2="${to}" y1="${y}" y2="${y}"/>`,
    `<circle class="paper stroke-0" stroke-width="2" cx="${from}" cy="${y}" r="5"/>`,
    `<circle class="fill-0" cx="${to}" cy="${y}" r="5"/>`,
    `<text class="muted" x="${FIGURE_WIDTH - MARGIN}" y="${baseline}" text-anchor="end">${formatFixed(apparent, 2)} → ${formatFixed(remaining, 2)}</text>`,
  ].join('');
}

function validate({ models }: RemainingRobustness): void {
  const operation = 'remainingRobustness';
  requireDistinctNames(operation, 'models', models);
  for (const { name, apparent, remaining } of models) {
    requireFractions(operation, `the accuracies of ${name}`, [apparent, remaining]);
  }
}

function describe({ models, budget, attacks }: RemainingRobustness): string {
  const parts = models.map(
    ({ name, apparent, remaining }) => `${name} ${formatFixed(apparent, 3)} to ${formatFixed(remaining, 3)}`,
  );
  return `Accuracy within ${budget} under ${attacks[0]}, and under ${attacks[1]}: ${parts.join('; ')}.`;
}

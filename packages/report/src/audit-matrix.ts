import { requireDistinctNames, requireNotEmpty, requireSameLength } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { coordinate } from './number-format.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** What a check of an audit came to; 'warn' is a doubt. */
export type AuditOutcome = 'pass' | 'warn' | 'fail' | 'not measured';

/** What {@link auditMatrix} draws. */
export type AuditMatrix = {
  /** The checks, a row each. */
  readonly checks: readonly string[];
  /** A column each. */
  readonly models: readonly {
    readonly name: string;
    readonly verdict: 'trustworthy' | 'masked' | 'inconclusive';
    /** One a check, in their order. */
    readonly outcomes: readonly AuditOutcome[];
  }[];
  readonly title: string;
};

/**
 * Draws the audits of models as a table with a mark for each check and the verdict above: which robustness is real.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no model or check, names repeat, or a model has not one outcome a check
 * @example
 * const svg = auditMatrix({
 *   checks: ['zero gradients', 'transfer'],
 *   models: [{ name: 'saturated', verdict: 'masked', outcomes: ['fail', 'pass'] }],
 *   title: 'Audit',
 * });
 */
export function auditMatrix(figure: AuditMatrix): string {
  validate(figure);
  const { checks, models, title } = figure;
  const shownChecks = checks.map((check) => shortenText(check, CHECK_ROOM, 13));
  const left = MARGIN + Math.max(...shownChecks.map((check) => estimatedWidth(check, 13))) + 10;
  const headings = models.map(({ name, verdict }) => `${shortenText(name, 130, 13)}: ${verdict}`);
  const longest = Math.max(...headings.map((heading) => estimatedWidth(heading, 13)));
  const right = FIGURE_WIDTH - MARGIN - longest * Math.cos(ANGLE);
  const step = Math.min(40, (right - left) / models.length);
  const head = Math.ceil(longest * Math.sin(ANGLE)) + 14;
  const bottom = head + (checks.length + 1) * ROW;
  const rowMiddle = (row: number) => head + (row + 0.5) * ROW;
  const columnMiddle = (column: number) => left + (column + 0.5) * step;

  return svgFigure({
    kind: 'audit',
    title,
    description: describe(figure),
    height: bottom + 34,
    draw: () =>
      [
        ...headings.map((heading, column) =>
          drawHeading(heading, models[column]?.name ?? '', columnMiddle(column), head - 8),
        ),
        drawRow('verdict', 'verdict', rowMiddle(0), left, left + models.length * step, true),
        ...models.map(({ verdict }, column) =>
          drawOutcome(VERDICT_MARK[verdict], columnMiddle(column), rowMiddle(0)),
        ),
        ...checks.flatMap((check, row) => [
          drawRow(
            check,
            shownChecks[row] ?? '',
            rowMiddle(row + 1),
            left,
            left + models.length * step,
            false,
          ),
          ...models.map(({ outcomes }, column) =>
            drawOutcome(outcomes[row] ?? 'not measured', columnMiddle(column), rowMiddle(row + 1)),
          ),
        ]),
        drawKey(bottom + 22),
      ].join('\n'),
  });
}

const ROW = 23;
const CHECK_ROOM = 170;
const ANGLE = Math.PI / 3;

const VERDICT_MARK = { trustworthy: 'pass', masked: 'fail', inconclusive: 'warn' } as const;

function drawHeading(heading: string, name: string, x: number, y: number): string {
  const fullName = heading.startsWith(`${name}: `) ? '' : `<title>${escapeText(name)}</title>`;
  return `<text class="ink" transform="translate(${coordinate(x)} ${y}) rotate(-60)" x="0" y="4">${fullName}${escapeText(heading)}</text>`;
}

function drawRow(
  name: string,
  shown: string,
  middle: number,
  left: number,
  right: number,
  isVerdict: boolean,
): string {
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const line = coordinate(middle + ROW / 2);
  return [
    `<text class="ink" x="${coordinate(left - 10)}" y="${coordinate(middle + 4.5)}" text-anchor="end"${isVerdict ? ' font-weight="600"' : ''}>${fullName}${escapeText(shown)}</text>`,
    `<line class="${isVerdict ? 'axis' : 'grid'}" x1="${MARGIN}" x2="${coordinate(right)}" y1="${line}" y2="${line}"/>`,
  ].join('');
}

/** Told apart by shape as well as by colour. */
function drawOutcome(outcome: AuditOutcome, x: number, y: number): string {
  const at = (dx: number, dy: number) => `${coordinate(x + dx)} ${coordinate(y + dy)}`;
  const stroke = 'fill="none" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"';
  switch (outcome) {
    case 'pass':
      return `<path class="stroke-0" ${stroke} d="M${at(-5, 0.5)}L${at(-1.5, 4)}L${at(5, -4)}"/>`;
    case 'fail':
      return `<path class="stroke-1" ${stroke} d="M${at(-4, -4)}L${at(4, 4)}M${at(4, -4)}L${at(-4, 4)}"/>`;
    case 'warn':
      return `<text class="ink" x="${coordinate(x)}" y="${coordinate(y + 5)}" text-anchor="middle" font-size="14" font-weight="600">?</text>`;
    case 'not measured':
      return `<path class="axis" fill="none" stroke-width="1.6" d="M${at(-4, 0)}h8"/>`;
  }
}

const KEY = [
  ['pass', 'passed'],
  ['warn', 'doubt'],
  ['fail', 'failed'],
  ['not measured', 'not measured'],
] as const;

function drawKey(y: number): string {
  let x = MARGIN + 6;
  return KEY.map(([outcome, text]) => {
    const entry = `${drawOutcome(outcome, x, y - 4.5)}<text class="muted" x="${coordinate(x + 12)}" y="${y}">${text}</text>`;
    x += 34 + estimatedWidth(text, 13);
    return entry;
  }).join('');
}

function validate({ checks, models }: AuditMatrix): void {
  const operation = 'auditMatrix';
  requireNotEmpty(operation, 'checks', checks);
  requireDistinctNames(
    operation,
    'checks',
    checks.map((name) => ({ name })),
  );
  requireDistinctNames(operation, 'models', models);
  for (const { name, outcomes } of models) {
    requireSameLength(operation, 'checks', checks.length, `outcomes of ${name}`, outcomes.length);
  }
}

function describe({ checks, models }: AuditMatrix): string {
  const parts = models.map(({ name, verdict, outcomes }) => {
    const notable = outcomes.flatMap((outcome, index) =>
      outcome === 'pass' ? [] : [`${checks[index]}: ${outcome}`],
    );
    return `${name}: ${verdict}${notable.length === 0 ? ', every check passed' : ` (${notable.join(', ')})`}.`;
  });
  return `Audits of ${models.length} ${models.length === 1 ? 'model' : 'models'} by ${checks.length} checks. ${parts.join(' ')}`;
}

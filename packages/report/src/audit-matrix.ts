import { requireDistinctNames, requireNotEmpty, requireSameLength } from './check.js';
import { FIGURE_WIDTH, MARGIN, svgFigure } from './figure.js';
import { coordinate } from './number-format.js';
import { escapeText, estimatedWidth, shortenText } from './text.js';

/** What a check of an audit found. */
export type AuditOutcome = 'passed' | 'failed' | 'unclear' | 'not run';

/** What {@link auditMatrix} draws. */
export type AuditMatrix = {
  /** The checks, a column each. */
  readonly checks: readonly string[];
  readonly models: readonly {
    readonly name: string;
    readonly verdict: 'trustworthy' | 'masked' | 'inconclusive';
    /** One a check, in their order. */
    readonly outcomes: readonly AuditOutcome[];
  }[];
  readonly title: string;
};

/**
 * Draws the audits of models as a table of checks with a mark each and the verdict at the end: which robustness is real.
 *
 * @returns a standalone SVG document
 * @throws Error when there is no model or check, names repeat, or a model has not one outcome a check
 * @example
 * const svg = auditMatrix({
 *   checks: ['zero gradients', 'transfer'],
 *   models: [{ name: 'saturated', verdict: 'masked', outcomes: ['failed', 'passed'] }],
 *   title: 'Audit',
 * });
 */
export function auditMatrix(figure: AuditMatrix): string {
  validate(figure);
  const { checks, models, title } = figure;
  const nameRoom = Math.min(150, Math.max(...models.map(({ name }) => estimatedWidth(name, 13))));
  const left = MARGIN + nameRoom + 10;
  const step = Math.min(44, (FIGURE_WIDTH - MARGIN - VERDICT_ROOM - left) / checks.length);
  const shownChecks = checks.map((check) => shortenText(check, 210, 13));
  const slant = Math.max(...shownChecks.map((check) => estimatedWidth(check, 13))) * Math.sin(ANGLE);
  const head = Math.ceil(slant) + 14;
  const rowTop = (row: number) => head + row * ROW;

  return svgFigure({
    kind: 'audit',
    title,
    description: describe(figure),
    height: rowTop(models.length) + 34,
    draw: () =>
      [
        ...checks.map((check, column) => {
          const x = coordinate(left + (column + 0.5) * step);
          const shown = shownChecks[column] ?? '';
          const fullName = shown === check ? '' : `<title>${escapeText(check)}</title>`;
          return `<text class="ink" transform="translate(${x} ${head - 8}) rotate(-60)" x="0" y="4">${fullName}${escapeText(shown)}</text>`;
        }),
        ...models.map((model, row) => drawModel(model, rowTop(row), nameRoom, left, step, checks.length)),
        drawKey(rowTop(models.length) + 22),
      ].join('\n'),
  });
}

const ROW = 27;
const VERDICT_ROOM = 126;
const ANGLE = Math.PI / 3;

type Model = AuditMatrix['models'][number];

function drawModel(
  { name, verdict, outcomes }: Model,
  top: number,
  nameRoom: number,
  left: number,
  step: number,
  checks: number,
): string {
  const middle = top + ROW / 2;
  const baseline = coordinate(middle + 4.5);
  const shown = shortenText(name, nameRoom, 13);
  const fullName = shown === name ? '' : `<title>${escapeText(name)}</title>`;
  const verdictLeft = left + checks * step + 12;
  return [
    `<line class="grid" x1="${MARGIN}" x2="${FIGURE_WIDTH - MARGIN}" y1="${top}" y2="${top}"/>`,
    `<text class="ink" x="${coordinate(left - 10)}" y="${baseline}" text-anchor="end">${fullName}${escapeText(shown)}</text>`,
    ...outcomes.map((outcome, column) => drawOutcome(outcome, left + (column + 0.5) * step, middle)),
    drawOutcome(VERDICT_MARK[verdict], verdictLeft + 6, middle),
    `<text class="ink" font-weight="600" x="${coordinate(verdictLeft + 18)}" y="${baseline}">${verdict}</text>`,
  ].join('');
}

const VERDICT_MARK = { trustworthy: 'passed', masked: 'failed', inconclusive: 'unclear' } as const;

/** Told apart by shape as well as by colour. */
function drawOutcome(outcome: AuditOutcome, x: number, y: number): string {
  const at = (dx: number, dy: number) => `${coordinate(x + dx)} ${coordinate(y + dy)}`;
  const stroke = 'fill="none" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"';
  switch (outcome) {
    case 'passed':
      return `<path class="stroke-0" ${stroke} d="M${at(-5, 0.5)}L${at(-1.5, 4)}L${at(5, -4)}"/>`;
    case 'failed':
      return `<path class="stroke-1" ${stroke} d="M${at(-4, -4)}L${at(4, 4)}M${at(4, -4)}L${at(-4, 4)}"/>`;
    case 'unclear':
      return `<text class="ink" x="${coordinate(x)}" y="${coordinate(y + 5)}" text-anchor="middle" font-size="14" font-weight="600">?</text>`;
    case 'not run':
      return `<path class="axis" fill="none" stroke-width="1.6" d="M${at(-4, 0)}h8"/>`;
  }
}

function drawKey(y: number): string {
  let x = MARGIN + 6;
  return (['passed', 'failed', 'unclear', 'not run'] as const)
    .map((outcome) => {
      const entry = `${drawOutcome(outcome, x, y - 4.5)}<text class="muted" x="${coordinate(x + 12)}" y="${y}">${outcome}</text>`;
      x += 34 + estimatedWidth(outcome, 13);
      return entry;
    })
    .join('');
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
      outcome === 'passed' ? [] : [`${checks[index]} ${outcome}`],
    );
    return `${name}: ${verdict}${notable.length === 0 ? ', every check passed' : ` (${notable.join(', ')})`}.`;
  });
  return `Audits of ${models.length} ${models.length === 1 ? 'model' : 'models'} by ${checks.length} checks. ${parts.join(' ')}`;
}

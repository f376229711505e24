import { fail, requireDistinctNames, requireFinite, requireIntervals, requireNotEmpty } from './check.js';
import { drawTable, type ReportTable } from './html-table.js';
import { formatNumber } from './number-format.js';
import { escapeText } from './text.js';
import { drawVerdict, type VerdictTone } from './verdict.js';

/** Whether a claim holds in a run. */
export type ClaimVerdict = 'holds' | 'fails' | 'undecided';

/** A number that a verdict rests on. */
export type ClaimMeasure = {
  /** What was measured: 'median critical distance, KH over L2'. */
  readonly quantity: string;
  readonly estimate: number;
  /** [low, high] of the estimate. */
  readonly interval?: readonly [number, number];
  /** What the claim asks of it: 'above 1'. */
  readonly required?: string;
};

/** What one run says about a claim. */
export type ClaimFinding = {
  /** The run, where several stand side by side. */
  readonly run: string;
  readonly verdict: ClaimVerdict;
  /** One or two sentences. */
  readonly evidence: string;
  readonly measures?: readonly ClaimMeasure[];
};

/** A claim of a paper with what the runs say about it. */
export type Claim = {
  readonly claim: string;
  /** Where the claim is made: 'arXiv 2405.00679, figure 2'. */
  readonly source?: string;
  readonly findings: readonly ClaimFinding[];
};

/** Claims as HTML: each with its verdicts, evidence and numbers; throws where one has no finding or a bad interval. */
export function drawClaims(claims: readonly Claim[]): string {
  for (const { claim, findings } of claims) validate(claim, findings);
  return `<ol class="claims">\n${claims.map(drawClaim).join('\n')}\n</ol>`;
}

/** The verdicts of all claims at one glance, a column a run. */
export function claimsOverview(claims: readonly Claim[]): ReportTable {
  const runs = [...new Set(claims.flatMap(({ findings }) => findings.map(({ run }) => run)))];
  const counts = (['holds', 'fails', 'undecided'] as const).flatMap((verdict) => {
    const count = claims.flatMap(({ findings }) => findings.filter((one) => one.verdict === verdict)).length;
    return count === 0 ? [] : [`${count} ${COUNTED[verdict]}`];
  });
  return {
    caption: `Verdicts: ${counts.join(', ') || 'none'}`,
    columns: ['claim', ...runs],
    rows: claims.map(({ claim, findings }, index) => [
      `${index + 1}. ${claim}`,
      ...runs.map((run) => {
        const finding = findings.find((one) => one.run === run);
        return finding === undefined ? null : { verdict: finding.verdict, tone: TONES[finding.verdict] };
      }),
    ]),
  };
}

const COUNTED = { holds: 'hold', fails: 'fail', undecided: 'undecided' } as const;

const TONES: Record<ClaimVerdict, VerdictTone> = { holds: 'good', fails: 'bad', undecided: 'open' };

function drawClaim({ claim, source, findings }: Claim): string {
  const where = source === undefined ? '' : ` <span class="source">(${escapeText(source)})</span>`;
  return [
    '<li>',
    `<p class="claim">${escapeText(claim)}${where}</p>`,
    ...findings.map((finding) => drawFinding(finding, findings.length > 1)),
    '</li>',
  ].join('\n');
}

function drawFinding({ run, verdict, evidence, measures = [] }: ClaimFinding, isNamed: boolean): string {
  const name = isNamed ? `<span class="run">${escapeText(run)}:</span> ` : '';
  const text = `<p>${name}${drawVerdict(verdict, TONES[verdict])} ${escapeText(evidence)}</p>`;
  if (measures.length === 0) return text;
  const table = drawTable({
    caption: isNamed ? `Numbers behind this, ${run}` : 'Numbers behind this',
    columns: ['quantity', 'estimate', 'interval', 'required'],
    rows: measures.map(({ quantity, estimate, interval, required }) => [
      quantity,
      estimate,
      interval === undefined
        ? null
        : `${formatNumber(interval[0], 4)}\u00a0to\u00a0${formatNumber(interval[1], 4)}`,
      required ?? null,
    ]),
  });
  return `${text}\n${table}`;
}

function validate(claim: string, findings: readonly ClaimFinding[]): void {
  const operation = 'claims';
  requireNotEmpty(operation, `findings of '${claim}'`, findings);
  requireDistinctNames(
    operation,
    `findings of '${claim}'`,
    findings.map(({ run }) => ({ name: run })),
  );
  for (const { measures = [] } of findings) {
    for (const { quantity, estimate, interval } of measures) {
      requireFinite(operation, quantity, [estimate]);
      if (interval === undefined) continue;
      requireIntervals(operation, quantity, [interval], Number.isFinite, 'finite numbers');
      if (estimate < interval[0] || estimate > interval[1])
        fail(
          operation,
          `the estimate of ${quantity} within its interval`,
          `${estimate} outside [${interval[0]}, ${interval[1]}]`,
        );
    }
  }
}

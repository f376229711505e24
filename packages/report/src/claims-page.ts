import { type Claim, claimsOverview } from './claims.js';
import type { Comparison } from './comparison.js';
import { htmlReport, type NamedValue, type ReportSection } from './html-report.js';
import type { ReportTable } from './html-table.js';

/** What {@link claimsPage} puts on the page, in its order. */
export type ClaimsPage = {
  /** BCP 47 tag of the language of the texts: 'en'. */
  readonly language: string;
  readonly title: string;
  readonly subtitle: string;
  /** How verdicts come about: what an interval is, when a claim holds. Paragraphs of plain text. */
  readonly text: readonly string[];
  readonly claims: readonly Claim[];
  /** Figures of the models beside published ones. */
  readonly comparisons: readonly Comparison[];
  /** Whatever else belongs to the evidence: figures, an audit. */
  readonly sections?: readonly ReportSection[];
  readonly tables?: readonly ReportTable[];
  readonly settings: readonly NamedValue[];
  readonly provenance: readonly NamedValue[];
};

/**
 * Writes the page of a paper's claims as one self-contained HTML file: the verdicts at a glance, then each claim with
 * evidence and intervals, then the models' figures beside the published ones; several runs side by side.
 *
 * @throws Error when a claim has no finding, an estimate lies outside its interval, or rows do not fit their columns
 * @example
 * const html = claimsPage({
 *   language: 'en', title: 'Claims of paper A', subtitle: 'one seed', text: [],
 *   claims: [{ claim: 'KH is more robust than L2', findings: [{ run: 'paper-a', verdict: 'holds', evidence: '0.127 > 0.104' }] }],
 *   comparisons: [], settings: [], provenance: [{ name: 'seed', value: 1 }],
 * });
 */
export function claimsPage(page: ClaimsPage): string {
  const { language, title, subtitle, text, claims, comparisons, settings, provenance } = page;
  return htmlReport({
    language,
    title,
    subtitle,
    summary: [...(claims.length === 0 ? [] : [claimsOverview(claims)]), ...(page.tables ?? [])],
    sections: [
      { heading: 'Claims', text, figures: [], tables: [], claims },
      ...(comparisons.length === 0
        ? []
        : [{ heading: 'Beside the published figures', text: [], figures: [], tables: [], comparisons }]),
      ...(page.sections ?? []),
    ],
    settings,
    provenance,
  });
}

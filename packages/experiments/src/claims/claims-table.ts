import type { ReportTable } from '@hebblab/report';
import type { ClaimResult } from '../results.js';

/**
 * Each claim with its verdict and the evidence, for a report.
 *
 * @example
 * const table = claimsTable(paperAClaims({ models: results.models, testImages: 10_000 }));
 */
export function claimsTable(claims: readonly ClaimResult[]): ReportTable {
  const count = (verdict: ClaimResult['verdict']) =>
    claims.filter((claim) => claim.verdict === verdict).length;
  return {
    caption: `Claims: ${count('holds')} hold, ${count('fails')} fail, ${count('undecided')} undecided. A claim holds where the 95 % interval of each comparison lies in what it allows, and fails where one lies outside.`,
    columns: ['claim', 'verdict', 'evidence'],
    rows: claims.map(({ claim, verdict, evidence }) => [claim, verdict, evidence]),
  };
}

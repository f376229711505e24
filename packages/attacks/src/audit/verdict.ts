import type { AuditCheck } from './check.js';
import { leastCorrectImages } from './thresholds.js';

/** What an audit says of the robustness that gradient attacks measure; see docs/audit/README.md. */
export type AuditVerdict = 'trustworthy' | 'masked' | 'inconclusive';

/** Any failure masks; any doubt, missing gradients or too few images leave it open. */
export function judgeChecks(
  checks: readonly AuditCheck[],
  correct: number,
  differentiable: boolean,
): { verdict: AuditVerdict; reasons: string[] } {
  const reasonsOf = (status: AuditCheck['status']) =>
    checks.filter((check) => check.status === status).map(({ name, sentence }) => `${name}: ${sentence}`);
  const failures = reasonsOf('fail');
  const doubts = reasonsOf('warn');
  if (failures.length > 0) return { verdict: 'masked', reasons: [...failures, ...doubts] };
  if (!differentiable) {
    doubts.push('The classifier offers no gradients, so nothing is known of attacks that use them.');
  }
  if (correct < leastCorrectImages) {
    doubts.push(
      `Only ${correct} images are classified correctly, fewer than the ${leastCorrectImages} that a verdict needs.`,
    );
  }
  if (doubts.length > 0) return { verdict: 'inconclusive', reasons: doubts };
  return {
    verdict: 'trustworthy',
    reasons: ['No attack found more than the white-box attack, and the gradients are those of the loss.'],
  };
}

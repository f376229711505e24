/** What the evidence says to a claim. */
export type Verdict = 'holds' | 'fails' | 'undecided';

/** A claim about one number: that it is above or below a value, or within a range with its ends. */
export type Claim =
  | { readonly kind: 'above'; readonly value: number }
  | { readonly kind: 'below'; readonly value: number }
  | { readonly kind: 'within'; readonly low: number; readonly high: number };

/**
 * What a confidence interval says to a claim: it holds where the whole interval agrees, fails where the whole interval
 * contradicts, and is undecided where the interval has parts of both.
 *
 * @param interval - low <= high; infinite ends say nothing on their side
 * @throws Error where an end is not a number or low > high, in the interval or in the claim.
 *
 * @example
 * claimVerdict(bootstrapComparison(kh, shlp, settings), { kind: 'above', value: 0 }); // is KH more robust than SHLP?
 */
export function claimVerdict(
  interval: { readonly low: number; readonly high: number },
  claim: Claim,
): Verdict {
  const { low, high } = interval;
  if (!(low <= high)) throw new Error(`claimVerdict: expected an interval, got ${low} to ${high}`);
  switch (claim.kind) {
    case 'above':
      requireNumber(claim.value);
      return low > claim.value ? 'holds' : high <= claim.value ? 'fails' : 'undecided';
    case 'below':
      requireNumber(claim.value);
      return high < claim.value ? 'holds' : low >= claim.value ? 'fails' : 'undecided';
    case 'within':
      if (!(claim.low <= claim.high)) {
        throw new Error(`claimVerdict: expected a range, got ${claim.low} to ${claim.high}`);
      }
      if (low >= claim.low && high <= claim.high) return 'holds';
      return low > claim.high || high < claim.low ? 'fails' : 'undecided';
  }
}

/**
 * The verdict on a claim of several parts, all of which must hold (an order of models is one part for each neighbouring pair).
 *
 * @throws Error where there is no part.
 *
 * @example
 * combineVerdicts(['holds', 'undecided']); // 'undecided'
 */
export function combineVerdicts(parts: readonly Verdict[]): Verdict {
  if (parts.length === 0) throw new Error('combineVerdicts: expected at least one verdict, got none');
  if (parts.includes('fails')) return 'fails';
  return parts.includes('undecided') ? 'undecided' : 'holds';
}

function requireNumber(value: number): void {
  if (Number.isNaN(value)) throw new Error('claimVerdict: expected a value to compare with, got NaN');
}

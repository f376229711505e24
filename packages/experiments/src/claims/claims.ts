import type { RunConfig } from '../config.js';
import type { ClaimResult } from '../results.js';
import type { ClaimInput } from './comparison.js';
import { paperAClaims } from './paper-a.js';
import { paperBClaims, paperBHierarchyClaims } from './paper-b.js';
import { paperCClaims } from './paper-c.js';

/** The claims that a run judges. */
export function claimsOn({ claims }: Pick<RunConfig, 'claims'>, input: ClaimInput): readonly ClaimResult[] {
  switch (claims) {
    case 'none':
      return [];
    case 'paper-a':
      return paperAClaims(input);
    case 'paper-b':
      return paperBClaims(input);
    case 'paper-b-hierarchy':
      return paperBHierarchyClaims(input);
    case 'paper-c':
      return paperCClaims(input);
  }
}

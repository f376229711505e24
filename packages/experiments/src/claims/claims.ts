import type { RunConfig } from '../config.js';
import type { ClaimResult } from '../results.js';
import type { ClaimInput } from './comparison.js';
import { paperAClaims } from './paper-a.js';
import { paperBClaims, paperBHierarchyClaims } from './paper-b.js';
import { paperCClaims } from './paper-c.js';
import { independentPaperA, publishedPaperA, type Reference } from './references-paper-a.js';

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

/** What others measured of the models of a run, the published figures first. */
export function publishedAndIndependent({ claims }: Pick<RunConfig, 'claims'>): readonly Reference[] {
  switch (claims) {
    case undefined:
    case 'none':
    // The published figures of the other papers are not known.
    case 'paper-b':
    case 'paper-b-hierarchy':
    case 'paper-c':
      return [];
    case 'paper-a':
      return [publishedPaperA, independentPaperA];
  }
}

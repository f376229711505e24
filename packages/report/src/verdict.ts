import { escapeText } from './text.js';

/** What a judgement says: what was hoped for, the contrary, or nothing yet. */
export type VerdictTone = 'good' | 'bad' | 'open';

/** A judgement as HTML: a sign, a word and a colour, so that none is needed alone. */
export function drawVerdict(text: string, tone: VerdictTone): string {
  return `<span class="verdict ${tone}"><span aria-hidden="true">${SIGNS[tone]}</span>\u00a0${escapeText(text)}</span>`;
}

const SIGNS = { good: '✓', bad: '✗', open: '?' } as const;

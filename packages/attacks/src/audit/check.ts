import { leastImages } from './thresholds.js';

/** The questions of the audit, in the order of the report; each has a page under docs/audit of that name, with hyphens. */
export type AuditCheckName =
  | 'logits'
  | 'repeatability'
  | 'zero gradients'
  | 'gradient size'
  | 'finite differences'
  | 'blind directions'
  | 'restarts'
  | 'one step'
  | 'random perturbation'
  | 'gradient free'
  | 'stabilised gradients'
  | 'transfer'
  | 'larger budget'
  | 'full range'
  | 'verified adversarials';

/** What one check came to. */
export interface AuditCheck {
  readonly name: AuditCheckName;
  /** `warn` is a doubt, which rules out `trustworthy`; `fail` is enough for `masked`. */
  readonly status: 'pass' | 'warn' | 'fail' | 'not measured';
  /** The figure that is compared with the limits, and others beside it, by name; all finite. */
  readonly measured: Readonly<Record<string, number>>;
  /** Where doubt and failure begin. */
  readonly limits: Readonly<Record<string, number>>;
  /** What was found, in one sentence. */
  readonly sentence: string;
}

export interface Limits {
  readonly warn: number;
  readonly fail: number;
}

/** A figure that is better the smaller it is. */
export function graded(value: number, { warn, fail }: Limits): 'pass' | 'warn' | 'fail' {
  if (!(value <= fail)) return 'fail';
  return value > warn ? 'warn' : 'pass';
}

/** A share of images, which counts only from a number of images on. */
export function gradedShare(share: number, images: number, limits: Limits): 'pass' | 'warn' | 'fail' {
  if (share > limits.fail && images >= leastImages.fail) return 'fail';
  return share > limits.warn && images >= leastImages.warn ? 'warn' : 'pass';
}

export function notMeasured(name: AuditCheckName, sentence: string): AuditCheck {
  return { name, status: 'not measured', measured: {}, limits: {}, sentence };
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`;
}

/** A confidence interval with the estimate that it belongs to. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** In (0, 1). */
  readonly confidence: number;
}

import type { EpochMetrics } from '@hebblab/models';

/** What a run tells while it works. */
export type Progress =
  | { readonly kind: 'note'; readonly text: string }
  | {
      readonly kind: 'epoch';
      readonly model: string;
      readonly stage: string;
      readonly epoch: number;
      readonly epochs: number;
      readonly metrics: EpochMetrics;
    }
  | { readonly kind: 'measuring'; readonly model: string; readonly what: string };

/** Is told what a run does. */
export type OnProgress = (progress: Progress) => void;

import type { Calls, Evaluation } from './evaluation.js';
import type { NumberedImages } from './image-set.js';
import type { Verdict } from './verification.js';

/** What became of one image. */
export type ImageStatus =
  /** Flipped at this epsilon, at these distances from the image, and the check of the stored values agreed. */
  | {
      readonly status: 'adversarial';
      readonly epsilon: number;
      /** ||x_adv - x||_2. */
      readonly distance: number;
      /** max |x_adv - x|. */
      readonly linfDistance: number;
    }
  /** Classified correctly at every epsilon that was tried. */
  | { readonly status: 'robust within the grid' }
  /** Misclassified without any attack. */
  | { readonly status: 'wrong from the start' }
  /** Flipped at this epsilon, but the check of the stored values did not agree: neither found nor robust. */
  | { readonly status: 'unverified'; readonly epsilon: number; readonly reason: string };

/** What became of one image, and what it cost. */
export type ImageResult = ImageStatus & { readonly calls: Calls };

/** The status that a check of a flip gives. */
export function statusOf(verdict: Verdict, epsilon: number): ImageStatus {
  if (verdict.kind === 'refuted') return { status: 'unverified', epsilon, reason: verdict.reason };
  const { distance, linfDistance } = verdict;
  return { status: 'adversarial', epsilon, distance, linfDistance };
}

/** Every image of a set as wrong from the start, before batches of initially correct ones say better. */
export function startStatuses(labels: Uint8Array): ImageStatus[] {
  return Array.from(labels, () => ({ status: 'wrong from the start' }));
}

/** Writes the statuses of a batch where its images stand in the whole set. */
export function placeStatuses(
  all: ImageStatus[],
  { imageNumbers }: NumberedImages,
  statuses: readonly ImageStatus[],
): void {
  imageNumbers.forEach((number, row) => {
    all[number] = statuses[row] as ImageStatus;
  });
}

/** The statuses with what each image cost. */
export function resultsOf(statuses: readonly ImageStatus[], evaluation: Evaluation): ImageResult[] {
  return statuses.map((status, number) => ({ ...status, calls: evaluation.callsOf(number) }));
}

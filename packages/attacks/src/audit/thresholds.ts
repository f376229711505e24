/**
 * The limits of the audit. They were fixed, with these reasons, before any planted classifier was run; the pages under
 * docs/audit say what each is compared with. A measured value above `fail` fails the check, above `warn` leaves a doubt.
 */
export const auditThresholds = {
  /**
   * Largest difference of a logit between two ways of asking, over the median spread (largest - smallest logit of an
   * image). float32 sums in another order differ by about 1e-6 of it; noise that changes any outcome by 1e-3 and more.
   */
  repeatability: { warn: 1e-4, fail: 1e-3 },
  /**
   * Median change of the logits between neighbouring float32 inputs (relative distance 2^-22 = 2.4e-7), over the median
   * spread: a network multiplies that distance by its gain, 1 to 1000; a hash of the input changes everything.
   */
  continuity: { warn: 1e-3, fail: 1e-2 },
  /** Share of outputs at the two ends of their range, or of rows that are probabilities: only squashing does that. */
  squashedLogits: { warn: 0.5 },
  /**
   * Share of images whose gradients are all exactly zero or not finite. One dead image in a hundred happens; one in
   * twenty is counted as robust by every gradient attack without having been attacked, and curves are read to 5 %.
   */
  zeroGradients: { warn: 0.01, fail: 0.05 },
  /**
   * Median log10 of ||gradient|| x (range of the inputs) / (spread of the logits): the share of the logits' spread that
   * one unit of input range moves, free of the scale of the logits. About 0 for networks that vary over the range at
   * all; 1e-6 is the relative rounding of float32, below which a gradient cannot be told from rounding.
   */
  gradientSize: { warn: -4, fail: -6 },
  /** Share of images whose gradients disagree with differences of the loss; kinks of honest networks reach 1 or 2 %. */
  finiteDifferences: { warn: 0.05, fail: 0.2 },
  /** Share of blocks of inputs that move the loss when changed by the range, but not in the eyes of the gradient. */
  blindDirections: { warn: 0.02, fail: 0.1 },
  /**
   * Share of the correct images broken by the attack compared and not by the white-box attack, at the worst epsilon. A
   * white-box attack with restarts should miss none; a difference of 5 % is what a robustness curve is read to.
   */
  missedByWhiteBox: { warn: 0.02, fail: 0.05 },
  /** Share broken by the last of the runs alone: below 5 % more runs change nothing that is read off a curve. */
  restarts: { warn: 0.05, fail: 0.2 },
  /** Share standing where every image of the box is allowed. It must be 0; a stubborn image in a hundred is let pass. */
  fullRange: { warn: 0.01, fail: 0.05 },
  /** Share of adversarials that did not pass when their stored values were checked again. */
  unverified: { warn: 0, fail: 0.02 },
} as const;

/** A share counts as above `warn` from this many images, as above `fail` from that many: one image proves nothing. */
export const leastImages = { warn: 2, fail: 3 } as const;

/** With fewer correctly classified images no audit ends in `trustworthy`: 0 of 20 bounds a share by 14 % (95 %). */
export const leastCorrectImages = 20;

/** How differences of the loss are compared with gradients; see docs/audit/finite-differences.md. */
export const differenceRules = {
  /** Lengths (L2) of the steps, as shares of the range of the inputs. */
  steps: [1e-4, 1e-3, 1e-2],
  /** A change is resolved where it is this many times the rounding noise measured at the image. */
  resolved: 30,
  /** Slopes agree within this factor of each other; a gradient's scale is free, one for each image. */
  factor: 3,
  /** An image's gradient is true where this share of the directions agrees. */
  agreeing: 0.75,
} as const;

/** A block is unseen where its gradient is this small beside the image's largest component. */
export const unseenGradient = 1e-6;

/** A block moves the loss where it changes it by this share of the spread of the logits. */
export const movingBlock = 0.02;

/**
 * A source of standard normal numbers: writes elements first, first + 1, ... of the named stream into out.
 * Element i of a stream must depend on (stream, i) alone, as a counter-based generator gives it.
 */
export type Normals = (stream: string, first: number, out: Float32Array) => void;

/** x + epsilon N(0, I), not clipped. */
export interface RandomNoise {
  readonly kind: 'random noise';
  readonly normals: Normals;
}

/** clip(x + epsilon sign(gradient), bounds). */
export interface Fgsm {
  readonly kind: 'fgsm';
}

/** Projected gradient descent from x. */
export interface Pgd {
  readonly kind: 'pgd';
  /** The ball around x: |delta_i| <= epsilon, or ||delta||_2 <= epsilon. */
  readonly norm: 'linf' | 'l2';
  readonly steps: number;
  readonly stepSize: StepSize;
  readonly clip: 'every step' | 'after the last step';
}

/**
 * How far one step of PGD goes: a share of epsilon; or a constant size, and a share of epsilon where epsilon is below
 * that size.
 */
export type StepSize =
  | { readonly kind: 'share of epsilon'; readonly share: number }
  | { readonly kind: 'constant'; readonly size: number; readonly shareBelow: number };

/** Attacks that any classifier can be given to. */
export type GradientFreeAttack = RandomNoise;

/** Attacks are plain data; {@link DifferentiableClassifier} is needed by all but the gradient-free ones. */
export type Attack = GradientFreeAttack | Fgsm | Pgd;

/**
 * Gaussian noise, x + epsilon N(0, I), not clipped, fresh at each epsilon (arXiv 2405.00679, A6).
 * Image i at the j-th epsilon reads elements [i inputs, (i + 1) inputs) of the stream `random noise, epsilon j`,
 * both counted from 0: its noise does not depend on how the images are batched.
 *
 * @example
 * const attack = randomNoise({
 *   normals: (stream, first, out) => randomNormal(kernels, { seed: 1, stream, first }, out),
 * });
 */
export function randomNoise({ normals }: { readonly normals: Normals }): RandomNoise {
  return { kind: 'random noise', normals };
}

/**
 * Fast gradient sign method, clip(x + epsilon sign(g), bounds), g the cross-entropy gradient, taken once for an image
 * whatever the number of epsilons (Goodfellow et al. 2015). An input with zero gradient does not move.
 *
 * @example
 * const adversarial = await perturb(classifier, fgsm(), images, labels, 0.1);
 */
export function fgsm(): Fgsm {
  return { kind: 'fgsm' };
}

/**
 * Projected gradient descent on the cross-entropy from x, no random start (Madry et al. 2018). Each step goes by
 * sign(g) (linf) or g / ||g||_2 (l2), then back into the ball, then into the bounds if `clip` says so.
 * A zero gradient makes no step.
 *
 * @throws Error where steps is not a positive integer or a step size not positive.
 *
 * @example
 * // The PGD of arXiv 2405.00679: steps of 1e-2, or of 0.1 epsilon where epsilon < 1e-2, clipped once.
 * const attack = pgd({
 *   norm: 'linf',
 *   steps: 20,
 *   stepSize: { kind: 'constant', size: 1e-2, shareBelow: 0.1 },
 *   clip: 'after the last step',
 * });
 */
export function pgd(settings: Omit<Pgd, 'kind'>): Pgd {
  const { steps, stepSize } = settings;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`pgd: expected a positive number of steps, got ${steps}`);
  }
  const sizes = stepSize.kind === 'constant' ? [stepSize.size, stepSize.shareBelow] : [stepSize.share];
  const faulty = sizes.find((size) => !(size > 0 && Number.isFinite(size)));
  if (faulty !== undefined) throw new Error(`pgd: expected positive, finite step sizes, got ${faulty}`);
  return { kind: 'pgd', ...settings };
}

/** The length of one step of PGD at this epsilon. */
export function stepLength(stepSize: StepSize, epsilon: number): number {
  if (stepSize.kind === 'share of epsilon') return stepSize.share * epsilon;
  return epsilon < stepSize.size ? stepSize.shareBelow * epsilon : stepSize.size;
}

/** The strongest perturbation of the least length, rather than within a budget. */
export interface FastMinimumNorm {
  readonly kind: 'fast minimum norm';
  readonly steps: number;
  /** Length of a step as a share of the current radius, falling by a cosine from the first to the last. */
  readonly stepShare: { readonly first: number; readonly last: number };
  /** By which share the radius shrinks after a success and grows after a failure, falling by a cosine as well. */
  readonly radiusShare: { readonly first: number; readonly last: number };
  /** Forward calls for closing in on the boundary between the image and the best adversarial. */
  readonly bisections: number;
}

/**
 * Fast minimum-norm attack in L2 (Pintor et al. 2021), on the margin m = z_y - max_{j != y} z_j, whose gradient is g:
 *
 *     misclassified:             keep the shortest delta;  radius = min(radius (1 - c_k), its length)
 *     never misclassified yet:   radius = max(||delta|| + m / ||g||, radius (1 + c_k))
 *     else:                      radius = radius (1 + c_k)
 *     delta = delta - a_k radius g / ||g||, back onto the ball of the radius, then into the bounds
 *
 * ||delta|| + m / ||g|| is where the boundary would be, were it flat. a_k and c_k fall by a cosine. Three changes to the published algorithm: before the first success the radius grows at
 * least by c_k, or inputs held by the bounds would keep it short of the boundary; the length of a step is a share of the
 * radius, so that the scale of the inputs does not matter (the published 1, for images of pixels in [0, 1], is ten times
 * the critical distance of L3-normalised ones); and the shortest adversarial is drawn towards its image by bisection along
 * the line at the end.
 *
 * @param settings - 100 steps, step share 1 to 0.01, radius share 0.05 to 0.001, 12 bisections unless told
 * @throws Error where a number is out of range.
 *
 * @example
 * const { images: found } = await minimalDistances(classifier, fastMinimumNorm(), { images, labels, batchSize: 500 });
 */
export function fastMinimumNorm(settings: Partial<Omit<FastMinimumNorm, 'kind'>> = {}): FastMinimumNorm {
  const {
    steps = 100,
    stepShare = { first: 1, last: 0.01 },
    radiusShare = { first: 0.05, last: 0.001 },
    bisections = 12,
  } = settings;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new Error(`fastMinimumNorm: expected a positive number of steps, got ${steps}`);
  }
  if (!Number.isInteger(bisections) || bisections < 0) {
    throw new Error(`fastMinimumNorm: expected a whole number of bisections, got ${bisections}`);
  }
  const shares = [stepShare.first, stepShare.last, radiusShare.first, radiusShare.last];
  const faulty = shares.find((share) => !(share > 0 && share <= 1));
  if (faulty !== undefined) throw new Error(`fastMinimumNorm: expected shares in (0, 1], got ${faulty}`);
  return { kind: 'fast minimum norm', steps, stepShare, radiusShare, bisections };
}

/** Between first and last by half a cosine; steps count from 0. */
export function annealed(
  { first, last }: { readonly first: number; readonly last: number },
  step: number,
  steps: number,
): number {
  return last + ((first - last) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

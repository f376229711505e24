/** sum over the classes of |tanh(beta z) - t|^exponent, t = 1 for the label and -1 for the others. */
export interface PowerLoss {
  /** > 0; 0.01 in Krotov & Hopfield 2019. */
  readonly beta: number;
  /** >= 1; m = 6 in Krotov & Hopfield 2019. */
  readonly exponent: number;
}

/** Refuses numbers that make no loss. */
export function expectPowerLoss(operation: string, { beta, exponent }: PowerLoss): void {
  if (!(beta > 0 && Number.isFinite(beta))) throw new Error(`${operation}: expected a beta > 0, got ${beta}`);
  if (!(exponent >= 1 && Number.isFinite(exponent)))
    throw new Error(`${operation}: expected an exponent >= 1, got ${exponent}`);
}

/**
 * The loss of the original Krotov-Hopfield classifier (Krotov & Hopfield 2019) of each sample, and each sample's own
 * gradient by its values z before tanh.
 *
 * @param values z [count, classes]
 * @param labels [count]
 * @returns losses [count], gradient [count, classes], not divided by the count
 * @throws where the lengths do not fit, or beta or the exponent is out of range
 * @example
 * powerLoss(Float32Array.of(0, 0), Uint8Array.of(0), 2, { beta: 1, exponent: 2 }).gradient; // [-2, 2]
 */
export function powerLoss(
  values: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  loss: PowerLoss,
): { readonly losses: Float32Array; readonly gradient: Float32Array } {
  expectPowerLoss('powerLoss', loss);
  if (values.length !== labels.length * classes)
    throw new Error(
      `powerLoss: expected ${labels.length * classes} values for ${labels.length} labels, got ${values.length}`,
    );
  const { beta, exponent } = loss;
  const losses = new Float32Array(labels.length);
  const gradient = new Float32Array(values.length);
  for (let sample = 0; sample < labels.length; sample++) {
    let sum = 0;
    for (let unit = 0; unit < classes; unit++) {
      const at = sample * classes + unit;
      const z = beta * (values[at] as number);
      const difference = Math.tanh(z) - (unit === labels[sample] ? 1 : -1);
      const size = Math.abs(difference);
      sum += size ** exponent;
      // tanh' = 1 / cosh^2, which 1 - tanh^2 rounds to 0 early.
      const slope = beta / Math.cosh(z) ** 2;
      gradient[at] = exponent * size ** (exponent - 1) * Math.sign(difference) * slope;
    }
    losses[sample] = sum;
  }
  return { losses, gradient };
}

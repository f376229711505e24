/** Weights are [hidden, inputs], row-major: one unit a row. */
export interface LayerShape {
  readonly hidden: number;
  readonly inputs: number;
}

/** Refuses weights that do not have the shape or are not finite. */
export function requireLayer(operation: string, weights: Float32Array, { hidden, inputs }: LayerShape): void {
  if (!Number.isInteger(hidden) || !Number.isInteger(inputs) || hidden < 1 || inputs < 1) {
    throw new Error(`${operation}: expected a shape of positive integers, got [${hidden}, ${inputs}]`);
  }
  if (weights.length !== hidden * inputs) {
    throw new Error(`${operation}: expected ${hidden} x ${inputs} weights, got ${weights.length}`);
  }
  const faulty = weights.findIndex((value) => !Number.isFinite(value));
  if (faulty >= 0) {
    throw new Error(
      `${operation}: expected finite weights, got ${weights[faulty]} in unit ${Math.floor(faulty / inputs)}`,
    );
  }
}

/** One number for each unit, from its row of weights. */
export function eachUnit(
  weights: Float32Array,
  { hidden, inputs }: LayerShape,
  measure: (unit: Float32Array) => number,
): Float64Array {
  return Float64Array.from({ length: hidden }, (_, unit) =>
    measure(weights.subarray(unit * inputs, (unit + 1) * inputs)),
  );
}

/** Refuses a p or radius that no Krotov-Hopfield layer has. */
export function requireRule(
  operation: string,
  { p, radius }: { readonly p: number; readonly radius: number },
): void {
  if (!(p >= 2 && Number.isFinite(p))) throw new Error(`${operation}: expected p of at least 2, got ${p}`);
  if (!(radius > 0 && Number.isFinite(radius))) {
    throw new Error(`${operation}: expected a positive radius, got ${radius}`);
  }
}

/** Mean of the values. */
export function mean(values: Float32Array | Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

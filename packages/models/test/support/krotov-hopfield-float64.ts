// The minibatch rule as arXiv 2405.00679 states it, in float64 and nothing but loops.

export interface Rule {
  readonly p: number;
  readonly k: number;
  readonly delta: number;
  readonly radius: number;
  readonly precision: number;
}

/** One minibatch; changes `weights` [hidden][inputs]. */
export function minibatchStep(
  weights: number[][],
  samples: readonly (readonly number[])[],
  learningRate: number,
  { p, k, delta, radius, precision }: Rule,
): void {
  const update = weights.map((row) => row.map(() => 0));
  const decay = weights.map(() => 0);
  for (const sample of samples) {
    const h = weights.map((row) =>
      row.reduce((sum, w, i) => sum + w * Math.abs(w) ** (p - 2) * (sample[i] as number), 0),
    );
    const ranked = h.map((_, unit) => unit).sort((a, b) => (h[b] as number) - (h[a] as number) || a - b);
    for (const [unit, g] of [
      [ranked[0], 1],
      [ranked[k - 1], -delta],
    ] as const) {
      sample.forEach((value, i) => {
        const row = update[unit as number] as number[];
        row[i] = (row[i] as number) + radius ** p * g * value;
      });
      decay[unit as number] = (decay[unit as number] as number) + g * (h[unit as number] as number);
    }
  }
  weights.forEach((row, unit) => {
    row.forEach((w, i) => {
      const change = update[unit] as number[];
      change[i] = (change[i] as number) - (decay[unit] as number) * w;
    });
  });
  const largest = Math.max(precision, ...update.flat().map(Math.abs));
  weights.forEach((row, unit) => {
    row.forEach((w, i) => {
      row[i] = w + (learningRate * ((update[unit] as number[])[i] as number)) / largest;
    });
  });
}

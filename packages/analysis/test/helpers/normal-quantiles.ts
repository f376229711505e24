/**
 * Standard normal quantiles at (i + 0.5) / count, by bisection on the distribution function: a sample that is as normal as
 * a sample can be, without a random generator.
 */
export function normalQuantiles(count: number): number[] {
  return Array.from({ length: count }, (_, i) => quantile((i + 0.5) / count));
}

function quantile(probability: number): number {
  let low = -8;
  let high = 8;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (distribution(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 1/2 + density(z) (z + z^3/3 + z^5/15 + ...), which converges for every z. */
function distribution(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 3; n < 300; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

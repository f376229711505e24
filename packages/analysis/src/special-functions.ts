// Gamma and beta functions in float64, for theory curves and t intervals. Series and continued fractions: Abramowitz &
// Stegun 1964 (6.1.41, 6.5.29, 6.5.31, 26.5.8); the continued fractions are evaluated by Lentz's method.

/** log Gamma(x) for x > 0, to about 1e-14 of its size: Stirling's series above 15, the recurrence below. */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 15) {
    product *= shifted;
    shifted++;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const tail =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))));
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + tail - Math.log(product)
  );
}

/** The regularised incomplete gamma functions: lower P(a, x), and upper Q = 1 - P with digits of its own; a > 0, x >= 0. */
export function incompleteGamma(a: number, x: number): { readonly lower: number; readonly upper: number } {
  if (x === 0) return { lower: 0, upper: 1 };
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= x / (a + n);
      sum += term;
    }
    const lower = Math.min(1, front * sum);
    return { lower, upper: 1 - lower };
  }
  const upper =
    front /
    continuedFraction(x + 1 - a, (n) => ({ numerator: -n * (n - a), denominator: x + 2 * n + 1 - a }));
  return { lower: 1 - upper, upper };
}

/** The regularised incomplete beta function I_x(a, b); a, b > 0, x in [0, 1]. */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const fraction = continuedFraction(1, (n) => {
    const m = Math.floor(n / 2);
    const numerator =
      n % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { numerator, denominator: 1 };
  });
  return front / (a * fraction);
}

/** first + numerator(1) / (denominator(1) + numerator(2) / (denominator(2) + ...)) */
function continuedFraction(
  first: number,
  term: (n: number) => { readonly numerator: number; readonly denominator: number },
): number {
  const tiny = 1e-300;
  let value = first === 0 ? tiny : first;
  let c = value;
  let d = 0;
  for (let n = 1; n < 10_000; n++) {
    const { numerator, denominator } = term(n);
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    value *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return value;

  function nonZero(x: number): number {
    return Math.abs(x) < tiny ? tiny : x;
  }
}

/**
 * The place where a function that rises from below 0 to above 0 crosses it, by bisection to the last digit.
 *
 * @param low - where the function is not above 0
 * @param high - where it is not below 0
 */
export function bisect(low: number, high: number, rising: (x: number) => number): number {
  let [a, b] = [low, high];
  for (let step = 0; step < 200; step++) {
    const middle = (a + b) / 2;
    if (middle <= a || middle >= b) break;
    if (rising(middle) < 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

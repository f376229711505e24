/** Throws the package's one form of error: operation, expected, got. */
export function fail(operation: string, expected: string, got: string): never {
  throw new Error(`${operation}: expected ${expected}, got ${got}`);
}

export function requireNotEmpty(operation: string, name: string, values: ArrayLike<unknown>): void {
  if (values.length === 0) fail(operation, `at least one element in ${name}`, 'none');
}

export function requireSameLength(
  operation: string,
  first: string,
  firstLength: number,
  second: string,
  secondLength: number,
): void {
  if (firstLength !== secondLength) {
    fail(operation, `${first} and ${second} of the same length`, `${firstLength} and ${secondLength}`);
  }
}

export function requireFinite(operation: string, name: string, values: ArrayLike<number>): void {
  requireEach(operation, `finite numbers in ${name}`, values, Number.isFinite);
}

export function requireFractions(operation: string, name: string, values: ArrayLike<number>): void {
  requireEach(operation, `numbers from 0 to 1 in ${name}`, values, (value) => value >= 0 && value <= 1);
}

export function requirePositive(operation: string, name: string, values: ArrayLike<number>): void {
  requireEach(
    operation,
    `finite numbers above 0 in ${name}`,
    values,
    (value) => value > 0 && Number.isFinite(value),
  );
}

export function requireNonNegative(operation: string, name: string, values: ArrayLike<number>): void {
  requireEach(
    operation,
    `finite numbers of at least 0 in ${name}`,
    values,
    (value) => value >= 0 && Number.isFinite(value),
  );
}

export function requirePositiveInteger(operation: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) fail(operation, `a whole number ${name} >= 1`, String(value));
}

export function requireAscending(operation: string, name: string, values: ArrayLike<number>): void {
  for (let index = 1; index < values.length; index++) {
    if (Number(values[index]) <= Number(values[index - 1])) {
      fail(operation, `ascending ${name}`, `${values[index]} after ${values[index - 1]}`);
    }
  }
}

/** Several curves share one axis, so each must have points, and each name must tell one apart. */
export function requireDistinctNames(
  operation: string,
  name: string,
  items: readonly { readonly name: string }[],
): void {
  requireNotEmpty(operation, name, items);
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.name)) fail(operation, `a different name for each of ${name}`, `'${item.name}' twice`);
    seen.add(item.name);
  }
}

export function requireIntervals(
  operation: string,
  name: string,
  intervals: readonly (readonly [number, number])[],
  isAllowed: (value: number) => boolean,
  allowed: string,
): void {
  for (const [index, [low, high]] of intervals.entries()) {
    if (!(isAllowed(low) && isAllowed(high) && low <= high)) {
      fail(operation, `${name} as [low, high] with ${allowed}`, `[${low}, ${high}] at index ${index}`);
    }
  }
}

function requireEach(
  operation: string,
  expected: string,
  values: ArrayLike<number>,
  isAllowed: (value: number) => boolean,
): void {
  for (let index = 0; index < values.length; index++) {
    const value = Number(values[index]);
    if (!isAllowed(value)) fail(operation, expected, `${value} at index ${index}`);
  }
}

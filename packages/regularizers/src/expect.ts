/** Refuses weights of penalties that make none. */
export function expectWeight(operation: string, weight: number): void {
  if (!(weight >= 0 && Number.isFinite(weight)))
    throw new Error(`${operation}: expected a weight >= 0, got ${weight}`);
}

/** Refuses a setting that is not a finite number above 0. */
export function expectPositive(operation: string, name: string, value: number): void {
  if (!(value > 0 && Number.isFinite(value)))
    throw new Error(`${operation}: expected ${name} > 0, got ${value}`);
}

/** Refuses a setting that is not a whole number from `least` on. */
export function expectWhole(operation: string, name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    throw new Error(`${operation}: expected ${name} as a whole number >= ${least}, got ${value}`);
}

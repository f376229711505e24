/**
 * Holm's correction of several p values (Holm 1979): where every one below `alpha` after it is called significant,
 * the chance of a single false call among all of them is at most `alpha`, whatever depends on what.
 *
 * @param p - each in [0, 1]
 * @returns corrected values in the order that was given
 * @throws Error where a value is outside [0, 1]
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holm(p: readonly number[]): number[] {
  const faulty = p.find((value) => !(value >= 0 && value <= 1));
  if (faulty !== undefined) throw new Error(`holm: expected p values in [0, 1], got ${faulty}`);
  const ascending = p.map((_, index) => index).sort((first, second) => at(p, first) - at(p, second));
  const corrected = new Array<number>(p.length);
  let largest = 0;
  ascending.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, at(p, index) * (p.length - rank)));
    corrected[index] = largest;
  });
  return corrected;
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}

/** The least and the largest number of several lists, which may be too long for Math.min. */
export function extent(lists: readonly ArrayLike<number>[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    for (let index = 0; index < list.length; index++) {
      low = Math.min(low, Number(list[index]));
      high = Math.max(high, Number(list[index]));
    }
  }
  return [low, high];
}

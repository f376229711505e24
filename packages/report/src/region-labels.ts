/** A cell in the middle of a region, with the region's label. */
export type CellLabel = { readonly label: number; readonly row: number; readonly column: number };

/**
 * For each label of a row-major map, the cell that lies deepest in its regions, where there is room for text. Labels
 * whose regions are all thinner than a tenth of the map get none.
 */
export function labelCells(labels: ArrayLike<number>, rows: number, columns: number): CellLabel[] {
  const depths = depthsOf(labels, rows, columns);
  const deepest = new Map<number, number>();
  for (let index = 0; index < labels.length; index++) {
    const label = Number(labels[index]);
    const best = deepest.get(label);
    if (best === undefined || (depths[index] ?? 0) > (depths[best] ?? 0)) deepest.set(label, index);
  }
  const needed = Math.min(rows, columns) / 20;
  return [...deepest]
    .filter(([, index]) => (depths[index] ?? 0) >= needed)
    .sort(([first], [second]) => first - second)
    .map(([label, index]) => ({ label, row: Math.floor(index / columns), column: index % columns }));
}

/** Steps (of a king) from each cell to the nearest cell of another label or beyond the map, in two sweeps. */
function depthsOf(labels: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const depths = new Float64Array(rows * columns).fill(Number.POSITIVE_INFINITY);
  const step = (index: number, down: number, right: number): void => {
    const row = Math.floor(index / columns) + down;
    const column = (index % columns) + right;
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    const neighbour = row * columns + column;
    const through = isInside && labels[neighbour] === labels[index] ? (depths[neighbour] ?? 0) : 0;
    depths[index] = Math.min(depths[index] ?? 0, through + 1);
  };
  for (let index = 0; index < depths.length; index++)
    for (const [down, right] of BEFORE) step(index, down, right);
  for (let index = depths.length - 1; index >= 0; index--)
    for (const [down, right] of BEFORE) step(index, -down, -right);
  return depths;
}

const BEFORE = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
] as const;

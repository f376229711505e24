/** A matrix of plain numbers, row-major. */
export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
}

/** Refuses a matrix that does not have the shape or is not finite. */
export function requireMatrix(
  operation: string,
  values: Float32Array | Float64Array,
  { rows, columns }: MatrixShape,
): void {
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1) {
    throw new Error(`${operation}: expected a shape of positive integers, got [${rows}, ${columns}]`);
  }
  if (values.length !== rows * columns) {
    throw new Error(`${operation}: expected ${rows} x ${columns} values, got ${values.length}`);
  }
  const faulty = values.findIndex((value) => !Number.isFinite(value));
  if (faulty >= 0) {
    throw new Error(
      `${operation}: expected finite values, got ${values[faulty]} in row ${Math.floor(faulty / columns)}`,
    );
  }
}

/** Refuses labels that are not one whole number >= 0 for each of the rows. */
export function requireLabels(operation: string, labels: ArrayLike<number>, count: number): void {
  if (labels.length !== count) {
    throw new Error(`${operation}: expected ${count} labels, got ${labels.length}`);
  }
  const faulty = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0);
  if (faulty !== undefined) {
    throw new Error(`${operation}: expected labels of whole numbers from 0, got ${faulty}`);
  }
}

/** Convolution and pooling in plain double loops: NHWC with one sample, filters [height, width, in, out]. */
export interface Plane {
  height: number;
  width: number;
  channels: number;
}

export type Padding = 'same' | 'valid';

/** Where the windows of an axis begin, and how many there are (TensorFlow's rules for 'same' and 'valid'). */
export function windows(length: number, size: number, stride: number, padding: Padding): number[] {
  const count = Math.ceil((padding === 'same' ? length : length - size + 1) / stride);
  const before = padding === 'same' ? Math.floor(Math.max(0, (count - 1) * stride + size - length) / 2) : 0;
  return Array.from({ length: count }, (_, index) => index * stride - before);
}

/** For every window and its cells inside the plane: what `visit` makes of the cells' [row, column, offset in window]. */
export function overWindows<Result>(
  plane: Plane,
  size: number,
  stride: number,
  padding: Padding,
  visit: (cells: { row: number; column: number; cell: number }[]) => Result[],
): Result[] {
  return windows(plane.height, size, stride, padding).flatMap((top) =>
    windows(plane.width, size, stride, padding).flatMap((left) => {
      const cells = Array.from({ length: size * size }, (_, cell) => ({
        row: top + Math.floor(cell / size),
        column: left + (cell % size),
        cell,
      }));
      return visit(
        cells.filter(
          ({ row, column }) => row >= 0 && row < plane.height && column >= 0 && column < plane.width,
        ),
      );
    }),
  );
}

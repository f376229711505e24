//! Householder reduction of a symmetric matrix to tridiagonal form, from the last row up.
//!
//! Step i turns row i into (0, ..., 0, off, diagonal) by a reflection H = I - u u^T, u.u = 2, of the first
//! i coordinates, and the leading block A into H A H = A - u w^T - w u^T with p = A u, w = p - (u.p / 2) u.
//! Large matrices do not fit a cache, so a step's sweep over the rows does two things at once: it applies
//! the previous step's u and w, and forms the product of the updated rows with this step's u.

use crate::buffers::zeros;
use crate::error::KernelResult;
use crate::vectors_f64::{add_scaled, dot};

/// Rows that share one pass over the vectors.
const ROWS: usize = 4;

const LANES: usize = 2;

/// Squared lengths below this, in a matrix whose largest entry is 1, are taken as zero.
const NEGLIGIBLE: f64 = 1e-280;

/// Destroys `matrix`, of which only the lower triangle is read. `off_diagonal[i]` couples i and i + 1; its
/// last entry is 0. Row i of `matrix` keeps the u of step i in its first i entries (zeros: no reflection).
pub fn reduce(
    operation: &'static str,
    matrix: &mut [f64],
    size: usize,
    diagonal: &mut [f64],
    off_diagonal: &mut [f64],
) -> KernelResult<()> {
    off_diagonal[size - 1] = 0.0;
    let mut correction = zeros(operation, size)?;
    let mut product = zeros(operation, size)?;
    let nothing_pending = zeros(operation, size)?;
    let mut pending = false;
    for step in (1..size).rev() {
        let (above, rest) = matrix.split_at_mut(step * size);
        let (row, previous) = rest.split_at_mut(size.min(rest.len()));
        let previous: &[f64] = if pending { &previous[..step + 1] } else { &[] };
        if pending {
            apply_to_row(&mut row[..step + 1], previous, &correction);
        }
        diagonal[step] = row[step];
        let reflector = &mut row[..step];
        let (off, reflects) = make_reflector(reflector);
        off_diagonal[step - 1] = off;

        let product = &mut product[..step];
        product.fill(0.0);
        if pending {
            sweep(above, size, previous, &correction, reflector, product);
        } else if reflects {
            sweep(above, size, &nothing_pending, &nothing_pending, reflector, product);
        }
        let half = dot(reflector, product) / 2.0;
        for ((w, p), u) in correction.iter_mut().zip(product.iter()).zip(reflector.iter()) {
            *w = p - half * u;
        }
        pending = reflects;
    }
    // The last pending update, of the 1 x 1 block: step 1 never reflects, since its row has one entry.
    diagonal[0] = matrix[0];
    Ok(())
}

/// Fills row i of `vectors` with column i of Q = H_(size-1) ... H_1, so that A = Q T Q^T.
pub fn fill_transformation(reduced: &[f64], size: usize, vectors: &mut [f64]) {
    for (index, vector) in vectors.chunks_exact_mut(size).enumerate() {
        vector.fill(0.0);
        vector[index] = 1.0;
        // Earlier reflections act on coordinates below `index` alone, where the vector is still 0.
        for step in index + 1..size {
            let reflector = &reduced[step * size..step * size + step];
            let along = dot(reflector, &vector[..step]);
            add_scaled(&mut vector[..step], -along, reflector);
        }
    }
}

fn apply_to_row(row: &mut [f64], previous: &[f64], correction: &[f64]) {
    let last = row.len() - 1;
    let (u, w) = (previous[last], correction[last]);
    for ((value, u_column), w_column) in row.iter_mut().zip(previous).zip(correction) {
        *value -= u * w_column + w * u_column;
    }
}

/// Turns the row into u with u.u = 2 and returns the entry that the reflection leaves at its end; zeros and
/// `false` where the other entries vanish already.
fn make_reflector(row: &mut [f64]) -> (f64, bool) {
    let (last, others) = match row.split_last_mut() {
        Some(parts) => parts,
        None => return (0.0, false),
    };
    let tail = dot(others, others);
    if tail < NEGLIGIBLE {
        let off = *last;
        row.fill(0.0);
        return (off, false);
    }
    let length = (tail + *last * *last).sqrt();
    let off = if *last > 0.0 { -length } else { length };
    let half_square = length * (length + last.abs());
    *last -= off;
    let unit = 1.0 / half_square.sqrt();
    for value in row {
        *value *= unit;
    }
    (off, true)
}

/// For the leading rows of `matrix`, as many as `product` has entries: subtracts u w^T + w u^T of the
/// pending step (zeros: none is), then adds A `vector` to `product`. Lower triangle only.
fn sweep(matrix: &mut [f64], size: usize, u: &[f64], w: &[f64], vector: &[f64], product: &mut [f64]) {
    let count = product.len();
    let mut first = 0;
    while first + ROWS <= count {
        let rows = &mut matrix[first * size..(first + ROWS) * size];
        sweep_rows(rows, size, first, &u[..count], &w[..count], vector, product);
        first += ROWS;
    }
    for row in first..count {
        sweep_tail(&mut matrix[row * size..row * size + row + 1], row, 0, u, w, vector, product);
    }
}

/// Four rows at once, on the columns that all four have below the diagonal; then each one's own corner.
fn sweep_rows(
    rows: &mut [f64],
    size: usize,
    first: usize,
    u: &[f64],
    w: &[f64],
    vector: &[f64],
    product: &mut [f64],
) {
    let (row0, rest) = rows.split_at_mut(size);
    let (row1, rest) = rest.split_at_mut(size);
    let (row2, row3) = rest.split_at_mut(size);
    let at = |values: &[f64]| [values[first], values[first + 1], values[first + 2], values[first + 3]];
    let (u_rows, w_rows, x_rows) = (at(u), at(w), at(vector));
    let mut sums = [[0.0; LANES]; ROWS];
    let shared = first - first % LANES;
    let blocks0 = row0[..shared].as_chunks_mut::<LANES>().0.iter_mut();
    let blocks1 = row1[..shared].as_chunks_mut::<LANES>().0.iter_mut();
    let blocks2 = row2[..shared].as_chunks_mut::<LANES>().0.iter_mut();
    let blocks3 = row3[..shared].as_chunks_mut::<LANES>().0.iter_mut();
    let columns = u.as_chunks::<LANES>().0.iter().zip(w.as_chunks::<LANES>().0);
    let columns = columns.zip(vector.as_chunks::<LANES>().0).zip(product.as_chunks_mut::<LANES>().0);
    let blocks = blocks0.zip(blocks1).zip(blocks2.zip(blocks3));
    for (((a0, a1), (a2, a3)), (((u_column, w_column), x_column), p_column)) in blocks.zip(columns) {
        for lane in 0..LANES {
            let (u_lane, w_lane, x_lane) = (u_column[lane], w_column[lane], x_column[lane]);
            let value0 = a0[lane] - (u_rows[0] * w_lane + w_rows[0] * u_lane);
            let value1 = a1[lane] - (u_rows[1] * w_lane + w_rows[1] * u_lane);
            let value2 = a2[lane] - (u_rows[2] * w_lane + w_rows[2] * u_lane);
            let value3 = a3[lane] - (u_rows[3] * w_lane + w_rows[3] * u_lane);
            a0[lane] = value0;
            a1[lane] = value1;
            a2[lane] = value2;
            a3[lane] = value3;
            sums[0][lane] += value0 * x_lane;
            sums[1][lane] += value1 * x_lane;
            sums[2][lane] += value2 * x_lane;
            sums[3][lane] += value3 * x_lane;
            p_column[lane] +=
                (x_rows[0] * value0 + x_rows[1] * value1) + (x_rows[2] * value2 + x_rows[3] * value3);
        }
    }
    for (offset, row) in [row0, row1, row2, row3].into_iter().enumerate() {
        let index = first + offset;
        product[index] += sums[offset].iter().sum::<f64>();
        sweep_tail(&mut row[..index + 1], index, shared, u, w, vector, product);
    }
}

/// One row from column `start` to the diagonal.
fn sweep_tail(
    row: &mut [f64],
    index: usize,
    start: usize,
    u: &[f64],
    w: &[f64],
    vector: &[f64],
    product: &mut [f64],
) {
    let mut sum = 0.0;
    for column in start..index {
        row[column] -= u[index] * w[column] + w[index] * u[column];
        sum += row[column] * vector[column];
        product[column] += vector[index] * row[column];
    }
    row[index] -= 2.0 * u[index] * w[index];
    product[index] += sum + row[index] * vector[index];
}

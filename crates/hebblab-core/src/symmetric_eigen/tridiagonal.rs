//! Blocked Householder reduction of a symmetric matrix to tridiagonal form, from the last row up
//! (Dongarra, Sorensen & Hammarling 1989; LAPACK dsytrd and dlatrd).
//!
//! Step i turns row i into (0, ..., 0, off, diagonal) by a reflection H = I - u u^T, u.u = 2, of the first
//! i coordinates, and the leading block A into H A H = A - u w^T - w u^T with p = A u, w = p - (u.p / 2) u.
//! A panel of steps leaves the leading block as it is and carries its pairs u, w along, to the rows and the
//! products that need them; then one matrix product subtracts all of them. A step's p, half of all work, reads
//! the lower triangle of the leading block once, which is what bounds it where that outgrows the caches.

use std::ops::Range;

use crate::buffers::{grow, zeros};
use crate::error::KernelResult;
use crate::products_f64::{Lanes, Product, ProductWorkspace, add_product};
use crate::simd::doubles::{DOUBLES, F64x2};
use crate::threads::{OneThread, SharedOutput, Threads};
use crate::vectors_f64::{add_scaled, add_two_scaled, dot};

/// Steps in a panel.
pub const PANEL: usize = 32;

/// Rows that share one pass over the vectors.
const ROWS: usize = 4;

/// Rows for each piece of a product with a vector, and the most pieces.
const PIECE_ROWS: usize = 128;
const MOST_PIECES: usize = 8;

/// Products with matrices below this size are made at once.
const SMALL: usize = 512;

/// Squared lengths below this, in a matrix whose largest entry is 1, are taken as zero.
const NEGLIGIBLE: f64 = 1e-280;

/// Destroys `matrix`, of which only the lower triangle is read. `off_diagonal[i]` couples i and i + 1; its
/// last entry is 0. Row i of `matrix` keeps the u of step i in its first i entries (zeros: no reflection).
#[inline(never)]
pub fn reduce(
    threads: &dyn Threads,
    operation: &'static str,
    matrix: &mut [f64],
    size: usize,
    diagonal: &mut [f64],
    off_diagonal: &mut [f64],
) -> KernelResult<()> {
    off_diagonal[size - 1] = 0.0;
    let mut panel = zeros(operation, PANEL.min(size) * size)?;
    let mut partial = Vec::new();
    let mut workspace = ProductWorkspace::default();
    let mut end = size;
    while end > 0 {
        let first = end.saturating_sub(PANEL);
        for step in (first..end).rev() {
            let (above, done) = matrix.split_at_mut((step + 1) * size);
            let (leading, row) = above.split_at_mut(step * size);
            let (w, w_done) = panel.split_at_mut((step - first + 1) * size);
            let pairs = || done.chunks_exact(size).zip(w_done.chunks_exact(size)).take(end - step - 1);
            let row = &mut row[..step + 1];
            for (u, w) in pairs() {
                add_two_scaled(row, -u[step], w, -w[step], u);
            }
            diagonal[step] = row[step];
            if step == 0 {
                break;
            }
            let u = &mut row[..step];
            let w = &mut w[(step - first) * size..(step - first) * size + step];
            let (off, reflects) = make_reflector(u);
            off_diagonal[step - 1] = off;
            if !reflects {
                w.fill(0.0);
                continue;
            }
            multiply(threads, operation, leading, size, u, w, &mut partial)?;
            for (u_done, w_done) in pairs() {
                let (along_w, along_u) = (dot(&w_done[..step], u), dot(&u_done[..step], u));
                add_two_scaled(w, -along_w, u_done, -along_u, w_done);
            }
            let half = dot(u, w) / 2.0;
            add_scaled(w, -half, u);
        }
        let (leading, u) = matrix.split_at_mut(first * size);
        subtract_pairs(threads, operation, leading, size, u, &panel, end - first, &mut workspace)?;
        end = first;
    }
    Ok(())
}

/// Subtracts u w^T + w u^T of each pair from the lower triangle of the leading block.
fn subtract_pairs(
    threads: &dyn Threads,
    operation: &'static str,
    leading: &mut [f64],
    size: usize,
    u: &[f64],
    w: &[f64],
    pairs: usize,
    workspace: &mut ProductWorkspace,
) -> KernelResult<()> {
    let rows = leading.len() / size;
    let one_after_other =
        |former: &[f64], latter: &[f64], lane: usize, depths: Range<usize>, out: &mut [Lanes]| {
            for (target, depth) in out.iter_mut().zip(depths) {
                let (vectors, index) = if depth < pairs { (former, depth) } else { (latter, depth - pairs) };
                let start = index * size + lane;
                *target = Lanes::default();
                let width = target.len().min(rows - lane);
                target[..width].copy_from_slice(&vectors[start..start + width]);
            }
        };
    let product = Product {
        rows,
        columns: rows,
        depth: 2 * pairs,
        stride: size,
        left: &|lane, depths, out| one_after_other(u, w, lane, depths, out),
        right: Some(&|lane, depths, out| one_after_other(w, u, lane, depths, out)),
        factor: -1.0,
        lower: true,
    };
    add_product(threads, operation, &product, leading, workspace)
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

/// `out = A vector`, A the leading block of `matrix` in its lower triangle.
///
/// A piece takes rows of the triangle, as entries and as their mirror images, so it adds to all outputs up to
/// its last row. It has sums of its own; they are added up in the order of the pieces.
fn multiply(
    threads: &dyn Threads,
    operation: &'static str,
    matrix: &[f64],
    size: usize,
    vector: &[f64],
    out: &mut [f64],
    partial: &mut Vec<f64>,
) -> KernelResult<()> {
    let count = vector.len();
    let pieces = if count < SMALL { 1 } else { (count / PIECE_ROWS).clamp(1, MOST_PIECES) };
    // Equal areas of the triangle; a multiple of the rows that are taken together.
    let boundary = |piece: usize| match piece == pieces {
        true => count,
        false => (count as f64 * (piece as f64 / pieces as f64).sqrt()) as usize / ROWS * ROWS,
    };
    let partial = grow(operation, partial, pieces * count)?;
    let threads = if pieces == 1 { &OneThread } else { threads };
    let shared = SharedOutput::new(partial);
    threads.run(pieces, &|piece, _| {
        let rows = boundary(piece)..boundary(piece + 1);
        // SAFETY: each piece has sums of its own.
        let sums = unsafe { shared.part(piece * count..piece * count + rows.end) };
        sums.fill(0.0);
        multiply_rows(matrix, size, rows, vector, sums);
    })?;
    out.fill(0.0);
    for (piece, sums) in partial.chunks_exact(count).enumerate() {
        for (value, sum) in out.iter_mut().zip(&sums[..boundary(piece + 1)]) {
            *value += sum;
        }
    }
    Ok(())
}

fn multiply_rows(matrix: &[f64], size: usize, rows: Range<usize>, vector: &[f64], sums: &mut [f64]) {
    let mut first = rows.start;
    while first + ROWS <= rows.end {
        let dots = multiply_four(&matrix[first * size..(first + ROWS) * size], size, first, vector, sums);
        for (row, dot) in (first..).zip(dots) {
            sums[row] += dot;
            multiply_corner(&matrix[row * size..], row, first, vector, sums);
        }
        first += ROWS;
    }
    for row in first..rows.end {
        multiply_corner(&matrix[row * size..], row, 0, vector, sums);
    }
}

/// Four rows from column 0 to `first`, a multiple of [`DOUBLES`]: returns their products with `vector` and adds their
/// mirror images to `sums`.
#[inline(never)]
fn multiply_four(rows: &[f64], size: usize, first: usize, vector: &[f64], sums: &mut [f64]) -> [f64; ROWS] {
    let row = |index: usize| rows[index * size..index * size + first].as_chunks::<DOUBLES>().0;
    let factors: [F64x2; ROWS] = std::array::from_fn(|index| F64x2::splat(vector[first + index]));
    let mut dots = [F64x2::zero(); ROWS];
    let columns = vector[..first].as_chunks::<DOUBLES>().0.iter();
    let columns = columns.zip(sums[..first].as_chunks_mut::<DOUBLES>().0);
    let values = row(0).iter().zip(row(1)).zip(row(2).iter().zip(row(3)));
    for ((x, sum), ((a0, a1), (a2, a3))) in columns.zip(values) {
        let x = F64x2::load(x);
        let values = [F64x2::load(a0), F64x2::load(a1), F64x2::load(a2), F64x2::load(a3)];
        let mut total = F64x2::load(sum);
        for ((value, dot), factor) in values.iter().zip(&mut dots).zip(&factors) {
            *dot = value.mul_add(x, *dot);
            total = value.mul_add(*factor, total);
        }
        total.store(sum);
    }
    dots.map(F64x2::horizontal_sum)
}

/// One row from column `start` to the diagonal.
#[inline(never)]
fn multiply_corner(row: &[f64], index: usize, start: usize, vector: &[f64], sums: &mut [f64]) {
    let mut own = row[index] * vector[index];
    for column in start..index {
        own += row[column] * vector[column];
        sums[column] += row[column] * vector[index];
    }
    sums[index] += own;
}

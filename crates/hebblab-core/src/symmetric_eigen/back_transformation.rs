//! Eigenvectors of the matrix from those of its tridiagonal form, by blocks of reflections
//! (Schreiber & Van Loan 1989, the compact WY form).

use super::tridiagonal::PANEL;
use crate::buffers::zeros;
use crate::error::KernelResult;
use crate::products_f64::{Product, ProductWorkspace, add_product, strided};
use crate::threads::{Threads, for_each_part};
use crate::vectors_f64::dot;

/// Rows that a piece turns.
const PIECE_ROWS: usize = 32;

/// Multiplies each row of `vectors` by H_1 H_2 ... H_(size-1), of which `reduced` keeps the u in its rows.
///
/// H_first ... H_last = I - U^T S U, S upper triangular with S = \[\[S', -S' U' u\], \[0, 1\]\] (u.u = 2 makes the
/// factors 1). Takes 4 `size` * 32 bytes beside the packed panels.
pub fn transform_back(
    threads: &dyn Threads,
    operation: &'static str,
    reduced: &mut [f64],
    size: usize,
    vectors: &mut [f64],
) -> KernelResult<()> {
    let mut along = zeros(operation, size * PANEL)?;
    let mut workspace = ProductWorkspace::default();
    for first in (0..size).step_by(PANEL) {
        let count = PANEL.min(size - first);
        let length = first + count;
        let rows = &mut reduced[first * size..length * size];
        for (offset, row) in rows.chunks_exact_mut(size).enumerate() {
            row[first + offset..length].fill(0.0);
        }
        let triangle = block_triangle(rows, size, length);
        along.fill(0.0);
        {
            let rows_of_vectors = strided(vectors, size, size, 1);
            let product = Product {
                rows: size,
                columns: count,
                depth: length,
                stride: PANEL,
                left: &rows_of_vectors,
                right: Some(&strided(rows, count, size, 1)),
                factor: 1.0,
                lower: false,
            };
            add_product(threads, operation, &product, &mut along, &mut workspace)?;
        }
        for_each_part(threads, &mut along, PIECE_ROWS * PANEL, &|_, part| {
            for row in part.chunks_exact_mut(PANEL) {
                // In place, from the last column: column j needs those before it.
                for column in (0..count).rev() {
                    row[column] = (0..=column).map(|index| row[index] * triangle[index][column]).sum();
                }
            }
        })?;
        let product = Product {
            rows: size,
            columns: length,
            depth: count,
            stride: size,
            left: &strided(&along, size, PANEL, 1),
            right: Some(&strided(rows, length, 1, size)),
            factor: -1.0,
            lower: false,
        };
        add_product(threads, operation, &product, vectors, &mut workspace)?;
    }
    Ok(())
}

fn block_triangle(rows: &[f64], size: usize, length: usize) -> [[f64; PANEL]; PANEL] {
    let mut triangle = [[0.0; PANEL]; PANEL];
    let vector = |index: usize| &rows[index * size..index * size + length];
    for last in 0..rows.len() / size {
        let mut along = [0.0; PANEL];
        for (index, value) in along.iter_mut().enumerate().take(last) {
            *value = dot(vector(index), vector(last));
        }
        for row in 0..last {
            triangle[row][last] = -(row..last).map(|index| triangle[row][index] * along[index]).sum::<f64>();
        }
        triangle[last][last] = 1.0;
    }
    triangle
}

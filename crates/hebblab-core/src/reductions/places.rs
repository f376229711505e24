//! Where the extremes are, and whether all or any truth values hold.

use super::Extents;
use crate::error::{KernelResult, ensure_length};
use crate::simd::{F32x4, LANES};
use crate::threads::{Threads, for_each_part};

/// Which place is looked for; the first one of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Max,
    Min,
}

/// Values that a piece of the work reads, about.
const PIECE: usize = 1 << 16;

/// The index along the reduced dimension of the first largest or smallest value. A NaN counts where it comes first, as
/// larger or smaller than what follows, and nowhere else, as in tfjs; 0 of none.
///
/// # Errors
/// Lengths that do not fit, or a thread that failed.
pub fn place(
    threads: &dyn Threads,
    place: Place,
    input: &[f32],
    extents: Extents,
    out: &mut [i32],
) -> KernelResult<()> {
    // The smallest is the largest of the values with their signs turned, which is exact.
    let sign = if place == Place::Max { 1.0 } else { -1.0 };
    for_each_output(threads, "place", input, extents, out, &|outer, first_column, columns, places| {
        if extents.inner == 1 {
            places[0] = place_in_row(outer, sign);
            return;
        }
        let mut largest = [f32::NAN; COLUMNS];
        let largest = &mut largest[..columns];
        places.fill(0);
        for (index, row) in outer.chunks_exact(extents.inner).enumerate() {
            let row = &row[first_column..][..columns];
            for ((value, kept), place) in row.iter().zip(largest.iter_mut()).zip(places.iter_mut()) {
                let value = value * sign;
                if index == 0 || value > *kept {
                    (*kept, *place) = (value, index as i32);
                }
            }
        }
    })
}

/// 1 where all (`all`) or any of the truth values along the reduced dimension are not 0, else 0; `all` of none.
///
/// # Errors
/// Lengths that do not fit, or a thread that failed.
pub fn truth(
    threads: &dyn Threads,
    all: bool,
    input: &[u8],
    extents: Extents,
    out: &mut [u8],
) -> KernelResult<()> {
    for_each_output(threads, "truth", input, extents, out, &|outer, first_column, _, truths| {
        truths.fill(u8::from(all));
        for row in outer.chunks_exact(extents.inner) {
            for (truth, value) in truths.iter_mut().zip(&row[first_column..]) {
                let value = u8::from(*value != 0);
                *truth = if all { *truth & value } else { *truth | value };
            }
        }
    })
}

const COLUMNS: usize = 256;

/// Calls `reduce(values of the outer index, first column, columns, outputs)` for blocks of columns.
fn for_each_output<In: Sync, Out: Send>(
    threads: &dyn Threads,
    operation: &'static str,
    input: &[In],
    Extents { outer, reduced, inner }: Extents,
    out: &mut [Out],
    reduce: &(dyn Fn(&[In], usize, usize, &mut [Out]) + Sync),
) -> KernelResult<()> {
    ensure_length(operation, "input", outer * reduced * inner, input.len())?;
    ensure_length(operation, "out", outer * inner, out.len())?;
    let piece = PIECE / reduced.max(1) + 1;
    for_each_part(threads, out, piece, &|index, part| {
        let mut done = 0;
        while done < part.len() {
            let place = index * piece + done;
            let (outer_index, column) = (place / inner, place % inner);
            let columns = COLUMNS.min(inner - column).min(part.len() - done);
            let values = &input[outer_index * reduced * inner..][..reduced * inner];
            reduce(values, column, columns, &mut part[done..done + columns]);
            done += columns;
        }
    })
}

fn place_in_row(values: &[f32], sign: f32) -> i32 {
    let factor = F32x4::splat(sign);
    let (blocks, rest) = values.as_chunks::<LANES>();
    let lanes = blocks
        .iter()
        .fold(F32x4::splat(f32::NEG_INFINITY), |kept, block| kept.maximum(F32x4::load(block) * factor));
    let largest = lanes
        .to_array()
        .into_iter()
        .chain(rest.iter().map(|value| value * sign))
        .fold(f32::NEG_INFINITY, |kept, value| if kept.is_nan() || kept > value { kept } else { value });
    if !largest.is_nan() {
        return values.iter().position(|value| value * sign == largest).unwrap_or(0) as i32;
    }
    let mut place = 0;
    for (index, value) in values.iter().enumerate() {
        if value * sign > values[place] * sign {
            place = index;
        }
    }
    place as i32
}

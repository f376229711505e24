//! Where the extremes are, and whether all or any truth values hold.

use super::{COLUMNS, Extents, extreme_of_row};
use crate::error::{KernelResult, ensure_length};
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

/// Takes the values of an outer index, the first column and their number, and where results go.
type Reduce<'a, In, Out> = dyn Fn(&[In], usize, usize, &mut [Out]) + Sync + 'a;

/// Calls `reduce` for blocks of columns.
fn for_each_output<In: Sync, Out: Send>(
    threads: &dyn Threads,
    operation: &'static str,
    input: &[In],
    Extents { outer, reduced, inner }: Extents,
    out: &mut [Out],
    reduce: &Reduce<In, Out>,
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
    const BLOCK: usize = 16;
    let extreme = extreme_of_row(values, sign) as f32 * sign;
    if extreme.is_nan() {
        return place_beside_nan(values, sign);
    }
    let blocks = values.chunks(BLOCK);
    let holds = |block: &[f32]| block.iter().fold(false, |found, value| found | (*value == extreme));
    let Some((index, block)) = blocks.enumerate().find(|(_, block)| holds(block)) else { return 0 };
    (index * BLOCK + block.iter().position(|value| *value == extreme).unwrap_or(0)) as i32
}

fn place_beside_nan(values: &[f32], sign: f32) -> i32 {
    let mut place = 0;
    for (index, value) in values.iter().enumerate() {
        if value * sign > values[place] * sign {
            place = index;
        }
    }
    place as i32
}

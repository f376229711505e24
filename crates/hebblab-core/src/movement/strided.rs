//! A copy between two arrays that are walked through with strides of their own.

use super::{Element, PART};
use crate::error::{KernelResult, ensure};
use crate::threads::{SharedOutput, Threads};

const OPERATION: &str = "copyStrided";
/// Enough for six dimensions that are each repeated.
const MOST_DIMENSIONS: usize = 12;
/// A square of a transpose: a cache line of four-byte values on each side.
const BLOCK: usize = 16;
/// Most columns of a unit, so that [`PART`] holds whole blocks of rows of it.
const MOST_COLUMNS: usize = PART / BLOCK;
/// The same of a transpose, each of which is on a page of its own where the array is large.
const MOST_TRANSPOSED: usize = 64;

/// How many values a copy has along one dimension, and how far apart they are in both arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dimension {
    pub size: usize,
    /// 0 repeats a value, a negative one walks backwards.
    pub from_stride: i32,
    pub to_stride: usize,
}

/// `to[to_first + sum_d i_d to_stride_d] = from[from_first + sum_d i_d from_stride_d]` for all indices i. The other
/// values of `to` stay. A step of `to` along one dimension must pass over all that those after it reach.
///
/// # Errors
/// More than twelve dimensions of more than one value, a place outside of an array, strides of `to` that meet.
///
/// ```
/// use hebblab_core::{movement::{Dimension, copy_strided}, threads::OneThread};
/// // The transpose of a 2 x 3 matrix.
/// let mut to = [0; 6];
/// let dimensions = [(3, 1, 2), (2, 3, 1)]
///     .map(|(size, from_stride, to_stride)| Dimension { size, from_stride, to_stride });
/// copy_strided(&OneThread, &dimensions, &[1, 2, 3, 4, 5, 6], 0, &mut to, 0)?;
/// assert_eq!(to, [1_u32, 4, 2, 5, 3, 6]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn copy_strided<T: Element>(
    threads: &dyn Threads,
    dimensions: &[Dimension],
    from: &[T],
    from_first: usize,
    to: &mut [T],
    to_first: usize,
) -> KernelResult<()> {
    if dimensions.iter().any(|dimension| dimension.size == 0) {
        return Ok(());
    }
    check(dimensions, [from.len(), from_first], [to.len(), to_first])?;
    let walk = Walk::of(dimensions)?;
    let to = SharedOutput::new(to);
    let group = (PART / walk.unit_values()).max(1);
    let units = walk.units();
    threads.run(units.div_ceil(group), &|piece, _| {
        for unit in piece * group..units.min((piece + 1) * group) {
            let (plane, from_offset, to_offset) = walk.unit(unit);
            // In two's complement a negative offset is a large one that wraps around.
            let from_start = from_first.wrapping_add_signed(from_offset);
            if walk.is_transpose {
                transpose_plane(plane, from, from_start, &to, to_first + to_offset);
            } else {
                copy_plane(plane, from, from_start, &to, to_first + to_offset);
            }
        }
    })
}

/// Refuses places outside of the arrays, and parts of the output that are not apart.
fn check(
    dimensions: &[Dimension],
    [from_length, from_first]: [usize; 2],
    [to_length, to_first]: [usize; 2],
) -> KernelResult<()> {
    let (mut lowest, mut highest, mut reach) = (from_first as i64, from_first as i64, 0_i64);
    let mut meet = false;
    for &Dimension { size, from_stride, to_stride } in dimensions.iter().rev() {
        let steps = size as i64 - 1;
        let distance = steps.saturating_mul(i64::from(from_stride));
        lowest = lowest.saturating_add(distance.min(0));
        highest = highest.saturating_add(distance.max(0));
        meet |= steps > 0 && to_stride as i64 <= reach;
        reach = reach.saturating_add(steps.saturating_mul(to_stride as i64));
    }
    ensure(
        lowest >= 0 && highest < from_length as i64,
        OPERATION,
        || format!("places in an array of {from_length} values"),
        || format!("{lowest} to {highest}"),
    )?;
    let last = reach.saturating_add(to_first as i64);
    ensure(
        last < to_length as i64,
        OPERATION,
        || format!("places in an output of {to_length} values"),
        || last.to_string(),
    )?;
    ensure(!meet, OPERATION, || "parts of the output that are apart".into(), || "strides that meet".into())
}

/// A copy as planes of rows and columns, cut into units.
struct Walk {
    outer: [Dimension; MOST_DIMENSIONS],
    rows: Dimension,
    columns: Dimension,
    unit_rows: usize,
    unit_columns: usize,
    /// Rows are neighbours in `from`, columns in `to`.
    is_transpose: bool,
}

#[derive(Clone, Copy)]
struct Plane {
    rows: Dimension,
    columns: Dimension,
}

impl Walk {
    fn of(dimensions: &[Dimension]) -> KernelResult<Walk> {
        const ONE: Dimension = Dimension { size: 1, from_stride: 0, to_stride: 0 };
        let mut outer = [ONE; MOST_DIMENSIONS];
        let mut count = 0;
        for &dimension in dimensions.iter().filter(|dimension| dimension.size != 1) {
            let Dimension { size, from_stride, to_stride } = dimension;
            let before = outer[..count].last_mut();
            if let Some(before) = before
                && i64::from(before.from_stride) == i64::from(from_stride) * size as i64
                && before.to_stride == to_stride * size
            {
                *before = Dimension { size: before.size * size, from_stride, to_stride };
                continue;
            }
            ensure(
                count < MOST_DIMENSIONS,
                OPERATION,
                || format!("{MOST_DIMENSIONS} dimensions or fewer"),
                || dimensions.len().to_string(),
            )?;
            outer[count] = dimension;
            count += 1;
        }
        let columns = count.checked_sub(1).map_or(ONE, |last| std::mem::replace(&mut outer[last], ONE));
        let neighbours = outer.iter().rposition(|dimension| dimension.from_stride == 1);
        let is_transpose = columns.to_stride == 1 && columns.from_stride != 1 && neighbours.is_some();
        let rows = if is_transpose { neighbours } else { count.checked_sub(2) };
        let rows = rows.map_or(ONE, |rows| std::mem::replace(&mut outer[rows], ONE));
        let most_columns = if is_transpose { MOST_TRANSPOSED } else { MOST_COLUMNS };
        let unit_columns = columns.size.min(most_columns);
        let unit_rows = rows.size.min((PART / unit_columns).next_multiple_of(BLOCK));
        Ok(Walk { outer, rows, columns, unit_rows, unit_columns, is_transpose })
    }

    fn unit_values(&self) -> usize {
        self.unit_rows * self.unit_columns
    }

    fn units_of_plane(&self) -> [usize; 2] {
        [self.rows.size.div_ceil(self.unit_rows), self.columns.size.div_ceil(self.unit_columns)]
    }

    fn units(&self) -> usize {
        let [down, across] = self.units_of_plane();
        self.outer.iter().map(|dimension| dimension.size).product::<usize>() * down * across
    }

    /// The part of a plane that unit number `index` copies, and its first places.
    fn unit(&self, index: usize) -> (Plane, isize, usize) {
        let [down, across] = self.units_of_plane();
        let (mut rest, across, down) = (index / (down * across), index % across, index / across % down);
        let (row, column) = (down * self.unit_rows, across * self.unit_columns);
        let plane = Plane {
            rows: Dimension { size: self.unit_rows.min(self.rows.size - row), ..self.rows },
            columns: Dimension { size: self.unit_columns.min(self.columns.size - column), ..self.columns },
        };
        let mut from = row as isize * self.rows.from_stride as isize
            + column as isize * self.columns.from_stride as isize;
        let mut to = row * self.rows.to_stride + column * self.columns.to_stride;
        for dimension in self.outer.iter().rev().filter(|dimension| dimension.size > 1) {
            let step = rest % dimension.size;
            rest /= dimension.size;
            from += step as isize * dimension.from_stride as isize;
            to += step * dimension.to_stride;
        }
        (plane, from, to)
    }
}

fn copy_plane<T: Element>(
    plane: Plane,
    from: &[T],
    from_start: usize,
    to: &SharedOutput<T>,
    to_start: usize,
) {
    let Plane { rows, columns } = plane;
    let reach = (columns.size - 1) * columns.to_stride + 1;
    for row in 0..rows.size {
        let source = from_start.wrapping_add_signed(row as isize * rows.from_stride as isize);
        let start = to_start + row * rows.to_stride;
        // SAFETY: rows of the output are apart, as `check` made sure.
        let target = unsafe { to.part(start..start + reach) };
        match (columns.from_stride, columns.to_stride) {
            (1, 1) => target.copy_from_slice(&from[source..source + columns.size]),
            (0, 1) => target.fill(from[source]),
            (stride, to_stride) => {
                let mut source = source;
                for target in target.iter_mut().step_by(to_stride.max(1)) {
                    *target = from[source];
                    source = source.wrapping_add_signed(stride as isize);
                }
            }
        }
    }
}

/// A square at a time, without vectors: four by four through the registers took twice as long.
/// Rows of the plane are neighbours in `from`, columns in `to`: cache lines of both are used whole.
fn transpose_plane<T: Element>(
    plane: Plane,
    from: &[T],
    from_start: usize,
    to: &SharedOutput<T>,
    to_start: usize,
) {
    let Plane { rows, columns } = plane;
    for first_row in (0..rows.size).step_by(BLOCK) {
        let height = BLOCK.min(rows.size - first_row);
        for first in (0..columns.size).step_by(BLOCK) {
            let width = BLOCK.min(columns.size - first);
            let from_first = from_start
                .wrapping_add_signed(first as isize * columns.from_stride as isize)
                .wrapping_add(first_row);
            for row in 0..height {
                let start = to_start + (first_row + row) * rows.to_stride + first;
                // SAFETY: rows of the output are apart, as `check` made sure.
                let target = unsafe { to.part(start..start + width) };
                let mut source = from_first + row;
                for target in target {
                    *target = from[source];
                    source = source.wrapping_add_signed(columns.from_stride as isize);
                }
            }
        }
    }
}

//! The definitions, one value at a time.

use super::{Dimension, GatherShape};

pub fn copy_strided<T: Copy>(
    dimensions: &[Dimension],
    from: &[T],
    from_first: usize,
    to: &mut [T],
    to_first: usize,
) {
    let Some((dimension, rest)) = dimensions.split_first() else {
        to[to_first] = from[from_first];
        return;
    };
    for index in 0..dimension.size {
        let from_first = from_first as i64 + index as i64 * i64::from(dimension.from_stride);
        copy_strided(rest, from, from_first as usize, to, to_first + index * dimension.to_stride);
    }
}

pub fn gather<T: Copy>(shape: GatherShape, from: &[T], indices: &[i32], to: &mut [T]) {
    let GatherShape { batches, outer, axis, inner, indices: count } = shape;
    for batch in 0..batches {
        for block in batch * outer..(batch + 1) * outer {
            for place in 0..count {
                let index = indices[batch * count + place] as usize;
                for value in 0..inner {
                    to[(block * count + place) * inner + value] =
                        from[(block * axis + index) * inner + value];
                }
            }
        }
    }
}

/// All columns of one row, by value from the largest on, equal ones from the first on.
pub fn columns_by_value<T: PartialOrd>(row: &[T]) -> Vec<i32> {
    let mut columns: Vec<i32> = (0..row.len() as i32).collect();
    columns.sort_by(|&a, &b| row[b as usize].partial_cmp(&row[a as usize]).expect("numbers"));
    columns
}

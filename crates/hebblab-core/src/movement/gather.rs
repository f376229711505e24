//! Rows by their indices, and arrays that indices alone make.

use super::PART;
use crate::error::{KernelError, KernelResult, ensure_length};
use crate::threads::{Threads, for_each_part};

/// From [batches, outer, axis, inner] to [batches, outer, indices, inner]: each batch has indices of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherShape {
    pub batches: usize,
    pub outer: usize,
    /// The size that the indices are below.
    pub axis: usize,
    pub inner: usize,
    /// Indices of each batch.
    pub indices: usize,
}

/// `to[b][o][i][..] = from[b][o][indices[b][i]][..]`.
///
/// # Errors
/// Lengths that do not fit, an index that is not in [0, axis).
pub fn gather<T: Copy + Send + Sync>(
    threads: &dyn Threads,
    shape: GatherShape,
    from: &[T],
    indices: &[i32],
    to: &mut [T],
) -> KernelResult<()> {
    const OPERATION: &str = "gather";
    let GatherShape { batches, outer, axis, inner, indices: count } = shape;
    ensure_length(OPERATION, "from", batches * outer * axis * inner, from.len())?;
    ensure_length(OPERATION, "indices", batches * count, indices.len())?;
    ensure_length(OPERATION, "to", batches * outer * count * inner, to.len())?;
    if let Some(place) = indices.iter().position(|&index| index < 0 || index as usize >= axis) {
        return Err(KernelError {
            operation: OPERATION,
            expected: format!("indices from 0 to {}", axis as i64 - 1),
            got: format!("{} at index {place}", indices[place]),
        });
    }
    if to.is_empty() {
        return Ok(());
    }
    let rows = PART.div_ceil(inner);
    for_each_part(threads, to, rows * inner, &|part, to| {
        for (row, to) in to.chunks_exact_mut(inner).enumerate() {
            let row = part * rows + row;
            let (block, place) = (row / count, row % count);
            let index = indices[block / outer * count + place] as usize;
            let source = &from[(block * axis + index) * inner..][..inner];
            if let ([to], [value]) = (&mut *to, source) {
                *to = *value;
            } else {
                to.copy_from_slice(source);
            }
        }
    })
}

/// `to[i][d] = on` where `d == indices[i]`, `off` elsewhere; an index outside of [0, depth) gives a row of `off`.
///
/// # Errors
/// Lengths that do not fit.
pub fn one_hot<T: Copy + Send + Sync>(
    threads: &dyn Threads,
    indices: &[i32],
    depth: usize,
    [on, off]: [T; 2],
    to: &mut [T],
) -> KernelResult<()> {
    ensure_length("oneHot", "to", indices.len() * depth, to.len())?;
    let rows = PART.div_ceil(depth.max(1));
    for_each_part(threads, to, rows * depth, &|part, to| {
        to.fill(off);
        for (row, &index) in to.chunks_exact_mut(depth).zip(&indices[part * rows..]) {
            if let Some(value) = usize::try_from(index).ok().and_then(|index| row.get_mut(index)) {
                *value = on;
            }
        }
    })
}

/// `to[i] = value`.
///
/// # Errors
/// When a thread failed.
pub fn fill<T: Copy + Send + Sync>(threads: &dyn Threads, value: T, to: &mut [T]) -> KernelResult<()> {
    for_each_part(threads, to, PART, &|_, to| to.fill(value))
}

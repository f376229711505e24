//! Functions of each element: of one array, of two that are broadcast against each other, selections and conversions.
//!
//! Special values are those of tfjs-backend-cpu 4.22, results below the normal range are kept, and where a
//! transcendental function is involved the result is the nearest f32 or its neighbour ([`functions`]). Results have the
//! same bits in every backend of the SIMD lanes and for any number of threads.

mod binary;
mod broadcast;
mod conversions;
pub mod functions;
pub mod reference;
mod unary;

pub use binary::{
    Arithmetic, Comparison, IntegerArithmetic, Logical, arithmetic, arithmetic_int32, comparison,
    comparison_int32, logical,
};
pub use broadcast::{Dimension, MOST_DIMENSIONS, Of};
pub use conversions::{Kind, Values, ValuesOut, cast, is_of_kind, logical_not, select, to_int32};
pub use unary::{Unary, unary};

use crate::simd::{F32x4, LANES};

/// An array that an operation reads.
#[derive(Debug, Clone, Copy)]
pub enum Operand<'a, T> {
    Values(&'a [T]),
    /// The output itself, as it was before.
    Output,
}

impl<T> Operand<'_, T> {
    fn length(&self, output: usize) -> usize {
        match self {
            Operand::Values(values) => values.len(),
            Operand::Output => output,
        }
    }
}

/// # Safety
/// Four values must be there.
#[inline(always)]
unsafe fn load(start: *const f32) -> F32x4 {
    // SAFETY: as this function's.
    F32x4::load(unsafe { std::slice::from_raw_parts(start, LANES) })
}

/// # Safety
/// Four values must be there, and no reference to them.
#[inline(always)]
unsafe fn store(values: F32x4, start: *mut f32) {
    // SAFETY: as this function's.
    values.store(unsafe { std::slice::from_raw_parts_mut(start, LANES) });
}

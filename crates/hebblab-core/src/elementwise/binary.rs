//! Functions of two arrays that are broadcast against each other.

use super::broadcast::{Dimension, Kernel, REPEATED, broadcast};
use super::functions::pow;
use super::{Operand, load, store};
use crate::error::KernelResult;
use crate::simd::lanewise::Mask32x4;
use crate::simd::{F32x4, LANES};
use crate::threads::Threads;

/// A function of two f32 values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Sub,
    Mul,
    Div,
    /// NaN where either is.
    Maximum,
    /// NaN where either is.
    Minimum,
    /// `a^b` as JavaScript's `Math.pow`: NaN for 1^infinity and for a NaN exponent, 1 for NaN^0.
    Pow,
    /// `(a - b)^2`
    SquaredDifference,
    /// The gradient `a` of ELU's output `b` passed on to its input: a where b >= 0, else `a (b + 1)`.
    EluGradient,
    /// a where a >= 0, else `a b`.
    Prelu,
}

/// A comparison; false where a value is NaN, `NotEqual` true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Equal,
    NotEqual,
}

/// A function of two i32 values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegerArithmetic {
    Add,
    Sub,
    Mul,
    Maximum,
    Minimum,
}

/// A function of two truth values, of which 0 is false and all others are true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logical {
    And,
    Or,
}

const PIECE: usize = 1 << 16;

/// `out[i] = function(a[i], b[i])`, each broadcast along the dimensions that it lacks.
///
/// # Errors
/// Lengths that do not fit the dimensions, more than six of them, or a thread that failed.
///
/// ```
/// use hebblab_core::elementwise::{Arithmetic, Dimension, Of, Operand, arithmetic};
/// use hebblab_core::threads::OneThread;
/// // A bias for each column.
/// let dimensions = [Dimension { size: 2, of: Of::First }, Dimension { size: 3, of: Of::Both }];
/// let mut matrix = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
/// let bias = Operand::Values(&[10.0, 20.0, 30.0][..]);
/// arithmetic(&OneThread, Arithmetic::Add, &dimensions, Operand::Output, bias, &mut matrix)?;
/// assert_eq!(matrix, [10.0, 21.0, 32.0, 13.0, 24.0, 35.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn arithmetic(
    threads: &dyn Threads,
    function: Arithmetic,
    dimensions: &[Dimension],
    a: Operand<f32>,
    b: Operand<f32>,
    out: &mut [f32],
) -> KernelResult<()> {
    let piece = if function == Arithmetic::Pow { PIECE / 8 } else { PIECE };
    broadcast(threads, "binary", dimensions, [a, b], out, piece, arithmetic_kernel(function))
}

/// `out[i]` = 1 where the comparison of `a[i]` with `b[i]` holds, else 0.
///
/// # Errors
/// As [`arithmetic`].
pub fn comparison(
    threads: &dyn Threads,
    function: Comparison,
    dimensions: &[Dimension],
    a: &[f32],
    b: &[f32],
    out: &mut [u8],
) -> KernelResult<()> {
    let operands = [Operand::Values(a), Operand::Values(b)];
    broadcast(threads, "compare", dimensions, operands, out, PIECE, comparison_kernel(function))
}

/// `out[i]` = 1 where the function of the truth values is true, else 0.
///
/// # Errors
/// As [`arithmetic`].
pub fn logical(
    threads: &dyn Threads,
    function: Logical,
    dimensions: &[Dimension],
    a: Operand<u8>,
    b: Operand<u8>,
    out: &mut [u8],
) -> KernelResult<()> {
    let kernel: Kernel<u8, u8> = match function {
        Logical::And => |a, a_step, b, b_step, out, length| {
            // SAFETY: as a kernel's.
            unsafe { each_single(a, a_step, b, b_step, out, length, |a, b| u8::from((a != 0) & (b != 0))) }
        },
        Logical::Or => |a, a_step, b, b_step, out, length| {
            // SAFETY: as a kernel's.
            unsafe { each_single(a, a_step, b, b_step, out, length, |a, b| u8::from((a | b) != 0)) }
        },
    };
    broadcast(threads, "logical", dimensions, [a, b], out, PIECE, kernel)
}

/// The same for integers, which wrap around.
///
/// # Errors
/// As [`arithmetic`].
pub fn arithmetic_int32(
    threads: &dyn Threads,
    function: IntegerArithmetic,
    dimensions: &[Dimension],
    a: Operand<i32>,
    b: Operand<i32>,
    out: &mut [i32],
) -> KernelResult<()> {
    macro_rules! kernel {
        ($function:expr) => {
            |a, a_step, b, b_step, out, length| {
                // SAFETY: as a kernel's.
                unsafe { each_single(a, a_step, b, b_step, out, length, $function) }
            }
        };
    }
    let kernel: Kernel<i32, i32> = match function {
        IntegerArithmetic::Add => kernel!(i32::wrapping_add),
        IntegerArithmetic::Sub => kernel!(i32::wrapping_sub),
        IntegerArithmetic::Mul => kernel!(i32::wrapping_mul),
        IntegerArithmetic::Maximum => kernel!(i32::max),
        IntegerArithmetic::Minimum => kernel!(i32::min),
    };
    broadcast(threads, "binary", dimensions, [a, b], out, PIECE, kernel)
}

/// [`comparison`] of integers.
///
/// # Errors
/// As [`arithmetic`].
pub fn comparison_int32(
    threads: &dyn Threads,
    function: Comparison,
    dimensions: &[Dimension],
    a: &[i32],
    b: &[i32],
    out: &mut [u8],
) -> KernelResult<()> {
    macro_rules! kernel {
        ($function:expr) => {
            |a, a_step, b, b_step, out, length| {
                // SAFETY: as a kernel's.
                unsafe { each_single(a, a_step, b, b_step, out, length, |a, b| u8::from($function(&a, &b))) }
            }
        };
    }
    let kernel: Kernel<i32, u8> = match function {
        Comparison::Greater => kernel!(i32::gt),
        Comparison::GreaterEqual => kernel!(i32::ge),
        Comparison::Less => kernel!(i32::lt),
        Comparison::LessEqual => kernel!(i32::le),
        Comparison::Equal => kernel!(i32::eq),
        Comparison::NotEqual => kernel!(i32::ne),
    };
    let operands = [Operand::Values(a), Operand::Values(b)];
    broadcast(threads, "compare", dimensions, operands, out, PIECE, kernel)
}

fn arithmetic_kernel(function: Arithmetic) -> Kernel<f32, f32> {
    macro_rules! kernel {
        ($function:expr) => {
            |a, a_step, b, b_step, out, length| {
                // SAFETY: as a kernel's.
                unsafe { each_pair(a, a_step, b, b_step, out, length, $function) }
            }
        };
    }
    match function {
        Arithmetic::Add => kernel!(|a, b| a + b),
        Arithmetic::Sub => kernel!(|a, b| a - b),
        Arithmetic::Mul => kernel!(|a, b| a * b),
        Arithmetic::Div => kernel!(|a, b| a / b),
        Arithmetic::Maximum => kernel!(F32x4::maximum),
        Arithmetic::Minimum => kernel!(F32x4::minimum),
        Arithmetic::Pow => kernel!(pow),
        Arithmetic::SquaredDifference => kernel!(|a, b| (a - b) * (a - b)),
        Arithmetic::EluGradient => {
            kernel!(|a, b| F32x4::zero().less_equal(b).select(a, a * (b + F32x4::splat(1.0))))
        }
        Arithmetic::Prelu => kernel!(|a, b| a.less(F32x4::zero()).select(a * b, a)),
    }
}

fn comparison_kernel(function: Comparison) -> Kernel<f32, u8> {
    macro_rules! kernel {
        ($function:expr) => {
            |a, a_step, b, b_step, out, length| {
                // SAFETY: as a kernel's.
                unsafe { each_outcome(a, a_step, b, b_step, out, length, $function) }
            }
        };
    }
    match function {
        Comparison::Greater => kernel!(|a, b| b.less(a)),
        Comparison::GreaterEqual => kernel!(|a, b| b.less_equal(a)),
        Comparison::Less => kernel!(F32x4::less),
        Comparison::LessEqual => kernel!(F32x4::less_equal),
        Comparison::Equal => kernel!(F32x4::equal),
        Comparison::NotEqual => kernel!(F32x4::not_equal),
    }
}

/// # Safety
/// As a [`Kernel`].
#[inline(always)]
unsafe fn each_pair(
    a: *const f32,
    a_step: usize,
    b: *const f32,
    b_step: usize,
    out: *mut f32,
    length: usize,
    function: impl Fn(F32x4, F32x4) -> F32x4,
) {
    let whole = length - length % LANES;
    for first in (0..whole).step_by(LANES) {
        // SAFETY: inside all; a block is read before it is written.
        unsafe {
            store(function(load(a.add(first * a_step)), load(b.add(first * b_step))), out.add(first));
        }
    }
    let rest = length - whole;
    if rest > 0 {
        // SAFETY: `rest` values remain.
        let [a, b]: [[f32; LANES]; 2] =
            unsafe { [block(a.add(whole * a_step), rest), block(b.add(whole * b_step), rest)] };
        let results = function(F32x4::load(&a), F32x4::load(&b)).to_array();
        // SAFETY: as above.
        unsafe { std::ptr::copy_nonoverlapping(results.as_ptr(), out.add(whole), rest) };
    }
}

/// # Safety
/// As a [`Kernel`].
#[inline(always)]
unsafe fn each_outcome(
    a: *const f32,
    a_step: usize,
    b: *const f32,
    b_step: usize,
    out: *mut u8,
    length: usize,
    function: impl Fn(F32x4, F32x4) -> Mask32x4,
) {
    for first in (0..length).step_by(REPEATED) {
        let count = (length - first).min(REPEATED);
        let mut outcomes = [0; REPEATED];
        // SAFETY: `count` values remain, or a repeated value is there sixteen times.
        let (a, b) = unsafe { (a.add(first * a_step), b.add(first * b_step)) };
        let (a_blocks, b_blocks);
        let (a, b) = if count == REPEATED {
            (a, b)
        } else {
            // SAFETY: as above.
            (a_blocks, b_blocks) = unsafe { (block::<REPEATED>(a, count), block::<REPEATED>(b, count)) };
            (a_blocks.as_ptr(), b_blocks.as_ptr())
        };
        // SAFETY: sixteen values are at both.
        let mask = |place: usize| unsafe { function(load(a.add(place)), load(b.add(place))) };
        Mask32x4::to_bytes([mask(0), mask(4), mask(8), mask(12)], &mut outcomes);
        // SAFETY: `count` values remain.
        unsafe { std::ptr::copy_nonoverlapping(outcomes.as_ptr(), out.add(first), count) };
    }
}

/// # Safety
/// As a [`Kernel`].
#[inline(always)]
unsafe fn each_single<In: Copy, Out>(
    a: *const In,
    a_step: usize,
    b: *const In,
    b_step: usize,
    out: *mut Out,
    length: usize,
    function: impl Fn(In, In) -> Out,
) {
    for index in 0..length {
        // SAFETY: inside all.
        unsafe { *out.add(index) = function(*a.add(index * a_step), *b.add(index * b_step)) };
    }
}

/// `count` values and zeros after them.
///
/// # Safety
/// The values must be there.
#[inline(always)]
unsafe fn block<const SIZE: usize>(values: *const f32, count: usize) -> [f32; SIZE] {
    let mut block = [0.0; SIZE];
    // SAFETY: as this function's.
    unsafe { std::ptr::copy_nonoverlapping(values, block.as_mut_ptr(), count) };
    block
}

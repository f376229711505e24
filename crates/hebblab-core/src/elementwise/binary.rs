//! Functions of two arrays that are broadcast against each other.

use super::broadcast::{BLOCK, Dimension, Kernel, broadcast};
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
    let kernel: Kernel = match function {
        Logical::And => |a, a_step, b, b_step, out, length| {
            // SAFETY: as a kernel's.
            unsafe {
                each_single(a, a_step, b, b_step, out, length, |a: u8, b: u8| u8::from((a != 0) & (b != 0)))
            }
        },
        Logical::Or => |a, a_step, b, b_step, out, length| {
            // SAFETY: as a kernel's.
            unsafe { each_single(a, a_step, b, b_step, out, length, |a: u8, b: u8| u8::from((a | b) != 0)) }
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
    let kernel: Kernel = match function {
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
                unsafe {
                    each_single(a, a_step, b, b_step, out, length, |a: i32, b: i32| {
                        u8::from($function(&a, &b))
                    })
                }
            }
        };
    }
    let kernel: Kernel = match function {
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

fn arithmetic_kernel(function: Arithmetic) -> Kernel {
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

fn comparison_kernel(function: Comparison) -> Kernel {
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
/// As a [`Kernel`] from f32 to f32.
#[inline(always)]
unsafe fn each_pair(
    a: *const u8,
    a_step: usize,
    b: *const u8,
    b_step: usize,
    out: *mut u8,
    length: usize,
    function: impl Fn(F32x4, F32x4) -> F32x4,
) {
    let (a, b, out) = (a.cast::<f32>(), b.cast::<f32>(), out.cast::<f32>());
    for first in (0..length).step_by(LANES) {
        // SAFETY: inside all; a block is read before it is written.
        unsafe {
            store(function(load(a.add(first * a_step)), load(b.add(first * b_step))), out.add(first));
        }
    }
}

/// # Safety
/// As a [`Kernel`] from f32 to u8.
#[inline(always)]
unsafe fn each_outcome(
    a: *const u8,
    a_step: usize,
    b: *const u8,
    b_step: usize,
    out: *mut u8,
    length: usize,
    function: impl Fn(F32x4, F32x4) -> Mask32x4,
) {
    let (a, b) = (a.cast::<f32>(), b.cast::<f32>());
    for first in (0..length).step_by(BLOCK) {
        // SAFETY: a block is inside all.
        unsafe {
            let (a, b) = (a.add(first * a_step), b.add(first * b_step));
            let mask = |place: usize| function(load(a.add(place)), load(b.add(place)));
            let masks = [mask(0), mask(LANES), mask(2 * LANES), mask(3 * LANES)];
            Mask32x4::to_bytes(masks, &mut *out.add(first).cast());
        }
    }
}

/// # Safety
/// As a [`Kernel`] from `In` to `Out`.
#[inline(always)]
unsafe fn each_single<In: Copy, Out>(
    a: *const u8,
    a_step: usize,
    b: *const u8,
    b_step: usize,
    out: *mut u8,
    length: usize,
    function: impl Fn(In, In) -> Out,
) {
    let (a, b, out) = (a.cast::<In>(), b.cast::<In>(), out.cast::<Out>());
    for index in 0..length {
        // SAFETY: inside all.
        unsafe { *out.add(index) = function(*a.add(index * a_step), *b.add(index * b_step)) };
    }
}

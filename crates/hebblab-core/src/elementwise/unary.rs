//! Functions of one array.

use super::functions::{cos, elu, erf, exp, expm1, log, log1p, rsqrt, selu, sigmoid, sin, softplus, tanh};
use super::{Operand, load, store};
use crate::error::{KernelResult, ensure_length};
use crate::simd::{F32x4, LANES};
use crate::threads::{Threads, for_each_part};

/// A function of one f32 value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unary {
    Abs,
    Neg,
    Exp,
    Expm1,
    Log,
    Log1p,
    Sqrt,
    /// `1 / sqrt(x)`
    Rsqrt,
    Square,
    Reciprocal,
    /// `max(0, x)`; NaN stays.
    Relu,
    /// `min(max(0, x), 6)`; NaN stays.
    Relu6,
    /// x where x >= 0, else `e^x - 1`.
    Elu,
    /// ELU scaled so that activations normalise themselves (Klambauer et al. 2017).
    Selu,
    /// `1 / (1 + e^-x)`
    Sigmoid,
    /// `log(1 + e^x)`
    Softplus,
    Tanh,
    /// -1, 0 or 1; 0 for NaN.
    Sign,
    Floor,
    Ceil,
    /// The nearest integer, the even one of two.
    Round,
    Sin,
    Cos,
    Erf,
    /// x where x >= 0, else `alpha x`.
    LeakyRelu {
        alpha: f32,
    },
    /// 1 where x > 0, else `alpha`; NaN stays.
    Step {
        alpha: f32,
    },
    /// The bound where x is beyond it; NaN stays.
    Clip {
        low: f32,
        high: f32,
    },
}

impl Unary {
    /// How many values a piece of the work has: about 50 microseconds.
    fn piece(self) -> usize {
        use Unary::*;
        match self {
            Exp | Expm1 | Log | Log1p | Rsqrt | Elu | Selu | Sigmoid | Softplus | Tanh | Sin | Cos | Erf => {
                1 << 14
            }
            _ => 1 << 16,
        }
    }
}

/// `out[i] = function(input[i])`.
///
/// # Errors
/// Lengths that differ, or a thread that failed.
///
/// ```
/// use hebblab_core::elementwise::{Operand, Unary, unary};
/// use hebblab_core::threads::OneThread;
/// let mut values = [-1.0, 4.0];
/// unary(&OneThread, Unary::Abs, Operand::Values(&[1.0, -4.0]), &mut values)?;
/// unary(&OneThread, Unary::Sqrt, Operand::Output, &mut values)?;
/// assert_eq!(values, [1.0, 2.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn unary(
    threads: &dyn Threads,
    function: Unary,
    input: Operand<f32>,
    out: &mut [f32],
) -> KernelResult<()> {
    ensure_length("unary", "input", out.len(), input.length(out.len()))?;
    let piece = function.piece();
    let input = match input {
        Operand::Values(values) => Some(values),
        Operand::Output => None,
    };
    for_each_part(threads, out, piece, &|index, part| {
        let start = part.as_mut_ptr();
        let source =
            input.map_or(start.cast_const(), |values| values[index * piece..][..part.len()].as_ptr());
        let rest = part.len() % LANES;
        let whole = part.len() - rest;
        // SAFETY: as many values are there as in the part, which are the part's own or apart from it. The rest goes by way
        // of a block of its own.
        unsafe {
            if whole > 0 {
                apply(function, source, start, whole);
            }
            if rest > 0 {
                let mut block = [0.0; LANES];
                F32x4::load_rest(std::slice::from_raw_parts(source.add(whole), rest), 0.0).store(&mut block);
                apply(function, block.as_ptr(), block.as_mut_ptr(), LANES);
                F32x4::load(&block).store_rest(std::slice::from_raw_parts_mut(start.add(whole), rest));
            }
        }
    })
}

/// # Safety
/// `length` values, a multiple of four, must be at `input` and at `out`; they are the same or do not overlap.
unsafe fn apply(function: Unary, input: *const f32, out: *mut f32, length: usize) {
    let (zero, one) = (F32x4::zero(), F32x4::splat(1.0));
    macro_rules! each {
        ($function:expr) => {
            // SAFETY: as this function's.
            unsafe { each(input, out, length, $function) }
        };
    }
    match function {
        Unary::Abs => each!(F32x4::abs),
        Unary::Neg => each!(F32x4::negated),
        Unary::Exp => each!(exp),
        Unary::Expm1 => each!(expm1),
        Unary::Log => each!(log),
        Unary::Log1p => each!(log1p),
        Unary::Sqrt => each!(F32x4::sqrt),
        Unary::Rsqrt => each!(rsqrt),
        Unary::Square => each!(|x| x * x),
        Unary::Reciprocal => each!(|x| one / x),
        Unary::Relu => each!(|x| zero.maximum(x)),
        Unary::Relu6 => each!(|x| zero.maximum(x).minimum(F32x4::splat(6.0))),
        Unary::Elu => each!(elu),
        Unary::Selu => each!(selu),
        Unary::Sigmoid => each!(sigmoid),
        Unary::Softplus => each!(softplus),
        Unary::Tanh => each!(tanh),
        Unary::Sign => each!(|x| zero.less(x).select(one, x.less(zero).select(F32x4::splat(-1.0), zero))),
        Unary::Floor => each!(F32x4::floor),
        Unary::Ceil => each!(F32x4::ceil),
        Unary::Round => each!(F32x4::nearest),
        Unary::Sin => each!(sin),
        Unary::Cos => each!(cos),
        Unary::Erf => each!(erf),
        Unary::LeakyRelu { alpha } => {
            let alpha = F32x4::splat(alpha);
            each!(|x| x.less(zero).select(alpha * x, x))
        }
        Unary::Step { alpha } => {
            let alpha = F32x4::splat(alpha);
            each!(|x| x.equal(x).select(zero.less(x).select(one, alpha), x))
        }
        Unary::Clip { low, high } => {
            let (low, high) = (F32x4::splat(low), F32x4::splat(high));
            each!(|x| high.less(x).select(high, x.less(low).select(low, x)))
        }
    }
}

/// # Safety
/// As [`apply`].
#[inline(always)]
unsafe fn each(input: *const f32, out: *mut f32, length: usize, function: impl Fn(F32x4) -> F32x4) {
    for first in (0..length).step_by(LANES) {
        // SAFETY: inside both; a block is read before it is written.
        unsafe { store(function(load(input.add(first))), out.add(first)) };
    }
}

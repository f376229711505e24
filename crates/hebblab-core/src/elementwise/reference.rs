//! The same functions one value at a time, in f64 by libm where they are transcendental: what the SIMD forms must equal up
//! to their rounding.

use super::{Arithmetic, Comparison, Dimension, Of, Unary};
use crate::simd::lanewise::{maximum, minimum};

/// `function(x)` before it is rounded to f32.
pub fn unary(function: Unary, x: f32) -> f64 {
    let wide = f64::from(x);
    match function {
        Unary::Abs => wide.abs(),
        Unary::Neg => -wide,
        Unary::Exp => libm::exp(wide),
        Unary::Expm1 => libm::expm1(wide),
        Unary::Log => libm::log(wide),
        Unary::Log1p => libm::log1p(wide),
        Unary::Sqrt => wide.sqrt(),
        Unary::Rsqrt => 1.0 / wide.sqrt(),
        Unary::Square => wide * wide,
        Unary::Reciprocal => 1.0 / wide,
        Unary::Relu => f64::from(maximum(0.0, x)),
        Unary::Relu6 => f64::from(minimum(maximum(0.0, x), 6.0)),
        Unary::Elu => exponential_below_zero(wide, 1.0, 1.0),
        Unary::Selu => exponential_below_zero(wide, 1.050_700_987_355_480_5, 1.758_099_340_847_376_6),
        Unary::Sigmoid => 1.0 / (1.0 + libm::exp(-wide)),
        Unary::Softplus if wide > 0.0 => wide + libm::log1p(libm::exp(-wide)),
        Unary::Softplus => libm::log1p(libm::exp(wide)),
        Unary::Tanh => libm::tanh(wide),
        Unary::Sign => f64::from(i8::from(x > 0.0) - i8::from(x < 0.0)),
        Unary::Floor => wide.floor(),
        Unary::Ceil => wide.ceil(),
        Unary::Round => wide.round_ties_even(),
        Unary::Sin => libm::sin(wide),
        Unary::Cos => libm::cos(wide),
        Unary::Erf => libm::erf(wide),
        Unary::LeakyRelu { alpha } if x < 0.0 => f64::from(alpha) * wide,
        Unary::LeakyRelu { .. } => wide,
        Unary::Step { .. } if x.is_nan() => wide,
        Unary::Step { alpha } => f64::from(if x > 0.0 { 1.0 } else { alpha }),
        Unary::Clip { high, .. } if x > high => f64::from(high),
        Unary::Clip { low, .. } if x < low => f64::from(low),
        Unary::Clip { .. } => wide,
    }
}

fn exponential_below_zero(x: f64, scale: f64, negative_scale: f64) -> f64 {
    if x < 0.0 { negative_scale * libm::expm1(x) } else { scale * x }
}

/// `function(a, b)` before it is rounded to f32.
pub fn arithmetic(function: Arithmetic, a: f32, b: f32) -> f64 {
    let (x, y) = (f64::from(a), f64::from(b));
    match function {
        Arithmetic::Add => x + y,
        Arithmetic::Sub => x - y,
        Arithmetic::Mul => x * y,
        Arithmetic::Div => x / y,
        Arithmetic::Maximum => f64::from(maximum(a, b)),
        Arithmetic::Minimum => f64::from(minimum(a, b)),
        // The two cases in which JavaScript differs from C.
        Arithmetic::Pow if y.is_nan() || (x.abs() == 1.0 && y.is_infinite()) => f64::NAN,
        Arithmetic::Pow => libm::pow(x, y),
        Arithmetic::SquaredDifference => (x - y) * (x - y),
        Arithmetic::EluGradient => {
            if y >= 0.0 {
                x
            } else {
                x * (y + 1.0)
            }
        }
        Arithmetic::Prelu => {
            if x < 0.0 {
                x * y
            } else {
                x
            }
        }
    }
}

pub fn comparison(function: Comparison, a: f32, b: f32) -> bool {
    match function {
        Comparison::Greater => a > b,
        Comparison::GreaterEqual => a >= b,
        Comparison::Less => a < b,
        Comparison::LessEqual => a <= b,
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
    }
}

/// The places in both operands that each place of the output is formed from.
pub fn places(dimensions: &[Dimension]) -> Vec<[usize; 2]> {
    dimensions.iter().fold(vec![[0, 0]], |outer, dimension| {
        let has = [Of::First, Of::Second].map(|operand| dimension.of == Of::Both || dimension.of == operand);
        let next =
            |place: usize, has: bool, index: usize| if has { place * dimension.size + index } else { place };
        let along = |[a, b]: [usize; 2]| {
            (0..dimension.size).map(move |index| [next(a, has[0], index), next(b, has[1], index)])
        };
        outer.into_iter().flat_map(along).collect()
    })
}

//! Functions of each element, against libm in f64.

use std::num::NonZeroUsize;

use hebblab_core::elementwise::{Operand, Unary, reference, unary};
use hebblab_core::threads::{NativeThreads, OneThread};

const EXACT: [Unary; 14] = [
    Unary::Abs,
    Unary::Neg,
    Unary::Sqrt,
    Unary::Square,
    Unary::Reciprocal,
    Unary::Relu,
    Unary::Relu6,
    Unary::Sign,
    Unary::Floor,
    Unary::Ceil,
    Unary::Round,
    Unary::LeakyRelu { alpha: 0.2 },
    Unary::Step { alpha: -0.5 },
    Unary::Clip { low: -1.5, high: 2.5 },
];

const ROUNDED: [Unary; 13] = [
    Unary::Exp,
    Unary::Expm1,
    Unary::Log,
    Unary::Log1p,
    Unary::Rsqrt,
    Unary::Elu,
    Unary::Selu,
    Unary::Sigmoid,
    Unary::Softplus,
    Unary::Tanh,
    Unary::Sin,
    Unary::Cos,
    Unary::Erf,
];

/// Every exponent, both signs, mantissas at and between their ends: 0, denormals, infinities and NaN included.
fn grid() -> Vec<f32> {
    let steps = (0..=u32::from(u16::MAX))
        .map(|high| f32::from_bits(high << 16 | (high.wrapping_mul(40503) & 0xffff)));
    let exact = (0..=u32::from(u16::MAX)).map(|high| f32::from_bits(high << 16));
    let dense = (-220_000..220_000).map(|step| step as f32 * 5.1e-4);
    let near_one = (-3000..3000).map(|step| 1.0 + step as f32 * f32::EPSILON);
    let integers = (-300..300).map(|step| step as f32 * 0.5);
    steps.chain(exact).chain(dense).chain(near_one).chain(integers).collect()
}

fn applied(function: Unary, input: &[f32]) -> Vec<f32> {
    let mut out = vec![7.0; input.len()];
    unary(&OneThread, function, Operand::Values(input), &mut out).unwrap();
    out
}

/// The distance in units in the last place of the f32 that is nearest to `want`.
fn units_away(got: f32, want: f64) -> f64 {
    let nearest = want as f32;
    if got.is_nan() || nearest.is_nan() {
        return if got.is_nan() && nearest.is_nan() { 0.0 } else { f64::INFINITY };
    }
    if got.is_infinite() || nearest.is_infinite() {
        return if got == nearest { 0.0 } else { f64::INFINITY };
    }
    let magnitude = nearest.abs().max(f32::MIN_POSITIVE);
    let unit = f64::from(f32::from_bits(magnitude.to_bits() & 0x7f80_0000)) * 2.0_f64.powi(-23);
    (f64::from(got) - want).abs() / unit
}

#[test]
fn functions_of_arithmetic_are_the_nearest_f32() {
    let input = grid();
    for function in EXACT {
        for (x, got) in input.iter().zip(applied(function, &input)) {
            let want = reference::unary(function, *x) as f32;
            assert!(
                got == want || (got.is_nan() && want.is_nan()),
                "{function:?}({x:e}): got {got:e}, want {want:e}"
            );
        }
    }
}

#[test]
fn transcendental_functions_are_the_nearest_f32_or_nearly() {
    let input = grid();
    for function in ROUNDED {
        let (mut worst, mut at) = (0.0, 0.0);
        for (x, got) in input.iter().zip(applied(function, &input)) {
            let units = units_away(got, reference::unary(function, *x));
            if units > worst {
                (worst, at) = (units, *x);
            }
        }
        println!("{function:?}: {worst:.4} units at {at:e}");
        assert!(worst <= 0.51, "{function:?}({at:e}): {worst} units");
    }
}

#[test]
fn small_and_saturated_values_keep_their_precision() {
    let cases = [
        (Unary::Tanh, 1e-20, 1e-20),
        (Unary::Tanh, -1e-44, -1e-44),
        (Unary::Expm1, -1e-20, -1e-20),
        (Unary::Log1p, 1e-20, 1e-20),
        (Unary::Elu, -1e-30, -1e-30),
        // e^-100 = 3.7e-44, below f32's normal range: 3.8e-44 is the same f32
        (Unary::Sigmoid, -100.0, 3.8e-44),
        (Unary::Exp, -100.0, 3.8e-44),
        (Unary::Softplus, -100.0, 3.8e-44),
        (Unary::Softplus, 100.0, 100.0),
        (Unary::Sigmoid, 100.0, 1.0),
        (Unary::Tanh, 20.0, 1.0),
        // e^(log(f32::MAX) - 2^-17)
        (Unary::Exp, 88.722_83, 3.402_798_5e38),
        (Unary::Exp, 88.722_84, f32::INFINITY),
        (Unary::Log, f32::MIN_POSITIVE / 4.0, -128.0 * std::f32::consts::LN_2),
        (Unary::Rsqrt, f32::MIN_POSITIVE / 4.0, 2.0_f32.powi(64)),
    ];
    for (function, x, want) in cases {
        assert_eq!(applied(function, &[x]), [want], "{function:?}({x})");
    }
}

#[test]
fn zeros_keep_their_sign_where_the_function_is_odd() {
    for function in [
        Unary::Expm1,
        Unary::Log1p,
        Unary::Elu,
        Unary::Tanh,
        Unary::Sin,
        Unary::Erf,
        Unary::Sqrt,
        Unary::Floor,
        Unary::Ceil,
        Unary::Round,
    ] {
        let signs: Vec<bool> = applied(function, &[0.0, -0.0]).iter().map(|x| x.is_sign_negative()).collect();
        assert_eq!(signs, [false, true], "{function:?}");
        assert_eq!(applied(function, &[0.0, -0.0]), [0.0, 0.0], "{function:?}");
    }
    assert!(applied(Unary::Relu, &[-0.0])[0].is_sign_positive());
}

#[test]
fn not_a_number_stays_except_for_its_sign() {
    for function in EXACT.into_iter().chain(ROUNDED) {
        let got = applied(function, &[f32::NAN, -f32::NAN, 1.0, 1.0, f32::NAN]);
        if function == Unary::Sign {
            assert_eq!(got, [0.0, 0.0, 1.0, 1.0, 0.0]);
        } else {
            let stays: Vec<bool> = got.iter().map(|value| value.is_nan()).collect();
            assert_eq!(stays, [true, true, false, false, true], "{function:?}");
        }
    }
}

#[test]
fn every_length_and_place_gives_the_same_values() {
    let input: Vec<f32> = (0..70_003).map(|index| (index % 977) as f32 * 0.01 - 5.0).collect();
    for function in [Unary::Tanh, Unary::Relu] {
        let whole = applied(function, &input);
        for length in (0..=9).chain([70_003]) {
            assert_eq!(applied(function, &input[..length]), whole[..length], "{function:?}, {length}");
            let mut values = input[..length].to_vec();
            unary(&OneThread, function, Operand::Output, &mut values).unwrap();
            assert_eq!(values, whole[..length], "{function:?} in place, {length}");
        }
        for count in [1, 2, 3, 5] {
            let threads = NativeThreads(NonZeroUsize::new(count).unwrap());
            let mut out = vec![0.0; input.len()];
            unary(&threads, function, Operand::Values(&input), &mut out).unwrap();
            assert_eq!(out, whole, "{function:?} on {count} threads");
        }
    }
    let error = unary(&OneThread, Unary::Exp, Operand::Values(&[1.0]), &mut [0.0; 2]).unwrap_err();
    assert_eq!(error.to_string(), "unary: expected 2 values in input, got 1");
}

//! Functions of two broadcast arrays.

use std::num::NonZeroUsize;

use hebblab_core::elementwise::{
    Arithmetic, Comparison, Dimension, Logical, Of, Operand, arithmetic, comparison, logical, reference,
};
use hebblab_core::threads::{NativeThreads, OneThread};

const ARITHMETIC: [Arithmetic; 10] = [
    Arithmetic::Add,
    Arithmetic::Sub,
    Arithmetic::Mul,
    Arithmetic::Div,
    Arithmetic::Maximum,
    Arithmetic::Minimum,
    Arithmetic::Pow,
    Arithmetic::SquaredDifference,
    Arithmetic::EluGradient,
    Arithmetic::Prelu,
];

const COMPARISONS: [Comparison; 6] = [
    Comparison::Greater,
    Comparison::GreaterEqual,
    Comparison::Less,
    Comparison::LessEqual,
    Comparison::Equal,
    Comparison::NotEqual,
];

fn same(size: usize) -> [Dimension; 1] {
    [Dimension { size, of: Of::Both }]
}

/// Every pair of awkward values.
fn pairs() -> (Vec<f32>, Vec<f32>) {
    let mut values = vec![f32::NAN, f32::INFINITY, f32::MAX, f32::MIN_POSITIVE, 1e-45, 3e-41, 0.0];
    values.extend([1e-20, 0.1, 0.5, 1.0, 1.0 + f32::EPSILON, 1.0 - f32::EPSILON / 2.0, 1.5, 2.0, 3.0, 4.5]);
    values.extend([7.0, 10.3, 127.0, 128.5, 8_388_609.0, 16_777_215.0, 3e7, 2.5e12, 1e30]);
    values.extend((0..40).map(|step| 1.07_f32.powi(step * 5 - 100) * 1.234_567));
    let all: Vec<f32> = values.iter().flat_map(|value| [*value, -*value]).collect();
    all.iter().flat_map(|a| all.iter().map(|b| (*a, *b))).unzip()
}

fn units_away(got: f32, want: f64) -> f64 {
    let nearest = want as f32;
    if got == nearest || (got.is_nan() && nearest.is_nan()) {
        return 0.0;
    }
    let unit = f64::from(f32::from_bits(nearest.abs().max(f32::MIN_POSITIVE).to_bits() & 0x7f80_0000))
        * 2.0_f64.powi(-23);
    (f64::from(got) - want).abs() / unit
}

#[test]
fn arithmetic_is_that_of_the_reference() {
    let (a, b) = pairs();
    let mut out = vec![0.0; a.len()];
    for function in ARITHMETIC {
        arithmetic(&OneThread, function, &same(a.len()), Operand::Values(&a), Operand::Values(&b), &mut out)
            .unwrap();
        // A difference and then its square are rounded twice.
        let tolerance = match function {
            Arithmetic::SquaredDifference | Arithmetic::EluGradient => 2.0,
            _ => 0.51,
        };
        for (index, got) in out.iter().enumerate() {
            let want = reference::arithmetic(function, a[index], b[index]);
            let units = units_away(*got, want);
            assert!(
                units <= tolerance,
                "{function:?}({:e}, {:e}): got {got:e}, want {want:e}",
                a[index],
                b[index]
            );
        }
    }
}

#[test]
fn comparisons_are_those_of_the_reference() {
    let (a, b) = pairs();
    let mut out = vec![7; a.len()];
    for function in COMPARISONS {
        comparison(&OneThread, function, &same(a.len()), &a, &b, &mut out).unwrap();
        for (index, got) in out.iter().enumerate() {
            let want = u8::from(reference::comparison(function, a[index], b[index]));
            assert_eq!(*got, want, "{function:?}({:e}, {:e})", a[index], b[index]);
        }
    }
}

#[test]
fn powers_have_the_signs_of_mathematics() {
    let power = |base: f32, exponent: f32| {
        let mut out = [0.0];
        let (base, exponent) = ([base], [exponent]);
        let operands = (Operand::Values(&base[..]), Operand::Values(&exponent[..]));
        arithmetic(&OneThread, Arithmetic::Pow, &same(1), operands.0, operands.1, &mut out).unwrap();
        out[0]
    };
    assert_eq!(power(-2.0, 3.0), -8.0);
    assert_eq!(power(-2.0, 4.0), 16.0);
    assert_eq!(power(3.0, 2.0), 9.0);
    assert_eq!(power(f32::NAN, 0.0), 1.0);
    assert_eq!(power(-0.0, -1.0), f32::NEG_INFINITY);
    assert_eq!(power(-0.0, -2.0), f32::INFINITY);
    assert!(power(-0.0, 3.0).is_sign_negative());
    assert_eq!(power(f32::NEG_INFINITY, 0.5), f32::INFINITY);
    assert!(power(-2.0, 0.5).is_nan());
    assert!(power(1.0, f32::INFINITY).is_nan());
    assert!(power(1.0, f32::NAN).is_nan());
}

fn dimension(size: usize, of: Of) -> Dimension {
    Dimension { size, of }
}

#[test]
fn every_broadcast_reads_the_right_places() {
    use Of::{Both, First, Second};
    let cases: Vec<Vec<Dimension>> = vec![
        vec![dimension(1, Both)],
        vec![dimension(70_001, First)],
        vec![dimension(13, Second)],
        vec![dimension(0, Both)],
        vec![dimension(3, First), dimension(0, Both)],
        vec![dimension(301, First), dimension(257, Both)],
        vec![dimension(301, Both), dimension(257, First)],
        vec![dimension(257, Second), dimension(301, First)],
        vec![dimension(9001, First), dimension(10, Both)],
        vec![dimension(9001, Both), dimension(10, Second)],
        vec![dimension(1500, Second), dimension(3, Both), dimension(17, First)],
        vec![dimension(5, Both), dimension(7, First), dimension(130, Both)],
        vec![
            dimension(2, Both),
            dimension(3, First),
            dimension(2, Second),
            dimension(5, Both),
            dimension(3, First),
            dimension(200, Second),
        ],
        vec![
            dimension(2, First),
            dimension(3, Second),
            dimension(2, Both),
            dimension(5, Second),
            dimension(3, Both),
            dimension(2, First),
        ],
    ];
    for dimensions in cases {
        let length = |operand: Of| -> usize {
            dimensions
                .iter()
                .filter(|dimension| dimension.of == Both || dimension.of == operand)
                .map(|d| d.size)
                .product()
        };
        let a: Vec<f32> = (0..length(First)).map(|index| index as f32).collect();
        let b: Vec<f32> = (0..length(Second)).map(|index| index as f32 * 0.25 - 100.0).collect();
        let places = reference::places(&dimensions);
        let want: Vec<f32> = places.iter().map(|[first, second]| a[*first] - b[*second]).collect();
        let less: Vec<u8> = places.iter().map(|[first, second]| u8::from(a[*first] < b[*second])).collect();
        for count in [1, 2, 3] {
            let threads = NativeThreads(NonZeroUsize::new(count).unwrap());
            let mut out = vec![f32::NAN; want.len()];
            arithmetic(
                &threads,
                Arithmetic::Sub,
                &dimensions,
                Operand::Values(&a),
                Operand::Values(&b),
                &mut out,
            )
            .unwrap();
            assert_eq!(out, want, "{dimensions:?} on {count} threads");
            let mut out = vec![7; want.len()];
            comparison(&threads, Comparison::Less, &dimensions, &a, &b, &mut out).unwrap();
            assert_eq!(out, less, "{dimensions:?} on {count} threads");
        }
        if a.len() == want.len() {
            let mut out = a.clone();
            arithmetic(
                &OneThread,
                Arithmetic::Sub,
                &dimensions,
                Operand::Output,
                Operand::Values(&b),
                &mut out,
            )
            .unwrap();
            assert_eq!(out, want, "{dimensions:?} in place of the first");
        }
        if b.len() == want.len() {
            let mut out = b.clone();
            arithmetic(
                &OneThread,
                Arithmetic::Sub,
                &dimensions,
                Operand::Values(&a),
                Operand::Output,
                &mut out,
            )
            .unwrap();
            assert_eq!(out, want, "{dimensions:?} in place of the second");
        }
    }
}

#[test]
fn truth_values_are_combined() {
    let dimensions = [dimension(2, Of::Second), dimension(19, Of::First)];
    let a: Vec<u8> = (0..19).map(|index| index % 3).collect();
    for (function, value, of_second) in
        [(Logical::And, 0, 0), (Logical::And, 5, 1), (Logical::Or, 0, 1), (Logical::Or, 2, 2)]
    {
        let mut out = [7; 38];
        logical(
            &OneThread,
            function,
            &dimensions,
            Operand::Values(&a),
            Operand::Values(&[0, value]),
            &mut out,
        )
        .unwrap();
        for index in 0..19 {
            let set = u8::from(a[index] != 0);
            assert_eq!(out[index], if function == Logical::And { 0 } else { set });
            assert_eq!(
                out[19 + index],
                match of_second {
                    0 => 0,
                    1 => set,
                    _ => 1,
                },
                "{function:?} {value} {index}"
            );
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let dimensions = [dimension(2, Of::First), dimension(3, Of::Both)];
    let refused = |a: usize, b: usize, out: usize| {
        let (a, b) = (vec![0.0; a], vec![0.0; b]);
        let operands = (Operand::Values(&a[..]), Operand::Values(&b[..]));
        arithmetic(&OneThread, Arithmetic::Add, &dimensions, operands.0, operands.1, &mut vec![0.0; out])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(6, 3, 5), "binary: expected 6 values in out, got 5");
    assert_eq!(refused(3, 3, 6), "binary: expected 6 values in a, got 3");
    assert_eq!(refused(6, 6, 6), "binary: expected 3 values in b, got 6");
    let many = [dimension(1, Of::Both); 7];
    let error = arithmetic(&OneThread, Arithmetic::Add, &many, Operand::Output, Operand::Output, &mut [0.0]);
    assert_eq!(error.unwrap_err().to_string(), "binary: expected 1 to 6 dimensions, got 7");
    let row = Operand::Values(&[0.0; 6][..]);
    let error = arithmetic(&OneThread, Arithmetic::Add, &dimensions, row, Operand::Output, &mut [0.0; 6]);
    assert_eq!(error.unwrap_err().to_string(), "binary: expected 3 values in b, got 6");
}

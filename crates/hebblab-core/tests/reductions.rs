//! Reductions along one dimension, and softmax.

use std::num::NonZeroUsize;

use hebblab_core::reductions::{
    Extents, Place, Reduction, log_softmax, place, reduce, reference, softmax, truth,
};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};

const SHAPES: [(usize, usize, usize); 16] = [
    (1, 1, 1),
    (3, 0, 2),
    (0, 3, 2),
    (2, 3, 0),
    (5, 10, 1),
    (1, 100_003, 1),
    (2, 70_001, 1),
    (9, 20_011, 1),
    (1, 301, 257),
    (1, 9001, 16),
    (2, 5003, 10),
    (3, 7, 5),
    (9, 33, 301),
    (1, 5, 4000),
    (130, 3, 130),
    (20_000, 3, 1),
];

fn extents((outer, reduced, inner): (usize, usize, usize)) -> Extents {
    Extents { outer, reduced, inner }
}

/// Values in [-1, 1) from a linear congruential generator (Numerical Recipes).
fn pseudo_random(length: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state) / 2.0_f64.powi(31) - 1.0) as f32
    };
    (0..length).map(|_| next()).collect()
}

fn threads(count: usize) -> Box<dyn Threads> {
    if count == 0 { Box::new(OneThread) } else { Box::new(NativeThreads(NonZeroUsize::new(count).unwrap())) }
}

#[test]
fn folds_are_the_nearest_f32_of_a_plain_fold_in_f64() {
    for shape in SHAPES {
        let extents = extents(shape);
        let input = pseudo_random(shape.0 * shape.1 * shape.2);
        for reduction in [Reduction::Sum, Reduction::Mean, Reduction::Product, Reduction::Max, Reduction::Min]
        {
            // Products near 1, so that they neither vanish nor overflow.
            let input: Vec<f32> = match reduction {
                Reduction::Product => input.iter().map(|x| 1.0 + x / 64.0).collect(),
                _ => input.clone(),
            };
            let want: Vec<f64> = reference::values_of(&input, extents)
                .iter()
                .map(|values| reference::reduce(reduction, values))
                .collect();
            let run = |count: usize| {
                let mut out = vec![7.0; want.len()];
                reduce(&*threads(count), reduction, &input, extents, &mut out).unwrap();
                out
            };
            let got = run(0);
            for (got, want) in got.iter().zip(&want) {
                // The order of f64 sums shows where they cancel: 1e5 terms of at most 1, each rounded.
                let close = (f64::from(*got) - want).abs() <= want.abs() * 6e-8 + 1e-10;
                let same = f64::from(*got) == *want || (got.is_nan() && want.is_nan());
                assert!(close || same, "{reduction:?} {shape:?}: got {got}, want {want}");
            }
            for count in [1, 2, 3, 5] {
                let bits =
                    |values: Vec<f32>| -> Vec<u32> { values.iter().map(|value| value.to_bits()).collect() };
                assert_eq!(bits(run(count)), bits(got.clone()), "{reduction:?} {shape:?} on {count} threads");
            }
        }
    }
}

#[test]
fn extremes_carry_not_a_number_wherever_it_is() {
    for (reduction, other) in [(Reduction::Max, f32::INFINITY), (Reduction::Min, f32::NEG_INFINITY)] {
        for length in [1, 5, 16, 37] {
            for bad in 0..length {
                for inner in [1, 6] {
                    let mut input = vec![1.0; length * inner];
                    input[bad * inner] = f32::NAN;
                    input[(bad + 1) % length * inner] += if length > 1 { other } else { 0.0 };
                    let mut out = vec![0.0; inner];
                    reduce(&OneThread, reduction, &input, extents((1, length, inner)), &mut out).unwrap();
                    assert!(out[0].is_nan(), "{reduction:?}, {bad} of {length}, {inner}");
                    assert!(out[1..].iter().all(|value| *value == 1.0));
                }
            }
        }
    }
}

#[test]
fn places_are_the_first_ones() {
    for shape in SHAPES {
        let extents = extents(shape);
        // Few different values, so that there are ties, and some NaN.
        let input: Vec<f32> = pseudo_random(shape.0 * shape.1 * shape.2)
            .iter()
            .map(|x| if *x > 0.99 { f32::NAN } else { (x * 20.0).round() })
            .collect();
        for kind in [Place::Max, Place::Min] {
            let want: Vec<i32> = reference::values_of(&input, extents)
                .iter()
                .map(|values| reference::place(kind, values))
                .collect();
            for count in [0, 2, 3] {
                let mut out = vec![7; want.len()];
                place(&*threads(count), kind, &input, extents, &mut out).unwrap();
                assert_eq!(out, want, "{kind:?} {shape:?}");
            }
        }
    }
    for values in
        [[f32::NAN, 1.0, 2.0], [1.0, f32::NAN, 2.0], [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::NAN]]
    {
        for kind in [Place::Max, Place::Min] {
            let mut out = [7];
            place(&OneThread, kind, &values, extents((1, 3, 1)), &mut out).unwrap();
            assert_eq!(out[0], reference::place(kind, &values), "{kind:?} {values:?}");
        }
    }
}

#[test]
fn truths_hold_for_all_or_any() {
    for shape in SHAPES {
        let extents = extents(shape);
        let input: Vec<u8> =
            pseudo_random(shape.0 * shape.1 * shape.2).iter().map(|x| if *x > 0.0 { 3 } else { 0 }).collect();
        for all in [true, false] {
            let holds = |values: &Vec<u8>| {
                if all {
                    values.iter().all(|value| *value != 0)
                } else {
                    values.iter().any(|value| *value != 0)
                }
            };
            let want: Vec<u8> =
                reference::values_of(&input, extents).iter().map(|values| u8::from(holds(values))).collect();
            let mut out = vec![7; want.len()];
            truth(&*threads(2), all, &input, extents, &mut out).unwrap();
            assert_eq!(out, want, "{all} {shape:?}");
        }
    }
}

#[test]
fn softmax_is_that_of_f64_within_a_unit() {
    for (rows, columns, scale) in
        [(7, 1, 1.0), (50, 10, 5.0), (3, 4001, 30.0), (200, 3, 60.0), (9, 1000, 0.1), (0, 5, 1.0)]
    {
        let input: Vec<f32> = pseudo_random(rows * columns).iter().map(|x| x * scale).collect();
        let mut logarithms = vec![7.0; input.len()];
        log_softmax(&*threads(2), &input, columns, &mut logarithms).unwrap();
        let mut probabilities = vec![7.0; input.len()];
        softmax(&*threads(0), &input, columns, &mut probabilities).unwrap();
        for (row, values) in input.chunks(columns).enumerate() {
            for (column, want) in reference::log_softmax(values).into_iter().enumerate() {
                let got = logarithms[row * columns + column];
                assert!(
                    (f64::from(got) - want).abs() <= want.abs() * 6.0e-8 + 1.5e-45,
                    "log: got {got}, want {want}"
                );
                let (got, want) = (probabilities[row * columns + column], libm::exp(want));
                let error = (f64::from(got) - want).abs();
                assert!(error <= want * 1.2e-7 + 1.5e-45, "got {got}, want {want}");
            }
        }
        for count in [1, 3] {
            let mut again = vec![7.0; input.len()];
            softmax(&*threads(count), &input, columns, &mut again).unwrap();
            assert_eq!(again, probabilities, "{count} threads");
        }
    }
}

#[test]
fn saturated_softmax_keeps_what_is_small() {
    let mut out = [0.0; 3];
    softmax(&OneThread, &[100.0, 0.0, 1000.0], 3, &mut out).unwrap();
    assert_eq!(out, [0.0, 0.0, 1.0]);
    // e^-100 is below the normal range; e^-46.0517 = 1e-20.
    softmax(&OneThread, &[-100.0, 0.0, f32::NEG_INFINITY], 3, &mut out).unwrap();
    assert_eq!(out, [3.8e-44, 1.0, 0.0]);
    log_softmax(&OneThread, &[-100.0, 0.0, -46.0], 3, &mut out).unwrap();
    let others = (-46.0_f64).exp();
    assert_eq!(out, [-100.0, -others as f32, -46.0]);
}

#[test]
fn rows_without_a_finite_largest_value_are_not_numbers() {
    for row in [[f32::NAN, 0.0], [0.0, f32::INFINITY], [f32::NEG_INFINITY; 2]] {
        for function in [softmax, log_softmax] {
            let input = [row[0], row[1], 0.0, 0.0];
            let mut out = [7.0; 4];
            function(&OneThread, &input, 2, &mut out).unwrap();
            assert!(out[0].is_nan() && out[1].is_nan() && !out[2].is_nan(), "{row:?}: {out:?}");
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let error = reduce(&OneThread, Reduction::Sum, &[0.0; 5], extents((1, 2, 3)), &mut [0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "reduce: expected 6 values in input, got 5");
    let error = place(&OneThread, Place::Max, &[0.0; 6], extents((1, 2, 3)), &mut [0; 2]).unwrap_err();
    assert_eq!(error.to_string(), "place: expected 3 values in out, got 2");
    let error = softmax(&OneThread, &[0.0; 5], 2, &mut [0.0; 5]).unwrap_err();
    assert_eq!(error.to_string(), "softmax: expected rows of 2 values, got 5 values");
}

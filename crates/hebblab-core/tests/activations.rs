//! Bias, column sums and the power activation.

mod common;

use common::sequence;
use hebblab_core::activations::{add_row_bias, column_sums, relu_power, relu_power_backward};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use proptest::prelude::*;

const POWERS: [f32; 12] = [0.5, 1.0, 1.5, 2.0, 3.0, 3.3, 4.0, 4.5, 7.5, 8.0, 9.0, 12.25];

fn powered(values: &[f32], power: f32) -> Vec<f32> {
    let mut out = values.to_vec();
    relu_power(&OneThread, &mut out, power).unwrap();
    out
}

fn slopes(z: &[f32], power: f32) -> Vec<f32> {
    let mut gradient = vec![1.0; z.len()];
    relu_power_backward(&OneThread, z, power, &mut gradient).unwrap();
    gradient
}

fn close(got: f32, want: f64) -> bool {
    (f64::from(got) - want).abs() <= 1e-6 * want.abs()
}

#[test]
fn a_bias_is_added_to_every_row() {
    let mut matrix = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    add_row_bias(&OneThread, &mut matrix, 2, 3, &[10.0, 20.0, 30.0]).unwrap();
    assert_eq!(matrix, [11.0, 22.0, 33.0, 14.0, 25.0, 36.0]);
}

#[test]
fn column_sums_cover_every_column_block() {
    for columns in [1, 63, 64, 65, 200] {
        let matrix: Vec<f32> = (0..5 * columns).map(|index| (index % columns) as f32).collect();
        let mut sums = vec![f32::NAN; columns];
        column_sums(&OneThread, &matrix, 5, columns, &mut sums).unwrap();
        let want: Vec<f32> = (0..columns).map(|column| 5.0 * column as f32).collect();
        assert_eq!(sums, want);
    }
}

#[test]
fn column_sums_keep_small_values_beside_large_ones() {
    let mut sums = [0.0];
    // In f32, 1e8 + 1 is 1e8.
    column_sums(&OneThread, &[1e8, 1.0, 1.0, -1e8], 4, 1, &mut sums).unwrap();
    assert_eq!(sums, [2.0]);
}

#[test]
fn column_sums_of_no_rows_are_zero() {
    let mut sums = [f32::NAN; 3];
    column_sums(&OneThread, &[], 0, 3, &mut sums).unwrap();
    assert_eq!(sums, [0.0; 3]);
}

#[test]
fn what_is_not_positive_becomes_zero() {
    for power in POWERS {
        let z = [-1.0, -0.0, 0.0, -1e-30, f32::NEG_INFINITY];
        assert_eq!(powered(&z, power), [0.0; 5]);
        assert_eq!(slopes(&z, power), [0.0; 5]);
    }
}

#[test]
fn nan_is_not_hidden() {
    for power in POWERS {
        assert!(powered(&[f32::NAN], power)[0].is_nan());
        assert!(slopes(&[f32::NAN], power)[0].is_nan());
    }
}

#[test]
fn powers_of_four_are_exact() {
    assert_eq!(powered(&[4.0], 4.5), [512.0]);
    // 4.5 * 4^3.5 = 4.5 * 128
    assert_eq!(slopes(&[4.0], 4.5), [576.0]);
}

#[test]
fn no_result_is_denormal() {
    let z: Vec<f32> = (-149..0).map(|exponent| libm::scalbnf(1.3, exponent)).collect();
    for power in POWERS {
        for value in powered(&z, power).into_iter().chain(slopes(&z, power)) {
            assert!(value == 0.0 || value >= f32::MIN_POSITIVE, "{value} for power {power}");
        }
    }
    let mut gradient = [1e-30];
    relu_power_backward(&OneThread, &[1e-4], 4.5, &mut gradient).unwrap();
    assert_eq!(gradient, [0.0]);
}

#[test]
fn every_number_of_threads_gives_the_same_bits() {
    // Several pieces of each, the last one short.
    for (rows, columns) in [(700, 131), (3, 40_001)] {
        let (matrix, bias) = (sequence(rows * columns, 1), sequence(columns, 2));
        let all = |threads: &dyn Threads| -> Vec<u32> {
            let mut biased = matrix.clone();
            add_row_bias(threads, &mut biased, rows, columns, &bias).unwrap();
            let mut sums = vec![f32::NAN; columns];
            column_sums(threads, &biased, rows, columns, &mut sums).unwrap();
            let mut results = [biased.clone(), sums].concat();
            for power in [1.0, 4.5, 3.3] {
                let (mut powers, mut gradient) = (biased.clone(), matrix.clone());
                relu_power(threads, &mut powers, power).unwrap();
                relu_power_backward(threads, &biased, power, &mut gradient).unwrap();
                results.extend([powers, gradient].concat());
            }
            results.iter().map(|value| value.to_bits()).collect()
        };
        let alone = all(&OneThread);
        for count in [2, 3, 5] {
            assert!(all(&NativeThreads(count.try_into().unwrap())) == alone, "{count} threads");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn powers_are_accurate_to_one_in_a_million(
        z in prop::collection::vec(1e-3..30.0_f32, 1..40),
        power in prop::sample::select(&POWERS),
    ) {
        for (got, z) in powered(&z, power).into_iter().zip(&z) {
            let want = f64::from(*z).powf(f64::from(power));
            prop_assert!(close(got, want), "{z}^{power}: got {got}, want {want}");
        }
    }

    #[test]
    fn the_gradient_is_multiplied_by_the_slope(
        z in prop::collection::vec(-1.0..30.0_f32, 1..40),
        power in prop::sample::select(&POWERS),
    ) {
        let mut gradient: Vec<f32> = (0..z.len()).map(|index| index as f32 - 7.0).collect();
        relu_power_backward(&OneThread, &z, power, &mut gradient).unwrap();
        for (index, (got, z)) in gradient.into_iter().zip(&z).enumerate() {
            let power = f64::from(power);
            let slope = if *z > 0.0 { power * f64::from(*z).powf(power - 1.0) } else { 0.0 };
            let want = (index as f64 - 7.0) * slope;
            prop_assert!(close(got, want), "{z}, {power}: got {got}, want {want}");
        }
    }

    #[test]
    fn a_value_does_not_depend_on_its_place(
        z in prop::collection::vec(-1.0..3.0_f32, 1..40),
        power in prop::sample::select(&POWERS),
    ) {
        let together = powered(&z, power);
        for (index, z) in z.iter().enumerate() {
            prop_assert_eq!(powered(&[*z], power)[0].to_bits(), together[index].to_bits());
        }
    }
}

//! The fast covariance against its definition, and at the edges.

mod common;

use common::assert_close;
use hebblab_core::covariance::{self, CovarianceWorkspace};
use hebblab_core::threads::OneThread;
use proptest::prelude::*;

fn both(samples: &[f32], count: usize, features: usize) -> (Vec<f64>, Vec<f64>) {
    let mut fast = vec![f64::NAN; features * features];
    let mut plain = fast.clone();
    let mut workspace = CovarianceWorkspace::default();
    covariance::covariance(&OneThread, samples, count, features, &mut fast, &mut workspace).unwrap();
    covariance::reference::covariance(samples, count, features, &mut plain);
    (fast, plain)
}

/// Values without structure in [-1, 1): the fractional parts of multiples of the golden ratio.
fn spread(length: usize) -> Vec<f32> {
    (0..length).map(|index| ((index as f64 * 0.618_033_988_749_894_9).fract() * 2.0 - 1.0) as f32).collect()
}

fn refused(samples: &[f32], count: usize, features: usize, out: &mut [f64]) -> String {
    let mut workspace = CovarianceWorkspace::default();
    covariance::covariance(&OneThread, samples, count, features, out, &mut workspace).unwrap_err().to_string()
}

#[test]
fn more_samples_and_features_than_a_block_agree_with_the_definition() {
    for (count, features) in [(256, 128), (257, 129), (513, 1), (600, 200), (2, 300), (1000, 257)] {
        let (fast, plain) = both(&spread(count * features), count, features);
        assert_close(&format!("{count} x {features}"), &fast, &plain, 2e-6);
    }
}

#[test]
fn the_result_is_exactly_symmetric() {
    let (fast, _) = both(&spread(300 * 150), 300, 150);
    for row in 0..150 {
        for column in 0..row {
            assert_eq!(fast[row * 150 + column], fast[column * 150 + row]);
        }
    }
}

#[test]
fn a_constant_feature_has_no_variance() {
    let samples: Vec<f32> = (0..20).flat_map(|sample| [0.1, sample as f32]).collect();
    let (fast, _) = both(&samples, 20, 2);
    // Variance of 0..19: (20^2 - 1) / 12 * 20 / 19 = 35
    assert_close("covariance", &fast, &[0.0, 0.0, 0.0, 35.0], 1e-6);
}

#[test]
fn a_large_mean_does_not_hide_a_small_variance() {
    let samples: Vec<f32> = (0..400).map(|sample| 1e6 + if sample % 2 == 0 { 0.5 } else { -0.5 }).collect();
    let (fast, _) = both(&samples, 400, 1);
    assert_close("variance", &fast, &[0.25 * 400.0 / 399.0], 1e-6);
}

#[test]
fn units_of_measurement_neither_overflow_nor_underflow() {
    let units = [1e-36, 1.0, 1e36_f32];
    let plain_samples = spread(90);
    let samples: Vec<f32> =
        plain_samples.iter().enumerate().map(|(index, value)| value * units[index % 3]).collect();
    let (fast, plain) = both(&samples, 30, 3);
    for (got, want) in fast.iter().zip(&plain) {
        assert!((got - want).abs() <= 1e-5 * want.abs(), "got {got}, want {want}");
    }
}

#[test]
fn a_workspace_can_be_used_again_for_another_shape() {
    let mut workspace = CovarianceWorkspace::default();
    for (count, features) in [(300, 140), (4, 3), (290, 20)] {
        let samples = spread(count * features);
        let mut out = vec![f64::NAN; features * features];
        covariance::covariance(&OneThread, &samples, count, features, &mut out, &mut workspace).unwrap();
        let (fresh, _) = both(&samples, count, features);
        assert_eq!(out, fresh);
    }
}

#[test]
fn inputs_that_make_no_sense_are_refused() {
    let mut out = [0.0; 4];
    assert_eq!(refused(&[1.0, 2.0], 1, 2, &mut out), "covariance: expected at least 2 samples, got 1");
    assert_eq!(refused(&[1.0; 3], 2, 2, &mut out), "covariance: expected 4 values in samples, got 3");
    assert_eq!(refused(&[1.0; 6], 2, 3, &mut out), "covariance: expected 9 values in out, got 4");
    assert!(refused(&[], 2, 0, &mut []).contains("at least 1 feature"));
    let message = refused(&[1.0, 2.0, f32::NAN, 3.0], 2, 2, &mut out);
    assert_eq!(message, "covariance: expected finite values in samples, got NaN at index 2");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn random_samples_agree_with_the_definition(
        (features, samples) in (1..12_usize, 2..40_usize).prop_flat_map(|(features, count)| {
            (Just(features), prop::collection::vec(-5.0..5.0_f32, count * features))
        })
    ) {
        let (fast, plain) = both(&samples, samples.len() / features, features);
        assert_close("covariance", &fast, &plain, 2e-6);
    }
}

//! L_p norms, and images as bytes with a scale.

use hebblab_core::bytes::{bytes_to_floats, inverse_lp_norms_of_bytes};
use hebblab_core::norms::lp_norms;
use hebblab_core::threads::OneThread;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_norm_is_the_root_of_the_sum_of_powers(
        row in prop::collection::vec(-1e3f32..1e3, 1..40), p in prop_oneof![Just(1.0f32), Just(2.0), Just(3.0), 1.0f32..6.0]
    ) {
        let mut norm = [0.0];
        lp_norms(&row, 1, row.len(), p, &mut norm).unwrap();
        let sum: f64 = row.iter().map(|value| (value.abs() as f64).powf(p as f64)).sum();
        let want = sum.powf(1.0 / p as f64);
        // One rounding to f32 is a relative 2^-24 = 6e-8.
        prop_assert!((norm[0] as f64 - want).abs() <= 1e-7 * want, "{} against {want}", norm[0]);
    }

    #[test]
    fn an_image_times_its_scale_has_norm_one(
        pixels in prop::collection::vec(0u8..=255, 1..60).prop_filter("a zero image", |pixels| pixels.iter().any(|&pixel| pixel > 0)),
        p in prop_oneof![Just(2.0f32), Just(3.0), 1.0f32..6.0]
    ) {
        let mut scale = [0.0];
        inverse_lp_norms_of_bytes(&pixels, pixels.len(), p, &mut scale).unwrap();
        let mut floats = vec![0.0; pixels.len()];
        bytes_to_floats(&OneThread, &pixels, &scale, pixels.len(), &mut floats).unwrap();
        let sum: f64 = floats.iter().map(|value| (*value as f64).powf(p as f64)).sum();
        // The scale and every product are rounded to f32 once.
        prop_assert!((sum.powf(1.0 / p as f64) - 1.0).abs() < 2e-7);
    }
}

#[test]
fn large_values_do_not_overflow() {
    let mut norm = [0.0];
    for p in [2.0, 3.0, 12.5] {
        lp_norms(&[2e38, 0.0], 1, 2, p, &mut norm).unwrap();
        assert!((norm[0] / 2e38 - 1.0).abs() < 1e-6, "p = {p}: {}", norm[0]);
    }
}

#[test]
fn a_row_of_zeros_has_norm_zero() {
    let mut norms = [1.0; 2];
    for p in [1.0, 2.0, 2.5, 3.0] {
        lp_norms(&[0.0; 6], 2, 3, p, &mut norms).unwrap();
        assert_eq!(norms, [0.0; 2]);
    }
}

#[test]
fn a_norm_that_does_not_exist_is_refused() {
    let message = |matrix: &[f32], p: f32| lp_norms(matrix, 1, 2, p, &mut [0.0]).unwrap_err().to_string();
    assert_eq!(message(&[1.0, 2.0], 0.5), "lpNorms: expected finite p >= 1, got 0.5");
    assert_eq!(
        message(&[1.0, f32::NAN], 2.0),
        "lpNorms: expected finite values in matrix, got NaN at index 1"
    );
    assert_eq!(message(&[1.0], 2.0), "lpNorms: expected 2 values in matrix, got 1");
}

#[test]
fn a_black_image_is_named() {
    let error = inverse_lp_norms_of_bytes(&[1, 0, 0, 0, 9, 9], 2, 3.0, &mut [0.0; 3]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "inverseLpNormsOfBytes: expected a norm above 0 of every image, got norm 0 in image 1"
    );
}

#[test]
fn lengths_and_scales_of_bytes_are_checked() {
    let message = |pixels: &[u8], scales: &[f32]| {
        bytes_to_floats(&OneThread, pixels, scales, 2, &mut [0.0; 4]).unwrap_err().to_string()
    };
    assert_eq!(message(&[0; 3], &[1.0; 2]), "bytesToFloats: expected 4 values in pixels, got 3");
    assert_eq!(message(&[0; 6], &[1.0; 3]), "bytesToFloats: expected 6 values in out, got 4");
    assert_eq!(
        message(&[0; 4], &[1.0, f32::INFINITY]),
        "bytesToFloats: expected finite values in scales, got inf at index 1"
    );
}

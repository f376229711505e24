//! Selections and conversions.

use std::num::NonZeroUsize;

use hebblab_core::elementwise::{Kind, Values, ValuesOut, cast, is_of_kind, logical_not, select};
use hebblab_core::threads::{NativeThreads, OneThread};

#[test]
fn floats_become_integers_as_in_javascript() {
    let cases = [
        (1.9, 1),
        (-1.9, -1),
        (-0.0, 0),
        (2_147_483_520.0, 2_147_483_520),
        // 2^31 wraps around, 2^32 + 2^9 too; multiples of 2^32 are 0.
        (2_147_483_648.0, i32::MIN),
        (-2_147_483_648.0, i32::MIN),
        (4_294_967_808.0, 512),
        (-4_294_967_808.0, -512),
        (1e30, 0),
        (f32::NAN, 0),
        (f32::NEG_INFINITY, 0),
    ];
    let (input, want): (Vec<f32>, Vec<i32>) = cases.into_iter().unzip();
    let mut out = vec![7; input.len()];
    cast(&OneThread, Values::Float32(&input), ValuesOut::Int32(&mut out)).unwrap();
    assert_eq!(out, want);
}

#[test]
fn other_types_are_converted() {
    let mut floats = [0.0; 3];
    cast(&OneThread, Values::Int32(&[-3, 0, 16_777_217]), ValuesOut::Float32(&mut floats)).unwrap();
    assert_eq!(floats, [-3.0, 0.0, 16_777_216.0]);
    cast(&OneThread, Values::Uint8(&[1, 0, 1]), ValuesOut::Float32(&mut floats)).unwrap();
    assert_eq!(floats, [1.0, 0.0, 1.0]);
    let mut integers = [7; 2];
    cast(&OneThread, Values::Uint8(&[1, 0]), ValuesOut::Int32(&mut integers)).unwrap();
    assert_eq!(integers, [1, 0]);
    let mut truths = [7; 4];
    cast(&OneThread, Values::Float32(&[0.0, -0.0, 1e-45, f32::NAN]), ValuesOut::Uint8(&mut truths)).unwrap();
    assert_eq!(truths, [0, 0, 1, 1]);
    cast(&OneThread, Values::Int32(&[0, -1, 256, 0]), ValuesOut::Uint8(&mut truths)).unwrap();
    assert_eq!(truths, [0, 1, 1, 0]);
    let error = cast(&OneThread, Values::Uint8(&[0]), ValuesOut::Uint8(&mut truths)).unwrap_err();
    assert_eq!(error.to_string(), "cast: expected two element types, got one and the same");
    let error = cast(&OneThread, Values::Uint8(&[0]), ValuesOut::Int32(&mut integers)).unwrap_err();
    assert_eq!(error.to_string(), "cast: expected 2 values in input, got 1");
}

#[test]
fn a_condition_chooses_elements_or_rows() {
    let length = 140_000;
    let (yes, no): (Vec<i32>, Vec<i32>) = (0..length).map(|index| (index, -index)).unzip();
    for neighbours in [1, 7, 70_000, 140_000] {
        let condition: Vec<u8> = (0..length / neighbours).map(|index| (index % 3) as u8).collect();
        let want: Vec<i32> =
            (0..length).map(|index| if (index / neighbours) % 3 == 0 { -index } else { index }).collect();
        let mut out = vec![0; length as usize];
        select(&NativeThreads(NonZeroUsize::new(2).unwrap()), &condition, &yes, &no, &mut out).unwrap();
        assert_eq!(out, want, "{neighbours}");
    }
    let error = select(&OneThread, &[1, 0], &[1.0; 3], &[1.0; 3], &mut [0.0; 3]).unwrap_err();
    let want = "select: expected a condition for each or for equally many of 3 values, got 2";
    assert_eq!(error.to_string(), want);
    select::<f32>(&OneThread, &[], &[], &[], &mut []).unwrap();
}

#[test]
fn kinds_and_negations_are_truth_values() {
    let input = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, f32::MAX];
    let kind = |kind| {
        let mut out = [7; 5];
        is_of_kind(&OneThread, kind, &input, &mut out).unwrap();
        out
    };
    assert_eq!(kind(Kind::Nan), [1, 0, 0, 0, 0]);
    assert_eq!(kind(Kind::Infinite), [0, 1, 1, 0, 0]);
    assert_eq!(kind(Kind::Finite), [0, 0, 0, 1, 1]);
    let mut out = [7; 3];
    logical_not(&OneThread, &[0, 1, 200], &mut out).unwrap();
    assert_eq!(out, [1, 0, 0]);
}

//! The reference vectors of test/vectors, and comparison at the tolerance they promise.

#![allow(dead_code, reason = "every test file uses its own part")]

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The tolerance of values and plain gradients, relative to the largest magnitude of an array.
pub const TOLERANCE: f64 = 1e-5;

/// Reads test/vectors/`name`.json.
pub fn load(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors").join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The data of a `{shape, data}` array, checked against its shape, or of a plain list.
pub fn array(value: &Value) -> Vec<f64> {
    let data = value.get("data").unwrap_or(value).as_array().expect("an array");
    if value.get("shape").is_some() {
        let length: usize = shape(value).iter().product();
        assert_eq!(data.len(), length, "data of shape {:?}", shape(value));
    }
    data.iter().map(number).collect()
}

/// The data of a `{shape, data}` array, each value snapped to the nearest f32.
pub fn array_f32(value: &Value) -> Vec<f32> {
    array(value).into_iter().map(|number| number as f32).collect()
}

/// The data of a `{shape, data}` array of indices.
pub fn indices(value: &Value) -> Vec<u32> {
    array(value).into_iter().map(|number| number as u32).collect()
}

pub fn shape(value: &Value) -> Vec<usize> {
    let shape = value["shape"].as_array().expect("an array with a shape");
    shape.iter().map(|size| size.as_u64().expect("a size") as usize).collect()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Asserts |got - want| <= tolerance * max |want| for every element.
pub fn assert_close(name: &str, got: &[f64], want: &[f64], tolerance_of_largest: f64) {
    assert_eq!(got.len(), want.len(), "{name}: number of values");
    let largest = want.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        let close = (got - want).abs() <= tolerance_of_largest * largest;
        assert!(close, "{name}[{index}]: got {got}, want {want}, largest {largest}");
    }
}

pub fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| value as f64).collect()
}

/// Values in (-1, 1) from a multiplicative congruential sequence.
pub fn sequence(length: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..length).map(|_| next()).collect()
}

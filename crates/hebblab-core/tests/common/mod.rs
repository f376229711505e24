//! Reader of the reference vectors in test/vectors, and the comparison they are meant for.
#![allow(dead_code)]

use serde_json::Value;

/// The parsed file `test/vectors/<name>.json`.
pub fn load(name: &str) -> Value {
    let path = format!("{}/../../test/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The numbers of an array `{shape, data}` or of a plain list.
pub fn array(value: &Value) -> Vec<f64> {
    let data = value.get("data").unwrap_or(value);
    let list = data.as_array().unwrap_or_else(|| panic!("expected an array, got {value}"));
    list.iter()
        .map(|number| number.as_f64().unwrap_or_else(|| panic!("expected a number, got {number}")))
        .collect()
}

/// As `array`, each number snapped to the nearest f32: how inputs of kernels are given.
pub fn array_f32(value: &Value) -> Vec<f32> {
    array(value).into_iter().map(|number| number as f32).collect()
}

/// Asserts that each value is within `tolerance_of_largest` times the largest magnitude of `want`.
pub fn assert_close(name: &str, got: &[f64], want: &[f64], tolerance_of_largest: f64) {
    assert_eq!(got.len(), want.len(), "{name}: length");
    let largest = want.iter().fold(0.0_f64, |kept, value| kept.max(value.abs()));
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (got - want).abs() <= tolerance_of_largest * largest,
            "{name}[{index}]: got {got}, want {want}, largest {largest}"
        );
    }
}

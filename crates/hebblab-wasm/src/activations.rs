//! Biases and the ReLU power.

use hebblab_core::activations as core;
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, failure, values_in};
use crate::threads::threads;

#[wasm_bindgen(js_name = addRowBias)]
pub fn add_row_bias(matrix: u32, rows: u32, columns: u32, bias: u32) -> Result<(), JsError> {
    const OPERATION: &str = "addRowBias";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.write("matrix", matrix, values_in(OPERATION, &[rows, columns])?)?;
    let bias = arguments.read("bias", bias, columns as usize)?;
    core::add_row_bias(threads(), matrix, rows as usize, columns as usize, bias).map_err(error)
}

#[wasm_bindgen(js_name = columnSums)]
pub fn column_sums(matrix: u32, rows: u32, columns: u32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "columnSums";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.read("matrix", matrix, values_in(OPERATION, &[rows, columns])?)?;
    let out = arguments.write("out", out, columns as usize)?;
    core::column_sums(threads(), matrix, rows as usize, columns as usize, out).map_err(error)
}

#[wasm_bindgen(js_name = reluPower)]
pub fn relu_power(values: u32, length: u32, power: f32) -> Result<(), JsError> {
    const OPERATION: &str = "reluPower";
    check_power(OPERATION, power)?;
    let values = Arguments::of(OPERATION).write("values", values, length as usize)?;
    core::relu_power(threads(), values, power).map_err(error)
}

#[wasm_bindgen(js_name = reluPowerBackward)]
pub fn relu_power_backward(
    preactivations: u32,
    gradient: u32,
    length: u32,
    power: f32,
) -> Result<(), JsError> {
    const OPERATION: &str = "reluPowerBackward";
    check_power(OPERATION, power)?;
    let mut arguments = Arguments::of(OPERATION);
    let preactivations = arguments.read("preactivations", preactivations, length as usize)?;
    let gradient = arguments.write("gradient", gradient, length as usize)?;
    core::relu_power_backward(threads(), preactivations, power, gradient).map_err(error)
}

/// A JavaScript number > 0 can be 0 or infinite as an f32.
fn check_power(operation: &'static str, power: f32) -> Result<(), JsError> {
    if power.is_finite() && power > 0.0 {
        return Ok(());
    }
    Err(failure(operation, "a power that is a positive finite f32", &power.to_string()))
}

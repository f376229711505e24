//! Pooling and its gradients.

use hebblab_core::pooling::{Divisor, average_pool, average_pool_backprop, max_pool, max_pool_backprop};
use wasm_bindgen::prelude::*;

use crate::convolution::read_geometry;
use crate::memory::{Arguments, error, failure};
use crate::threads::threads;

/// `operation`: 0 is `maxPool` and 1 `avgPool` of (input); 2 the gradient of the former, of (gradient by the output,
/// input); 3 that of the latter, of (gradient by the output), and 4 the same divided by all places of the filter.
#[wasm_bindgen]
pub fn pooling(operation: u32, geometry: &[u32], first: u32, second: u32, out: u32) -> Result<(), JsError> {
    const NAMES: [&str; 5] = ["maxPool", "avgPool", "maxPoolBackprop", "avgPoolBackprop", "avgPoolBackprop"];
    let Some(&name) = NAMES.get(operation as usize) else {
        return Err(failure("pooling", "an operation from 0 to 4", &operation.to_string()));
    };
    let (geometry, input, output) = read_geometry(name, geometry)?;
    let (first_length, out_length) = if operation < 2 { (input, output) } else { (output, input) };
    let mut arguments = Arguments::of(name);
    let first = arguments.read("the first operand", first, first_length)?;
    let second = if operation == 2 { arguments.read("input", second, input)? } else { &[] };
    let out = arguments.write("out", out, out_length)?;
    match operation {
        0 => max_pool(threads(), &geometry, first, out),
        1 => average_pool(threads(), &geometry, first, out),
        2 => max_pool_backprop(threads(), &geometry, second, first, out),
        3 => average_pool_backprop(threads(), &geometry, first, Divisor::Window, out),
        _ => average_pool_backprop(threads(), &geometry, first, Divisor::Filter, out),
    }
    .map_err(error)
}

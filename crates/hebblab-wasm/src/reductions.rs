//! Reductions and softmax.

use hebblab_core::reductions::{self as core, Extents, Place, Reduction};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, failure, values_in};
use crate::threads::threads;

/// `reduction`: 0 sum, 1 mean, 2 product, 3 max, 4 min of float32; 5 argMax, 6 argMin to int32; 7 all, 8 any of uint8.
#[wasm_bindgen]
pub fn reduce(
    reduction: u32,
    outer: u32,
    reduced: u32,
    inner: u32,
    input: u32,
    out: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "reduce";
    let mut arguments = Arguments::of(OPERATION);
    let read = values_in(OPERATION, &[outer, reduced, inner])?;
    let written = values_in(OPERATION, &[outer, inner])?;
    let extents = Extents { outer: outer as usize, reduced: reduced as usize, inner: inner as usize };
    const FLOATS: [Reduction; 5] =
        [Reduction::Sum, Reduction::Mean, Reduction::Product, Reduction::Max, Reduction::Min];
    match reduction {
        0..5 => {
            let input = arguments.read("input", input, read)?;
            let out = arguments.write("out", out, written)?;
            core::reduce(threads(), FLOATS[reduction as usize], input, extents, out)
        }
        5 | 6 => {
            let place = if reduction == 5 { Place::Max } else { Place::Min };
            let input = arguments.read("input", input, read)?;
            core::place(threads(), place, input, extents, arguments.write("out", out, written)?)
        }
        7 | 8 => {
            let input = arguments.read("input", input, read)?;
            core::truth(threads(), reduction == 7, input, extents, arguments.write("out", out, written)?)
        }
        other => return Err(failure(OPERATION, "a known reduction", &other.to_string())),
    }
    .map_err(error)
}

#[wasm_bindgen]
pub fn softmax(logarithm: bool, rows: u32, columns: u32, input: u32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "softmax";
    let mut arguments = Arguments::of(OPERATION);
    let length = values_in(OPERATION, &[rows, columns])?;
    let input = arguments.read("input", input, length)?;
    let out = arguments.write("out", out, length)?;
    let function = if logarithm { core::log_softmax } else { core::softmax };
    function(threads(), input, columns as usize, out).map_err(error)
}

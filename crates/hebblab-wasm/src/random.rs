//! The counter-based generator. Seeds and counters come as JavaScript numbers, integers up to 2^53.

use hebblab_core::random;
use wasm_bindgen::prelude::*;

use crate::memory::Arguments;

#[wasm_bindgen(js_name = fillUniform)]
pub fn fill_uniform(seed: f64, stream: &str, first: f64, out: u32, length: u32) -> Result<(), JsError> {
    let out = Arguments::of("randomUniform").write("out", out, length as usize)?;
    random::fill_uniform(seed as u64, stream, first as u64, out);
    Ok(())
}

#[wasm_bindgen(js_name = fillNormal)]
pub fn fill_normal(seed: f64, stream: &str, first: f64, out: u32, length: u32) -> Result<(), JsError> {
    let out = Arguments::of("randomNormal").write("out", out, length as usize)?;
    random::fill_normal(seed as u64, stream, first as u64, out);
    Ok(())
}

#[wasm_bindgen]
pub fn permutation(seed: f64, stream: &str, out: u32, length: u32) -> Result<(), JsError> {
    let out = Arguments::of("randomPermutation").write("out", out, length as usize)?;
    random::permutation(seed as u64, stream, out);
    Ok(())
}

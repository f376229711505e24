//! Norms, and bytes that become floats.

use hebblab_core::{bytes, norms};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, values_in};
use crate::threads::threads;

#[wasm_bindgen(js_name = lpNorms)]
pub fn lp_norms(matrix: u32, rows: u32, columns: u32, p: f32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "lpNorms";
    let mut arguments = Arguments::of(OPERATION);
    let matrix = arguments.read("matrix", matrix, values_in(OPERATION, &[rows, columns])?)?;
    let out = arguments.write("out", out, rows as usize)?;
    norms::lp_norms(matrix, rows as usize, columns as usize, p, out).map_err(error)
}

#[wasm_bindgen(js_name = bytesToFloats)]
pub fn bytes_to_floats(pixels: u32, scales: u32, count: u32, size: u32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "bytesToFloats";
    let values = values_in(OPERATION, &[count, size])?;
    let mut arguments = Arguments::of(OPERATION);
    let pixels = arguments.read("pixels", pixels, values)?;
    let scales = arguments.read("scales", scales, count as usize)?;
    let out = arguments.write("out", out, values)?;
    bytes::bytes_to_floats(threads(), pixels, scales, size as usize, out).map_err(error)
}

#[wasm_bindgen(js_name = inverseLpNormsOfBytes)]
pub fn inverse_lp_norms_of_bytes(
    pixels: u32,
    count: u32,
    size: u32,
    p: f32,
    scales: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "inverseLpNormsOfBytes";
    let mut arguments = Arguments::of(OPERATION);
    let pixels = arguments.read("pixels", pixels, values_in(OPERATION, &[count, size])?)?;
    let scales = arguments.write("scales", scales, count as usize)?;
    bytes::inverse_lp_norms_of_bytes(pixels, size as usize, p, scales).map_err(error)
}

//! Matrix products.

use hebblab_core::gemm::{Form, GemmShape, gemm as core_gemm};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, failure, values_in};
use crate::threads::threads;
use crate::workspaces;

/// `form`: 0 NN, 1 NT, 2 TN; see `hebblab_core::gemm::Form`.
#[wasm_bindgen]
pub fn gemm(form: u32, rows: u32, columns: u32, inner: u32, a: u32, b: u32, out: u32) -> Result<(), JsError> {
    const OPERATION: &str = "gemm";
    let form = match form {
        0 => Form::NN,
        1 => Form::NT,
        2 => Form::TN,
        other => return Err(failure(OPERATION, "form 0, 1 or 2", &other.to_string())),
    };
    let mut arguments = Arguments::of(OPERATION);
    let a = arguments.read("a", a, values_in(OPERATION, &[rows, inner])?)?;
    let b = arguments.read("b", b, values_in(OPERATION, &[inner, columns])?)?;
    let out = arguments.write("out", out, values_in(OPERATION, &[rows, columns])?)?;
    let shape = GemmShape { rows: rows as usize, columns: columns as usize, inner: inner as usize };
    workspaces::GEMM
        .with_borrow_mut(|workspace| core_gemm(threads(), form, shape, a, b, out, workspace))
        .map_err(error)
}

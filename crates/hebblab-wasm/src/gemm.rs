//! Matrix products.

use hebblab_core::gemm::{
    Activation, Epilogue, Form, GemmShape, batched_gemm as core_batched_gemm, gemm_fused,
};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, failure, values_in};
use crate::threads::threads;
use crate::workspaces;

const OPERATION: &str = "gemm";

/// `form`: 0 NN, 1 NT, 2 TN, 3 TT; see `hebblab_core::gemm::Form`. `bias` and `row_scale` are 0 where there is none;
/// `power` is 0 for no activation, 1 for the ReLU.
#[wasm_bindgen]
pub fn gemm(
    form: u32,
    rows: u32,
    columns: u32,
    inner: u32,
    a: u32,
    b: u32,
    out: u32,
    bias: u32,
    row_scale: u32,
    power: f32,
) -> Result<(), JsError> {
    let (form, shape) = (form_of(form)?, shape_of(rows, columns, inner));
    let mut arguments = Arguments::of(OPERATION);
    let a = arguments.read("a", a, values_in(OPERATION, &[rows, inner])?)?;
    let b = arguments.read("b", b, values_in(OPERATION, &[inner, columns])?)?;
    let out = arguments.write("out", out, values_in(OPERATION, &[rows, columns])?)?;
    let epilogue = epilogue_of(&mut arguments, shape, bias, row_scale, power)?;
    workspaces::GEMM
        .with_borrow_mut(|workspace| gemm_fused(threads(), form, shape, a, b, &epilogue, out, workspace))
        .map_err(error)
}

/// As [`gemm`] for each pair of matrices `a_of[i]` and `b_of[i]` of the `a_count` in `a` and the `b_count` in `b`.
#[wasm_bindgen(js_name = batchedGemm)]
pub fn batched_gemm(
    form: u32,
    rows: u32,
    columns: u32,
    inner: u32,
    a: u32,
    a_count: u32,
    b: u32,
    b_count: u32,
    a_of: &[u32],
    b_of: &[u32],
    out: u32,
    bias: u32,
    row_scale: u32,
    power: f32,
) -> Result<(), JsError> {
    let (form, shape) = (form_of(form)?, shape_of(rows, columns, inner));
    let mut arguments = Arguments::of(OPERATION);
    let a = arguments.read("a", a, values_in(OPERATION, &[a_count, rows, inner])?)?;
    let b = arguments.read("b", b, values_in(OPERATION, &[b_count, inner, columns])?)?;
    let out = arguments.write("out", out, values_in(OPERATION, &[a_of.len() as u32, rows, columns])?)?;
    let epilogue = epilogue_of(&mut arguments, shape, bias, row_scale, power)?;
    workspaces::BATCHED_GEMM
        .with_borrow_mut(|kept| {
            core_batched_gemm(threads(), form, shape, [a, b], [a_of, b_of], &epilogue, out, kept)
        })
        .map_err(error)
}

fn form_of(code: u32) -> Result<Form, JsError> {
    [Form::NN, Form::NT, Form::TN, Form::TT]
        .get(code as usize)
        .copied()
        .ok_or_else(|| failure(OPERATION, "form 0, 1, 2 or 3", &code.to_string()))
}

fn shape_of(rows: u32, columns: u32, inner: u32) -> GemmShape {
    GemmShape { rows: rows as usize, columns: columns as usize, inner: inner as usize }
}

fn epilogue_of(
    arguments: &mut Arguments,
    shape: GemmShape,
    bias: u32,
    row_scale: u32,
    power: f32,
) -> Result<Epilogue<'static>, JsError> {
    let mut optional = |name, offset, length| -> Result<Option<&'static [f32]>, JsError> {
        Ok(if offset == 0 { None } else { Some(arguments.read(name, offset, length)?) })
    };
    Ok(Epilogue {
        bias: optional("bias", bias, shape.columns)?,
        row_scale: optional("rowScale", row_scale, shape.rows)?,
        activation: if power == 0.0 { Activation::None } else { Activation::ReluPower(power) },
    })
}

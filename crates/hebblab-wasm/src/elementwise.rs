//! Functions of each element.

use hebblab_core::elementwise::{Operand, Unary, unary as core_unary};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, Plain, error, failure};
use crate::threads::threads;

/// `function` is a place in the list below; `first` and `second` are its parameters where it has any.
/// `input` may be `out`.
#[wasm_bindgen]
pub fn unary(
    function: u32,
    first: f32,
    second: f32,
    input: u32,
    out: u32,
    length: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "unary";
    let function = match function {
        0 => Unary::Abs,
        1 => Unary::Neg,
        2 => Unary::Exp,
        3 => Unary::Expm1,
        4 => Unary::Log,
        5 => Unary::Log1p,
        6 => Unary::Sqrt,
        7 => Unary::Rsqrt,
        8 => Unary::Square,
        9 => Unary::Reciprocal,
        10 => Unary::Relu,
        11 => Unary::Relu6,
        12 => Unary::Elu,
        13 => Unary::Selu,
        14 => Unary::Sigmoid,
        15 => Unary::Softplus,
        16 => Unary::Tanh,
        17 => Unary::Sign,
        18 => Unary::Floor,
        19 => Unary::Ceil,
        20 => Unary::Round,
        21 => Unary::Sin,
        22 => Unary::Cos,
        23 => Unary::Erf,
        24 => Unary::LeakyRelu { alpha: first },
        25 => Unary::Step { alpha: first },
        26 => Unary::Clip { low: first, high: second },
        other => return Err(unknown(OPERATION, other)),
    };
    let mut arguments = Arguments::of(OPERATION);
    let length = length as usize;
    let input = operand(&mut arguments, "input", input, length, input == out)?;
    let out = arguments.write("out", out, length)?;
    core_unary(threads(), function, input, out).map_err(error)
}

/// An array that is read, or the output itself.
fn operand<T: Plain>(
    arguments: &mut Arguments,
    name: &str,
    offset: u32,
    length: usize,
    is_output: bool,
) -> Result<Operand<'static, T>, JsError> {
    if is_output { Ok(Operand::Output) } else { arguments.read(name, offset, length).map(Operand::Values) }
}

fn unknown(operation: &'static str, code: u32) -> JsError {
    failure(operation, "a known operation", &code.to_string())
}

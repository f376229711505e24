//! Functions of each element.

use hebblab_core::elementwise::{
    self as core, Arithmetic, Comparison, Dimension, IntegerArithmetic, Kind, Logical, MOST_DIMENSIONS, Of,
    Operand, Unary, Values, ValuesOut,
};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, Plain, error, failure, values_in};
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
    core::unary(threads(), function, input, out).map_err(error)
}

/// `function` is a place in one of the lists below. The dimensions of the output, size after size, leading ones where
/// there are fewer than six; bit i of `of_first` and `of_second` says whether an operand has dimension i.
/// An operand that has all of them may be `out`.
#[wasm_bindgen]
pub fn binary(
    function: u32,
    sizes_0: u32,
    sizes_1: u32,
    sizes_2: u32,
    sizes_3: u32,
    sizes_4: u32,
    sizes_5: u32,
    of_first: u32,
    of_second: u32,
    a: u32,
    b: u32,
    out: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "binary";
    let sizes = [sizes_0, sizes_1, sizes_2, sizes_3, sizes_4, sizes_5];
    let broadcast = Broadcast::of(OPERATION, sizes, of_first, of_second)?;
    let dimensions = &broadcast.dimensions[broadcast.leading..];
    let mut arguments = Arguments::of(OPERATION);
    macro_rules! call {
        ($call:path, $function:expr) => {{
            let [first, second] = broadcast.operands(&mut arguments, a, b, out)?;
            let out = arguments.write("out", out, broadcast.lengths[2])?;
            $call(threads(), $function, dimensions, first, second, out)
        }};
    }
    macro_rules! compare {
        ($call:path) => {{
            let first = arguments.read("a", a, broadcast.lengths[0])?;
            let second = arguments.read("b", b, broadcast.lengths[1])?;
            let out = arguments.write("out", out, broadcast.lengths[2])?;
            $call(threads(), comparison_of(function % 16)?, dimensions, first, second, out)
        }};
    }
    match function {
        0..16 => call!(core::arithmetic, arithmetic_of(function)?),
        16..32 => compare!(core::comparison),
        32 => call!(core::logical, Logical::And),
        33 => call!(core::logical, Logical::Or),
        48..64 => call!(core::arithmetic_int32, integer_arithmetic_of(function - 48)?),
        64..80 => compare!(core::comparison_int32),
        other => return Err(unknown(OPERATION, other)),
    }
    .map_err(error)
}

fn arithmetic_of(code: u32) -> Result<Arithmetic, JsError> {
    use Arithmetic::*;
    let known = [Add, Sub, Mul, Div, Maximum, Minimum, Pow, SquaredDifference, EluGradient, Prelu];
    known.get(code as usize).copied().ok_or_else(|| unknown("binary", code))
}

fn comparison_of(code: u32) -> Result<Comparison, JsError> {
    use Comparison::*;
    let known = [Greater, GreaterEqual, Less, LessEqual, Equal, NotEqual];
    known.get(code as usize).copied().ok_or_else(|| unknown("compare", code))
}

fn integer_arithmetic_of(code: u32) -> Result<IntegerArithmetic, JsError> {
    use IntegerArithmetic::*;
    let known = [Add, Sub, Mul, Maximum, Minimum];
    known.get(code as usize).copied().ok_or_else(|| unknown("binary", code))
}

struct Broadcast {
    dimensions: [Dimension; MOST_DIMENSIONS],
    /// How many of them are of size 1, in front.
    leading: usize,
    /// Of the operands and of the output.
    lengths: [usize; 3],
}

impl Broadcast {
    fn of(
        operation: &'static str,
        sizes: [u32; MOST_DIMENSIONS],
        of_first: u32,
        of_second: u32,
    ) -> Result<Self, JsError> {
        let mut dimensions = [Dimension { size: 1, of: Of::Both }; MOST_DIMENSIONS];
        // Of an operand alone, so that no size is counted that it lacks.
        let mut own = [[1; MOST_DIMENSIONS]; 2];
        for (axis, dimension) in dimensions.iter_mut().enumerate() {
            let has = [of_first, of_second].map(|mask| mask >> axis & 1 == 1);
            dimension.size = sizes[axis] as usize;
            dimension.of = match has {
                [true, false] => Of::First,
                [false, true] => Of::Second,
                _ => Of::Both,
            };
            for operand in 0..2 {
                if has[operand] || !has[1 - operand] {
                    own[operand][axis] = sizes[axis];
                }
            }
        }
        let leading = sizes[..MOST_DIMENSIONS - 1].iter().take_while(|size| **size == 1).count();
        let lengths =
            [values_in(operation, &own[0])?, values_in(operation, &own[1])?, values_in(operation, &sizes)?];
        Ok(Broadcast { dimensions, leading, lengths })
    }

    fn operands<T: Plain>(
        &self,
        arguments: &mut Arguments,
        a: u32,
        b: u32,
        out: u32,
    ) -> Result<[Operand<'static, T>; 2], JsError> {
        let [first, second, output] = self.lengths;
        Ok([
            operand(arguments, "a", a, first, a == out && first == output)?,
            operand(arguments, "b", b, second, b == out && second == output)?,
        ])
    }
}

/// Each of `conditions` stands for as many neighbours as the output is longer. Elements have 4 bytes, or 1 where they are
/// bytes.
#[wasm_bindgen]
pub fn select(
    are_bytes: bool,
    condition: u32,
    conditions: u32,
    yes: u32,
    no: u32,
    out: u32,
    length: u32,
) -> Result<(), JsError> {
    let mut arguments = Arguments::of("select");
    let condition = arguments.read("condition", condition, conditions as usize)?;
    if are_bytes {
        select_of::<u8>(arguments, condition, yes, no, out, length)
    } else {
        select_of::<u32>(arguments, condition, yes, no, out, length)
    }
}

fn select_of<T: Plain + Copy + Send + Sync + 'static>(
    mut arguments: Arguments,
    condition: &[u8],
    yes: u32,
    no: u32,
    out: u32,
    length: u32,
) -> Result<(), JsError> {
    let yes = arguments.read::<T>("yes", yes, length as usize)?;
    let no = arguments.read("no", no, length as usize)?;
    let out = arguments.write("out", out, length as usize)?;
    core::select(threads(), condition, yes, no, out).map_err(error)
}

/// `from` and `to`: 0 float32, 1 int32, 2 uint8.
#[wasm_bindgen]
pub fn cast(from: u32, to: u32, input: u32, out: u32, length: u32) -> Result<(), JsError> {
    const OPERATION: &str = "cast";
    let mut arguments = Arguments::of(OPERATION);
    let length = length as usize;
    let input = match from {
        0 => Values::Float32(arguments.read("input", input, length)?),
        1 => Values::Int32(arguments.read("input", input, length)?),
        2 => Values::Uint8(arguments.read("input", input, length)?),
        other => return Err(unknown(OPERATION, other)),
    };
    let out = match to {
        0 => ValuesOut::Float32(arguments.write("out", out, length)?),
        1 => ValuesOut::Int32(arguments.write("out", out, length)?),
        2 => ValuesOut::Uint8(arguments.write("out", out, length)?),
        other => return Err(unknown(OPERATION, other)),
    };
    core::cast(threads(), input, out).map_err(error)
}

/// `property`: 0 NaN, 1 infinite, 2 finite (of float32), 3 false (of uint8).
#[wasm_bindgen]
pub fn classify(property: u32, input: u32, out: u32, length: u32) -> Result<(), JsError> {
    let mut arguments = Arguments::of("classify");
    let length = length as usize;
    if property == 3 {
        let input = arguments.read("input", input, length)?;
        return core::logical_not(threads(), input, arguments.write("out", out, length)?).map_err(error);
    }
    let input = arguments.read("input", input, length)?;
    let kind = [Kind::Nan, Kind::Infinite, Kind::Finite].get(property as usize).copied();
    let kind = kind.ok_or_else(|| unknown("classify", property))?;
    core::is_of_kind(threads(), kind, input, arguments.write("out", out, length)?).map_err(error)
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

//! Strided copies, rows by indices, the largest values of rows. Values are moved by their bits: `bytes` is 4 or 1.

use hebblab_core::movement::{self as core, Dimension, Element, GatherShape, Sortable};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, Plain, error, failure, values_in};
use crate::threads::threads;

/// Runs a generic function for the element that `bytes` names.
macro_rules! for_element {
    ($operation:expr, $bytes:expr, $function:ident($($argument:expr),*)) => {
        match $bytes {
            4 => $function::<u32>($($argument),*),
            1 => $function::<u8>($($argument),*),
            other => Err(failure($operation, "elements of 1 or 4 bytes", &other.to_string())),
        }
    };
}

/// `dimensions` holds a size, the stride in `from` and the stride in `to` for each dimension.
#[wasm_bindgen(js_name = copyStrided)]
pub fn copy_strided(
    bytes: u32,
    dimensions: &[i32],
    from: u32,
    from_length: u32,
    from_first: u32,
    to: u32,
    to_length: u32,
    to_first: u32,
) -> Result<(), JsError> {
    let dimensions: Vec<Dimension> = dimensions
        .as_chunks::<3>()
        .0
        .iter()
        .map(|&[size, from_stride, to_stride]| Dimension {
            size: size as u32 as usize,
            from_stride,
            to_stride: to_stride as u32 as usize,
        })
        .collect();
    let (from, to) = ([from, from_length, from_first], [to, to_length, to_first]);
    for_element!("copyStrided", bytes, copy(&dimensions, from, to))
}

fn copy<T: Element + Plain>(
    dimensions: &[Dimension],
    [from, from_length, from_first]: [u32; 3],
    [to, to_length, to_first]: [u32; 3],
) -> Result<(), JsError> {
    let mut arguments = Arguments::of("copyStrided");
    let from = arguments.read::<T>("from", from, from_length as usize)?;
    let to = arguments.write::<T>("to", to, to_length as usize)?;
    core::copy_strided(threads(), dimensions, from, from_first as usize, to, to_first as usize).map_err(error)
}

#[wasm_bindgen]
pub fn gather(
    bytes: u32,
    batches: u32,
    outer: u32,
    axis: u32,
    inner: u32,
    indices: u32,
    from: u32,
    index: u32,
    to: u32,
) -> Result<(), JsError> {
    for_element!("gather", bytes, gather_of([batches, outer, axis, inner, indices], from, index, to))
}

fn gather_of<T: Element + Plain>(sizes: [u32; 5], from: u32, index: u32, to: u32) -> Result<(), JsError> {
    const OPERATION: &str = "gather";
    let [batches, outer, axis, inner, indices] = sizes;
    let mut arguments = Arguments::of(OPERATION);
    let from = arguments.read::<T>("from", from, values_in(OPERATION, &[batches, outer, axis, inner])?)?;
    let index = arguments.read::<i32>("indices", index, values_in(OPERATION, &[batches, indices])?)?;
    let to = arguments.write::<T>("to", to, values_in(OPERATION, &[batches, outer, indices, inner])?)?;
    let [batches, outer, axis, inner, indices] = sizes.map(|size| size as usize);
    let shape = GatherShape { batches, outer, axis, inner, indices };
    core::gather(threads(), shape, from, index, to).map_err(error)
}

/// `on` and `off` are the bits of the values, in their lowest byte where an element has one.
#[wasm_bindgen(js_name = oneHot)]
pub fn one_hot(
    bytes: u32,
    indices: u32,
    count: u32,
    depth: u32,
    on: u32,
    off: u32,
    to: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "oneHot";
    let length = values_in(OPERATION, &[count, depth])?;
    let mut arguments = Arguments::of(OPERATION);
    let indices = arguments.read::<i32>("indices", indices, count as usize)?;
    let depth = depth as usize;
    match bytes {
        4 => core::one_hot(threads(), indices, depth, [on, off], arguments.write("to", to, length)?),
        1 => {
            let values = [on as u8, off as u8];
            core::one_hot(threads(), indices, depth, values, arguments.write("to", to, length)?)
        }
        other => return Err(failure(OPERATION, "elements of 1 or 4 bytes", &other.to_string())),
    }
    .map_err(error)
}

#[wasm_bindgen]
pub fn fill(bytes: u32, value: u32, to: u32, length: u32) -> Result<(), JsError> {
    let mut arguments = Arguments::of("fill");
    let length = length as usize;
    match bytes {
        4 => core::fill(threads(), value, arguments.write("to", to, length)?),
        1 => core::fill(threads(), value as u8, arguments.write("to", to, length)?),
        other => return Err(failure("fill", "elements of 1 or 4 bytes", &other.to_string())),
    }
    .map_err(error)
}

/// Of floats, or of signed integers.
#[wasm_bindgen(js_name = topK)]
pub fn top_k(
    integers: bool,
    from: u32,
    rows: u32,
    columns: u32,
    k: u32,
    values: u32,
    indices: u32,
) -> Result<(), JsError> {
    let (sizes, offsets) = ([rows, columns, k], [from, values, indices]);
    if integers { top_k_of::<i32>(sizes, offsets) } else { top_k_of::<f32>(sizes, offsets) }
}

fn top_k_of<T: Sortable + Plain>(
    [rows, columns, k]: [u32; 3],
    [from, values, indices]: [u32; 3],
) -> Result<(), JsError> {
    const OPERATION: &str = "topK";
    let kept = values_in(OPERATION, &[rows, k])?;
    let mut arguments = Arguments::of(OPERATION);
    let from = arguments.read::<T>("from", from, values_in(OPERATION, &[rows, columns])?)?;
    let values = arguments.write::<T>("values", values, kept)?;
    let indices = arguments.write::<i32>("indices", indices, kept)?;
    core::top_k(threads(), from, rows as usize, columns as usize, k as usize, values, indices).map_err(error)
}

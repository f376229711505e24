//! Convolutions and their gradients.

use hebblab_core::convolution::{
    Activation, Axis, Geometry, conv2d as core_conv2d, conv2d_backprop_filter, conv2d_backprop_input,
    depthwise_conv2d, depthwise_conv2d_backprop_filter, depthwise_conv2d_backprop_input,
};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, failure, values_in};
use crate::threads::threads;
use crate::workspaces;

/// `operation`: 0 is `conv2d` of (input, filter), with `bias` where that is not 0; 1 its gradient by the input, of
/// (gradient by the output, filter); 2 its gradient by the filter, of (input, gradient by the output); 3, 4 and 5 the same
/// of depthwise convolutions. For `geometry` see [`read_geometry`].
#[wasm_bindgen]
pub fn convolution(
    operation: u32,
    geometry: &[u32],
    first: u32,
    second: u32,
    bias: u32,
    relu: bool,
    out: u32,
) -> Result<(), JsError> {
    const NAMES: [&str; 6] = [
        "conv2d",
        "conv2dBackpropInput",
        "conv2dBackpropFilter",
        "depthwiseConv2d",
        "depthwiseConv2dBackpropInput",
        "depthwiseConv2dBackpropFilter",
    ];
    let Some(&name) = NAMES.get(operation as usize) else {
        return Err(failure("convolution", "an operation from 0 to 5", &operation.to_string()));
    };
    let (geometry, input, output) = read_geometry(name, geometry)?;
    let met = if operation < 3 { geometry.in_channels } else { 1 };
    let filter = [geometry.rows.taps, geometry.columns.taps, met, geometry.out_channels];
    let filter = values_in(name, &filter.map(|size| size as u32))?;
    let [first_length, second_length, out_length] = match operation % 3 {
        0 => [input, filter, output],
        1 => [output, filter, input],
        _ => [input, output, filter],
    };
    let mut arguments = Arguments::of(name);
    let first = arguments.read("the first operand", first, first_length)?;
    let second = arguments.read("the second operand", second, second_length)?;
    let bias = match bias {
        0 => None,
        offset => Some(arguments.read("bias", offset, geometry.out_channels)?),
    };
    let out = arguments.write("out", out, out_length)?;
    workspaces::CONVOLUTION
        .with_borrow_mut(|workspace| {
            let activation = Activation { bias, relu };
            let threads = threads();
            let run = match operation {
                0 => return core_conv2d(threads, &geometry, first, second, activation, out, workspace),
                1 => conv2d_backprop_input,
                2 => conv2d_backprop_filter,
                3 => return depthwise_conv2d(threads, &geometry, first, second, activation, out, workspace),
                4 => depthwise_conv2d_backprop_input,
                _ => depthwise_conv2d_backprop_filter,
            };
            run(threads, &geometry, first, second, out, workspace)
        })
        .map_err(error)
}

/// From batch; height, width and channels of the input, then of the output; then height and width, each, of the filter,
/// the stride and the dilation; top and left padding. With the lengths of input and output.
pub fn read_geometry(operation: &'static str, sizes: &[u32]) -> Result<(Geometry, usize, usize), JsError> {
    let &[
        batch,
        in_height,
        in_width,
        in_channels,
        out_height,
        out_width,
        out_channels,
        filter_height,
        filter_width,
        stride_height,
        stride_width,
        dilation_height,
        dilation_width,
        pad_top,
        pad_left,
    ] = sizes
    else {
        return Err(failure(operation, "a geometry of 15 sizes", &sizes.len().to_string()));
    };
    let input = values_in(operation, &[batch, in_height, in_width, in_channels])?;
    let output = values_in(operation, &[batch, out_height, out_width, out_channels])?;
    let axis = |inputs: u32, outputs: u32, taps: u32, stride: u32, dilation: u32, pad: u32| Axis {
        inputs: inputs as usize,
        outputs: outputs as usize,
        taps: taps as usize,
        stride: stride as usize,
        dilation: dilation as usize,
        pad: pad as isize,
    };
    let geometry = Geometry {
        batch: batch as usize,
        in_channels: in_channels as usize,
        out_channels: out_channels as usize,
        rows: axis(in_height, out_height, filter_height, stride_height, dilation_height, pad_top),
        columns: axis(in_width, out_width, filter_width, stride_width, dilation_width, pad_left),
    };
    Ok((geometry, input, output))
}

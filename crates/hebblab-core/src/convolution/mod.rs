//! Convolutions of images by row-major f32 arrays, and their gradients, as TensorFlow.js defines them: correlations
//! without a flip of the filter, with explicit zero padding.
//!
//! Subnormal operands count as zero. Padding is multiplied like any other value: an infinite filter value beside it
//! gives NaN. An image of a result does not depend on the other images, bit for bit.

mod correlation;
mod depthwise;
mod filter_gradient;
mod geometry;
mod narrow_gradient;
pub mod reference;
mod strips;
mod tile;

use correlation::{FilterView, Finish, correlate};
use depthwise::{TapView, correlate_channels};
use filter_gradient::{Channels, filter_gradient};
use geometry::Backwards;
pub use geometry::{Axis, Geometry};
use narrow_gradient::{is_narrow, narrow_input_gradient};
use strips::{Position, Run, Target};
use tile::Columns;

use crate::error::{KernelResult, ensure, ensure_length};
use crate::threads::{SharedOutput, Threads};

/// Buffers for packed filters and copied parts of images, kept between calls so that a hot loop allocates nothing.
/// Below 8 MB, unless single rows of images are very long or threads are many.
#[derive(Debug, Default)]
pub struct ConvolutionWorkspace {
    positions: Vec<Position>,
    runs: Vec<Run>,
    offsets: Vec<u32>,
    packed: Vec<Columns>,
    copied: Vec<f32>,
}

/// What follows a convolution: `bias` is per out channel, and comes before ReLU.
#[derive(Debug, Clone, Copy, Default)]
pub struct Activation<'a> {
    pub bias: Option<&'a [f32]>,
    pub relu: bool,
}

/// `out[n, y, x, o] = sum_{i, j, c} input[n, y s + i d - pad, x s + j d - pad, c] filter[i, j, c, o]`, and what follows.
///
/// # Errors
/// When a slice does not have the length that the geometry asks for, a stride or a dilation is 0, or memory is exhausted.
///
/// ```
/// use hebblab_core::convolution::{Activation, Axis, ConvolutionWorkspace, Geometry, conv2d};
/// use hebblab_core::threads::OneThread;
/// let axis = |inputs, taps| Axis { inputs, outputs: inputs + 1 - taps, taps, stride: 1, dilation: 1, pad: 0 };
/// let geometry = Geometry { batch: 1, in_channels: 1, out_channels: 1, rows: axis(1, 1), columns: axis(3, 2) };
/// let mut out = [0.0; 2];
/// conv2d(&OneThread, &geometry, &[1.0, 2.0, 3.0], &[10.0, 1.0], Activation::default(), &mut out,
///     &mut ConvolutionWorkspace::default())?;
/// assert_eq!(out, [12.0, 23.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn conv2d(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    filter: &[f32],
    activation: Activation,
    out: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "conv2d";
    check(OPERATION, geometry, input.len(), filter.len(), out.len())?;
    let finish = finish_of(OPERATION, geometry, activation)?;
    let view = FilterView {
        values: filter,
        first: 0,
        tap_row: (geometry.columns.taps * geometry.in_channels * geometry.out_channels) as isize,
        tap_column: (geometry.in_channels * geometry.out_channels) as isize,
        in_channel: geometry.out_channels,
        out_channel: 1,
    };
    let target = target_of(geometry.rows.outputs, geometry.columns.outputs, geometry.out_channels);
    let out = SharedOutput::new(out);
    correlate(threads, OPERATION, geometry, input, view, finish, (0, target), &out, workspace)
}

/// The gradient by the input of whatever has `out_gradient` as its gradient by the output of [`conv2d`].
///
/// Inputs `stride` apart are met by the same taps. So each of the `stride x stride` grids of them is a convolution of
/// `out_gradient` with the filter's taps that meet it, in reverse, without a stride.
///
/// # Errors
/// As [`conv2d`].
pub fn conv2d_backprop_input(
    threads: &dyn Threads,
    geometry: &Geometry,
    out_gradient: &[f32],
    filter: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "conv2dBackpropInput";
    check(OPERATION, geometry, gradient.len(), filter.len(), out_gradient.len())?;
    if is_narrow(geometry) {
        return narrow_input_gradient(
            threads,
            OPERATION,
            geometry,
            out_gradient,
            filter,
            gradient,
            workspace,
        );
    }
    let Geometry { in_channels, out_channels, .. } = *geometry;
    let values = in_channels * out_channels;
    let gradient = SharedOutput::new(gradient);
    for_each_grid(geometry, |rows, columns, first, target| {
        let grid = Geometry {
            batch: geometry.batch,
            in_channels: out_channels,
            out_channels: in_channels,
            rows: rows.axis,
            columns: columns.axis,
        };
        let view = FilterView {
            values: filter,
            first: (rows.last_tap * geometry.columns.taps + columns.last_tap) * values,
            tap_row: -((rows.tap_step * geometry.columns.taps * values) as isize),
            tap_column: -((columns.tap_step * values) as isize),
            in_channel: 1,
            out_channel: out_channels,
        };
        let finish = Finish { bias: None, relu: false };
        let place = (first, target);
        correlate(threads, OPERATION, &grid, out_gradient, view, finish, place, &gradient, workspace)
    })
}

/// The gradient by the filter of whatever has `out_gradient` as its gradient by the output of [`conv2d`].
///
/// # Errors
/// As [`conv2d`].
pub fn conv2d_backprop_filter(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    out_gradient: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "conv2dBackpropFilter";
    check(OPERATION, geometry, input.len(), gradient.len(), out_gradient.len())?;
    filter_gradient(threads, OPERATION, geometry, Channels::All, input, out_gradient, gradient, workspace)
}

/// As [`conv2d`] where out channel `c m + q` reads in channel `c` alone, with m = out channels / in channels; `filter` is
/// [height, width, in channels, m].
///
/// # Errors
/// As [`conv2d`], and where the out channels are no multiple of the in channels.
pub fn depthwise_conv2d(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    filter: &[f32],
    activation: Activation,
    out: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "depthwiseConv2d";
    let repeat = check_depthwise(OPERATION, geometry, input.len(), filter.len(), out.len())?;
    let finish = finish_of(OPERATION, geometry, activation)?;
    let channels = geometry.out_channels;
    let view = TapView {
        values: filter,
        first: 0,
        tap_row: (geometry.columns.taps * channels) as isize,
        tap_column: channels as isize,
    };
    let target = target_of(geometry.rows.outputs, geometry.columns.outputs, channels);
    let geometry = Geometry { in_channels: channels, ..*geometry };
    let out = SharedOutput::new(out);
    let place = (0, target);
    correlate_channels(threads, OPERATION, &geometry, input, repeat, view, 1, finish, place, &out, workspace)
}

/// The gradient by the input of whatever has `out_gradient` as its gradient by the output of [`depthwise_conv2d`].
///
/// # Errors
/// As [`depthwise_conv2d`].
pub fn depthwise_conv2d_backprop_input(
    threads: &dyn Threads,
    geometry: &Geometry,
    out_gradient: &[f32],
    filter: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "depthwiseConv2dBackpropInput";
    let group = check_depthwise(OPERATION, geometry, gradient.len(), filter.len(), out_gradient.len())?;
    let channels = geometry.out_channels;
    let gradient = SharedOutput::new(gradient);
    for_each_grid(geometry, |rows, columns, first, target| {
        let grid = Geometry { in_channels: channels, rows: rows.axis, columns: columns.axis, ..*geometry };
        let view = TapView {
            values: filter,
            first: (rows.last_tap * geometry.columns.taps + columns.last_tap) * channels,
            tap_row: -((rows.tap_step * geometry.columns.taps * channels) as isize),
            tap_column: -((columns.tap_step * channels) as isize),
        };
        let place = (first, target);
        correlate_channels(
            threads,
            OPERATION,
            &grid,
            out_gradient,
            1,
            view,
            group,
            Finish { bias: None, relu: false },
            place,
            &gradient,
            workspace,
        )
    })
}

/// The gradient by the filter of whatever has `out_gradient` as its gradient by the output of [`depthwise_conv2d`].
///
/// # Errors
/// As [`depthwise_conv2d`].
pub fn depthwise_conv2d_backprop_filter(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    out_gradient: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    const OPERATION: &str = "depthwiseConv2dBackpropFilter";
    let repeat = check_depthwise(OPERATION, geometry, input.len(), gradient.len(), out_gradient.len())?;
    let geometry = Geometry { in_channels: geometry.out_channels, ..*geometry };
    let channels = Channels::Same { repeat };
    filter_gradient(threads, OPERATION, &geometry, channels, input, out_gradient, gradient, workspace)
}

/// Calls back with each grid of inputs that are a stride apart: its axes, its first input's place in the gradient, and
/// the distances of its inputs there.
fn for_each_grid(
    geometry: &Geometry,
    mut grid: impl FnMut(Backwards, Backwards, usize, Target) -> KernelResult<()>,
) -> KernelResult<()> {
    let Geometry { rows, columns, in_channels, .. } = *geometry;
    let whole = target_of(rows.inputs, columns.inputs, in_channels);
    let target =
        Target { image: whole.image, row: whole.row * rows.stride, column: whole.column * columns.stride };
    for row in 0..rows.stride.min(rows.inputs) {
        for column in 0..columns.stride.min(columns.inputs) {
            let first = row * whole.row + column * whole.column;
            grid(rows.backwards(row), columns.backwards(column), first, target)?;
        }
    }
    Ok(())
}

/// Checks lengths, and gives the out channels of each in channel.
fn check_depthwise(
    operation: &'static str,
    geometry: &Geometry,
    input: usize,
    filter: usize,
    out: usize,
) -> KernelResult<usize> {
    let Geometry { in_channels, out_channels, .. } = *geometry;
    let multiplier = out_channels.checked_div(in_channels).unwrap_or(0);
    ensure(
        multiplier > 0 && multiplier * in_channels == out_channels,
        operation,
        || format!("out channels that are a multiple of {in_channels} in channels"),
        || out_channels.to_string(),
    )?;
    geometry.check(operation)?;
    ensure_length(operation, "the input or its gradient", geometry.input_length(), input)?;
    ensure_length(operation, "the filter or its gradient", geometry.taps() * out_channels, filter)?;
    ensure_length(operation, "the output or its gradient", geometry.output_length(), out)?;
    Ok(multiplier)
}

fn finish_of<'a>(
    operation: &'static str,
    geometry: &Geometry,
    Activation { bias, relu }: Activation<'a>,
) -> KernelResult<Finish<'a>> {
    if let Some(bias) = bias {
        ensure_length(operation, "bias", geometry.out_channels, bias.len())?;
    }
    Ok(Finish { bias, relu })
}

fn target_of(rows: usize, columns: usize, channels: usize) -> Target {
    Target { image: rows * columns * channels, row: columns * channels, column: channels }
}

fn check(
    operation: &'static str,
    geometry: &Geometry,
    input: usize,
    filter: usize,
    out: usize,
) -> KernelResult<()> {
    geometry.check(operation)?;
    ensure_length(operation, "the input or its gradient", geometry.input_length(), input)?;
    let values = geometry.taps() * geometry.in_channels * geometry.out_channels;
    ensure_length(operation, "the filter or its gradient", values, filter)?;
    ensure_length(operation, "the output or its gradient", geometry.output_length(), out)
}

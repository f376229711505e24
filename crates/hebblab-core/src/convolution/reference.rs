//! The definitions: every output is a sum over all indices, in f64.

use super::Geometry;

/// `out[n, y, x, o] = sum_{i, j, c} input[n, y s + i d - pad, x s + j d - pad, c] filter[i, j, c, o]`.
pub fn conv2d(geometry: &Geometry, input: &[f32], filter: &[f32]) -> Vec<f64> {
    let mut out = vec![0.0; geometry.output_length()];
    for_each_product(geometry, |input_at, filter_at, out_at| {
        out[out_at] += f64::from(input[input_at]) * f64::from(filter[filter_at]);
    });
    out
}

/// The gradient of `sum_k out[k] out_gradient[k]` by the input.
pub fn conv2d_backprop_input(geometry: &Geometry, out_gradient: &[f32], filter: &[f32]) -> Vec<f64> {
    let mut gradient = vec![0.0; geometry.input_length()];
    for_each_product(geometry, |input_at, filter_at, out_at| {
        gradient[input_at] += f64::from(out_gradient[out_at]) * f64::from(filter[filter_at]);
    });
    gradient
}

/// The gradient of `sum_k out[k] out_gradient[k]` by the filter.
pub fn conv2d_backprop_filter(geometry: &Geometry, input: &[f32], out_gradient: &[f32]) -> Vec<f64> {
    let mut gradient = vec![0.0; geometry.taps() * geometry.in_channels * geometry.out_channels];
    for_each_product(geometry, |input_at, filter_at, out_at| {
        gradient[filter_at] += f64::from(input[input_at]) * f64::from(out_gradient[out_at]);
    });
    gradient
}

/// Calls back with the places of the three numbers that each product of a convolution ties together.
fn for_each_product(geometry: &Geometry, mut product: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, in_channels, out_channels, rows, columns } = *geometry;
    for image in 0..batch {
        for_each_tap(geometry, |(row, column), (tap_row, tap_column), (y, x)| {
            for channel in 0..in_channels {
                for out_channel in 0..out_channels {
                    product(
                        ((image * rows.inputs + y) * columns.inputs + x) * in_channels + channel,
                        ((tap_row * columns.taps + tap_column) * in_channels + channel) * out_channels
                            + out_channel,
                        ((image * rows.outputs + row) * columns.outputs + column) * out_channels
                            + out_channel,
                    );
                }
            }
        });
    }
}

/// `out[n, y, x, c m + q] = sum_{i, j} input[n, y s + i d - pad, x s + j d - pad, c] filter[i, j, c, q]`.
pub fn depthwise_conv2d(geometry: &Geometry, input: &[f32], filter: &[f32]) -> Vec<f64> {
    let mut out = vec![0.0; geometry.output_length()];
    for_each_depthwise_product(geometry, |input_at, filter_at, out_at| {
        out[out_at] += f64::from(input[input_at]) * f64::from(filter[filter_at]);
    });
    out
}

pub fn depthwise_conv2d_backprop_input(
    geometry: &Geometry,
    out_gradient: &[f32],
    filter: &[f32],
) -> Vec<f64> {
    let mut gradient = vec![0.0; geometry.input_length()];
    for_each_depthwise_product(geometry, |input_at, filter_at, out_at| {
        gradient[input_at] += f64::from(out_gradient[out_at]) * f64::from(filter[filter_at]);
    });
    gradient
}

pub fn depthwise_conv2d_backprop_filter(
    geometry: &Geometry,
    input: &[f32],
    out_gradient: &[f32],
) -> Vec<f64> {
    let mut gradient = vec![0.0; geometry.taps() * geometry.out_channels];
    for_each_depthwise_product(geometry, |input_at, filter_at, out_at| {
        gradient[filter_at] += f64::from(input[input_at]) * f64::from(out_gradient[out_at]);
    });
    gradient
}

fn for_each_depthwise_product(geometry: &Geometry, mut product: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, in_channels, out_channels, rows, columns } = *geometry;
    for image in 0..batch {
        for_each_tap(geometry, |(row, column), (tap_row, tap_column), (y, x)| {
            for out_channel in 0..out_channels {
                let channel = out_channel / (out_channels / in_channels);
                product(
                    ((image * rows.inputs + y) * columns.inputs + x) * in_channels + channel,
                    (tap_row * columns.taps + tap_column) * out_channels + out_channel,
                    ((image * rows.outputs + row) * columns.outputs + column) * out_channels + out_channel,
                );
            }
        });
    }
}

/// Calls back with output, tap and input, each as (row, column), wherever the input is inside of the image.
pub fn for_each_tap(
    geometry: &Geometry,
    mut tap: impl FnMut((usize, usize), (usize, usize), (usize, usize)),
) {
    let Geometry { rows, columns, .. } = *geometry;
    for row in 0..rows.outputs {
        for column in 0..columns.outputs {
            for tap_row in 0..rows.taps {
                for tap_column in 0..columns.taps {
                    let y = (row * rows.stride + tap_row * rows.dilation) as isize - rows.pad;
                    let x = (column * columns.stride + tap_column * columns.dilation) as isize - columns.pad;
                    let inside =
                        (0..rows.inputs as isize).contains(&y) && (0..columns.inputs as isize).contains(&x);
                    if inside {
                        tap((row, column), (tap_row, tap_column), (y as usize, x as usize));
                    }
                }
            }
        }
    }
}

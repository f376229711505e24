//! Largest and mean values in windows of images, and their gradients, as TensorFlow.js defines them: padding is in
//! no window, so it is neither the largest nor counted. In and out channels are the same number.
//!
//! Subnormal values keep their bits.

pub mod reference;

use std::ops::Range;

use crate::convolution::Geometry;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, Threads, for_each_part};

/// Values of a piece of an output.
const PIECE_VALUES: usize = 1 << 14;
/// Pooling that reads fewer values is not worth waking anybody.
const SMALL: usize = 1 << 16;
/// Channels whose largest values are looked for at once.
const CHANNELS: usize = 64;

/// What divides a sum of gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Divisor {
    /// The values that the mean was taken of: the gradient of [`average_pool`].
    Window,
    /// All places of the filter, the padding too: what TensorFlow.js computes. The gradient where nothing is padded.
    Filter,
}

/// The largest value of each window; minus infinity where a window has none. NaN is passed over.
///
/// # Errors
/// When a slice does not have the length that the geometry asks for, a stride or a dilation is 0, or in and out channels
/// differ.
///
/// ```
/// use hebblab_core::convolution::{Axis, Geometry};
/// use hebblab_core::{pooling::max_pool, threads::OneThread};
/// let rows = Axis { inputs: 1, outputs: 1, taps: 1, stride: 1, dilation: 1, pad: 0 };
/// let columns = Axis { inputs: 4, outputs: 2, taps: 2, stride: 2, dilation: 1, pad: 0 };
/// let geometry = Geometry { batch: 1, in_channels: 1, out_channels: 1, rows, columns };
/// let mut out = [0.0; 2];
/// max_pool(&OneThread, &geometry, &[1.0, 2.0, 4.0, 3.0], &mut out)?;
/// assert_eq!(out, [2.0, 4.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn max_pool(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    out: &mut [f32],
) -> KernelResult<()> {
    check("maxPool", geometry, input.len(), out.len())?;
    gather_windows(threads, geometry, out, &|window, out| {
        out.fill(f32::NEG_INFINITY);
        window.for_each_place(|place| {
            let pixel = &input[window.image_start() + place..][..out.len()];
            let (pixel, pixel_rest) = pixel.as_chunks::<LANES>();
            let (largest, largest_rest) = out.as_chunks_mut::<LANES>();
            for (largest, pixel) in largest.iter_mut().zip(pixel) {
                F32x4::load(largest).max(F32x4::load(pixel)).store(largest);
            }
            for (largest, &value) in largest_rest.iter_mut().zip(pixel_rest) {
                if *largest < value {
                    *largest = value;
                }
            }
        });
    })
}

/// The mean of each window; NaN where a window has no values.
///
/// # Errors
/// As [`max_pool`].
pub fn average_pool(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    out: &mut [f32],
) -> KernelResult<()> {
    check("avgPool", geometry, input.len(), out.len())?;
    gather_windows(threads, geometry, out, &|window, out| {
        out.fill(0.0);
        window.for_each_place(|place| {
            for (sum, &value) in out.iter_mut().zip(&input[window.image_start() + place..]) {
                *sum += value;
            }
        });
        let count = (window.rows.len() * window.columns.len()) as f32;
        for sum in out {
            *sum /= count;
        }
    })
}

/// The gradient by the input of whatever has `out_gradient` as its gradient by the output of [`max_pool`]: each value goes
/// to the first of the largest in its window, row by row. NaN is passed over; a window without another value gives nothing.
///
/// # Errors
/// As [`max_pool`].
pub fn max_pool_backprop(
    threads: &dyn Threads,
    geometry: &Geometry,
    input: &[f32],
    out_gradient: &[f32],
    gradient: &mut [f32],
) -> KernelResult<()> {
    check("maxPoolBackprop", geometry, input.len(), out_gradient.len())?;
    scatter_windows(
        threads,
        "maxPoolBackprop",
        geometry,
        out_gradient,
        gradient,
        &|window, values, gradient| {
            for (block, values) in values.chunks(CHANNELS).enumerate() {
                let first = block * CHANNELS;
                let mut largest = [f32::NEG_INFINITY; CHANNELS];
                let mut places = [NOWHERE; CHANNELS];
                window.for_each_place(|place| {
                    let pixel = &input[window.image_start() + place + first..][..values.len()];
                    keep_larger(pixel, f32::from_bits(place as u32), &mut largest, &mut places);
                });
                for (channel, (value, &place)) in values.iter().zip(&places).enumerate() {
                    if place.to_bits() != NOWHERE.to_bits() {
                        gradient[place.to_bits() as usize + first + channel] += value;
                    }
                }
            }
        },
    )
}

/// The gradient by the input of whatever has `out_gradient` as its gradient by the output of [`average_pool`].
///
/// # Errors
/// As [`max_pool`].
pub fn average_pool_backprop(
    threads: &dyn Threads,
    geometry: &Geometry,
    out_gradient: &[f32],
    divisor: Divisor,
    gradient: &mut [f32],
) -> KernelResult<()> {
    scatter_windows(
        threads,
        "avgPoolBackprop",
        geometry,
        out_gradient,
        gradient,
        &|window, values, gradient| {
            let count = match divisor {
                Divisor::Window => window.rows.len() * window.columns.len(),
                Divisor::Filter => geometry.taps(),
            };
            let share = 1.0 / count as f32;
            window.for_each_place(|place| {
                for (sum, value) in gradient[place..].iter_mut().zip(values) {
                    *sum += value * share;
                }
            });
        },
    )
}

/// The place of a largest value that is not there. Places are the bits of floats, since those of four values are chosen
/// at once; nothing computes with them.
const NOWHERE: f32 = f32::from_bits(u32::MAX);

/// Keeps the values of a pixel that are larger than those before, and its place for them.
fn keep_larger(pixel: &[f32], place: f32, largest: &mut [f32; CHANNELS], places: &mut [f32; CHANNELS]) {
    let (chunks, rest) = pixel.as_chunks::<LANES>();
    let here = F32x4::splat(place);
    let (largest_chunks, places_chunks) =
        (largest.as_chunks_mut::<LANES>().0, places.as_chunks_mut::<LANES>().0);
    for ((pixel, largest), places) in chunks.iter().zip(largest_chunks).zip(places_chunks) {
        let (value, before) = (F32x4::load(pixel), F32x4::load(largest));
        let is_larger = before.less(value);
        is_larger.select(value, before).store(largest);
        is_larger.select(here, F32x4::load(places)).store(places);
    }
    let first = chunks.len() * LANES;
    for ((&value, largest), found) in rest.iter().zip(&mut largest[first..]).zip(&mut places[first..]) {
        if *largest < value {
            (*largest, *found) = (value, place);
        }
    }
}

/// The part of an image that one output is made of.
struct Window<'g> {
    geometry: &'g Geometry,
    image: usize,
    row: usize,
    column: usize,
    /// The taps that are inside of the image.
    rows: Range<usize>,
    columns: Range<usize>,
}

impl<'g> Window<'g> {
    /// Of the output with this number, channels not counted.
    fn of(geometry: &'g Geometry, output: usize) -> Self {
        let (row, column) = (output / geometry.columns.outputs, output % geometry.columns.outputs);
        let (image, row) = (row / geometry.rows.outputs, row % geometry.rows.outputs);
        let (rows, columns) = (geometry.rows.taps_inside(row), geometry.columns.taps_inside(column));
        Window { geometry, image, row, column, rows, columns }
    }

    fn image_start(&self) -> usize {
        self.image * image_length(self.geometry)
    }

    /// Where the channels of each pixel begin in the image, row by row.
    fn for_each_place(&self, mut pixel: impl FnMut(usize)) {
        let Geometry { rows, columns, in_channels, .. } = *self.geometry;
        for row in self.rows.clone() {
            let row = rows.input(self.row, row) * columns.inputs;
            for column in self.columns.clone() {
                pixel((row + columns.input(self.column, column)) * in_channels);
            }
        }
    }
}

fn image_length(geometry: &Geometry) -> usize {
    geometry.rows.inputs * geometry.columns.inputs * geometry.in_channels
}

/// Calls back with each window and the channels of its output.
fn gather_windows(
    threads: &dyn Threads,
    geometry: &Geometry,
    out: &mut [f32],
    window: &(dyn Fn(Window, &mut [f32]) + Sync),
) -> KernelResult<()> {
    let channels = geometry.out_channels.max(1);
    let outputs = (PIECE_VALUES / channels).max(1);
    for_each_part(chosen(threads, geometry), out, outputs * channels, &|part, out| {
        for (index, out) in out.chunks_exact_mut(channels).enumerate() {
            window(Window::of(geometry, part * outputs + index), out);
        }
    })
}

/// Adds what a window's gradient, per channel, gives to the gradient by its image.
type ScatterWindow<'w> = dyn Fn(Window, &[f32], &mut [f32]) + Sync + 'w;

/// Calls back with each window, the channels of its output's gradient, and the gradient by its image, which begins
/// with zeros. The windows of an image come in order.
fn scatter_windows(
    threads: &dyn Threads,
    operation: &'static str,
    geometry: &Geometry,
    out_gradient: &[f32],
    gradient: &mut [f32],
    window: &ScatterWindow<'_>,
) -> KernelResult<()> {
    check(operation, geometry, gradient.len(), out_gradient.len())?;
    let channels = geometry.out_channels.max(1);
    let outputs = geometry.rows.outputs * geometry.columns.outputs;
    for_each_part(chosen(threads, geometry), gradient, image_length(geometry), &|image, gradient| {
        gradient.fill(0.0);
        let values = &out_gradient[image * outputs * channels..][..outputs * channels];
        for (index, values) in values.chunks_exact(channels).enumerate() {
            window(Window::of(geometry, image * outputs + index), values, gradient);
        }
    })
}

fn chosen<'t>(threads: &'t dyn Threads, geometry: &Geometry) -> &'t dyn Threads {
    if geometry.output_length().saturating_mul(geometry.taps()) < SMALL { &OneThread } else { threads }
}

fn check(operation: &'static str, geometry: &Geometry, input: usize, out: usize) -> KernelResult<()> {
    geometry.check(operation)?;
    ensure(
        geometry.in_channels == geometry.out_channels,
        operation,
        || format!("{} out channels, as many as in channels", geometry.in_channels),
        || geometry.out_channels.to_string(),
    )?;
    ensure_length(operation, "the input or its gradient", geometry.input_length(), input)?;
    ensure_length(operation, "the output or its gradient", geometry.output_length(), out)
}

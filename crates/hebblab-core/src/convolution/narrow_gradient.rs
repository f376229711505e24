//! The gradient by the input where inputs have few channels, as grey or coloured images have: tiles of so few columns
//! would be mostly empty. So each output's gradient is multiplied with all taps at once, and the products are added to
//! the inputs that the taps read, output by output.

use super::correlation::{FilterView, Finish, Place, SMALL, pack, sweep};
use super::strips::{Position, Strips, Target};
use super::tile::TILE_COLUMNS;
use super::{Axis, ConvolutionWorkspace, Geometry};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::threads::{OneThread, SharedOutput, Threads};

/// Whether a tile would be less than half full otherwise, and is not with all taps.
pub fn is_narrow(geometry: &Geometry) -> bool {
    geometry.in_channels < TILE_COLUMNS / 2 && geometry.taps() > 1
}

pub fn narrow_input_gradient(
    threads: &dyn Threads,
    operation: &'static str,
    geometry: &Geometry,
    out_gradient: &[f32],
    filter: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    if gradient.is_empty() {
        return Ok(());
    }
    let Geometry { batch, in_channels, out_channels, rows, columns } = *geometry;
    let threads =
        if geometry.output_length().saturating_mul(geometry.taps()) < SMALL { &OneThread } else { threads };
    // Each output alone, with a product per filter value of one out channel.
    let alone = |outputs| Axis { inputs: outputs, outputs, taps: 1, stride: 1, dilation: 1, pad: 0 };
    let products = geometry.taps() * in_channels;
    let outputs = Geometry {
        batch,
        in_channels: out_channels,
        out_channels: products,
        rows: alone(rows.outputs),
        columns: alone(columns.outputs),
    };
    let view = FilterView {
        values: filter,
        first: 0,
        tap_row: 0,
        tap_column: 0,
        in_channel: 1,
        out_channel: out_channels,
    };
    let strips = Strips::of(&outputs);
    let ConvolutionWorkspace { positions, runs, packed, copied, .. } = workspace;
    let target = Target { image: 0, row: columns.outputs * products, column: products };
    let positions = strips.positions(operation, &outputs, 1, target, positions)?;
    let runs = strips.runs(operation, &outputs, runs)?;
    let packed = grow(operation, packed, products.div_ceil(TILE_COLUMNS) * out_channels)?;
    pack(&outputs, view, 0..products, packed);
    let packed = &*packed;
    let (padded_rows, padded_columns) = (rows.extent(rows.outputs), columns.extent(columns.outputs));
    let padded_length = padded_rows * padded_columns * in_channels;
    let products_length = positions.len() * products;
    let length = strips.values + products_length + padded_length;
    let copied = SharedOutput::new(grow(operation, copied, threads.count() * length)?);
    let image_length = rows.inputs * columns.inputs * in_channels;
    let gradient = SharedOutput::new(gradient);
    threads.run(batch, &|image, thread| {
        // SAFETY: pieces of one thread run one after the other, and each writes an image of its own.
        let (buffer, gradient) = unsafe {
            (
                copied.part(thread * length..(thread + 1) * length),
                gradient.part(image * image_length..(image + 1) * image_length),
            )
        };
        let (copied, buffer) = buffer.split_at_mut(strips.values);
        let (product_values, padded) = buffer.split_at_mut(products_length);
        padded.fill(0.0);
        for strip in 0..strips.per_image {
            let strip = strips.strip(&outputs, image * strips.per_image + strip);
            strips.copy(&outputs, out_gradient, 1, strip, copied);
            let positions = &positions[..strip.rows * columns.outputs];
            let shared = SharedOutput::new(&mut *product_values);
            for panel in 0..products.div_ceil(TILE_COLUMNS) {
                let column = panel * TILE_COLUMNS;
                let place = Place { first: column, column, width: TILE_COLUMNS.min(products - column) };
                let packed = &packed[panel * out_channels..][..out_channels];
                sweep(copied, positions, runs, packed, Finish { bias: None, relu: false }, place, &shared);
            }
            add_products(geometry, strip.first_row, positions, product_values, padded_columns, padded);
        }
        copy_inside(geometry, padded_rows, padded_columns, padded, gradient);
    })
}

/// Adds the products of a strip's outputs to the padded image.
fn add_products(
    geometry: &Geometry,
    first_row: usize,
    positions: &[Position],
    products: &[f32],
    padded_columns: usize,
    padded: &mut [f32],
) {
    let Geometry { rows, columns, in_channels, .. } = *geometry;
    let pixels = if columns.dilation == 1 { columns.taps } else { 1 };
    let run = pixels * in_channels;
    for (index, products) in
        products.chunks_exact(geometry.taps() * in_channels).take(positions.len()).enumerate()
    {
        let (row, column) = (first_row + index / columns.outputs, index % columns.outputs);
        for (tap, products) in products.chunks_exact(run).enumerate() {
            let (tap_row, tap_column) = (tap * pixels / columns.taps, tap * pixels % columns.taps);
            let y = row * rows.stride + tap_row * rows.dilation;
            let x = column * columns.stride + tap_column * columns.dilation;
            let target = &mut padded[(y * padded_columns + x) * in_channels..][..run];
            for (sum, product) in target.iter_mut().zip(products) {
                *sum += product;
            }
        }
    }
}

/// Takes the image out of the padded one; zeros where no output reads.
fn copy_inside(
    geometry: &Geometry,
    padded_rows: usize,
    padded_columns: usize,
    padded: &[f32],
    gradient: &mut [f32],
) {
    let Geometry { rows, columns, in_channels, .. } = *geometry;
    let inside = |axis: Axis, input: usize, extent: usize| {
        usize::try_from(input as isize + axis.pad).ok().filter(|&place| place < extent)
    };
    for (index, pixel) in gradient.chunks_exact_mut(in_channels).enumerate() {
        let y = inside(rows, index / columns.inputs, padded_rows);
        let x = inside(columns, index % columns.inputs, padded_columns);
        match y.zip(x) {
            Some((y, x)) => {
                pixel.copy_from_slice(&padded[(y * padded_columns + x) * in_channels..][..in_channels]);
            }
            None => pixel.fill(0.0),
        }
    }
}

//! Images cut into strips of output rows, each with the part of the padded image that it reads, copied: no
//! kernel behind this meets an edge, and subnormal values are zero.

use super::Geometry;
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};

/// Values of a copied strip, where one row of outputs does not need more: it should stay in the outer cache of a core.
const STRIP_VALUES: usize = 1 << 16;
/// Most outputs of a strip, for the sake of sums over them.
const STRIP_POSITIONS: usize = 1024;
/// Strips that a job is cut into where there are as many rows.
const STRIPS: usize = 16;
/// The longest run of neighbouring products that is multiplied without a look at the next.
const LONGEST_RUN: usize = 256;

/// How the images of a geometry are cut.
#[derive(Clone, Copy)]
pub struct Strips {
    /// Output rows of a strip; the last one of an image can have fewer.
    pub rows: usize,
    pub per_image: usize,
    /// Values of a copied strip of so many rows.
    pub values: usize,
    width: usize,
}

/// An output of a strip.
#[derive(Debug, Clone, Copy, Default)]
pub struct Position {
    /// Where its first input is in the copied strip.
    pub start: u32,
    /// Where its channels are in the output, from the strip's first output on.
    pub target: u32,
}

/// Values of a copied strip, from `offset` after the start of a position on, that meet neighbouring values of the filter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Run {
    pub offset: usize,
    pub length: usize,
}

/// One strip: of which image, and its output rows.
#[derive(Clone, Copy)]
pub struct Strip {
    pub image: usize,
    pub first_row: usize,
    pub rows: usize,
}

impl Strips {
    pub fn of(geometry: &Geometry) -> Self {
        let outputs = geometry.rows.outputs.max(1);
        let width = geometry.columns.extent(geometry.columns.outputs) * geometry.in_channels;
        let window = geometry.rows.extent(1);
        let fitting = (STRIP_VALUES / width.max(1)).saturating_sub(window) / geometry.rows.stride + 1;
        let short = STRIP_POSITIONS / geometry.columns.outputs.max(1);
        let shared = outputs.div_ceil(STRIPS.div_ceil(geometry.batch.max(1)));
        let rows = fitting.min(short).min(shared).clamp(1, outputs);
        Strips { rows, per_image: outputs.div_ceil(rows), values: geometry.rows.extent(rows) * width, width }
    }

    pub fn strip(&self, geometry: &Geometry, index: usize) -> Strip {
        let (image, strip) = (index / self.per_image, index % self.per_image);
        let first_row = strip * self.rows;
        Strip { image, first_row, rows: self.rows.min(geometry.rows.outputs - first_row) }
    }

    /// The outputs of `count` strips of equal length, which are copied one behind the other, row by row.
    pub fn positions<'b>(
        &self,
        operation: &'static str,
        geometry: &Geometry,
        count: usize,
        target: Target,
        buffer: &'b mut Vec<Position>,
    ) -> KernelResult<&'b [Position]> {
        let Geometry { rows, columns, in_channels, .. } = *geometry;
        let positions = grow(operation, buffer, count * self.rows * columns.outputs)?;
        let mut next = positions.iter_mut();
        for strip in 0..count {
            for row in 0..self.rows {
                for (column, position) in (0..columns.outputs).zip(&mut next) {
                    let start = strip * self.values
                        + row * rows.stride * self.width
                        + column * columns.stride * in_channels;
                    let target = strip * target.image + row * target.row + column * target.column;
                    *position = Position { start: start as u32, target: target as u32 };
                }
            }
        }
        Ok(positions)
    }

    /// The products of one output, in the order of the filter's values, cut into runs of at most [`LONGEST_RUN`].
    pub fn runs<'b>(
        &self,
        operation: &'static str,
        geometry: &Geometry,
        buffer: &'b mut Vec<Run>,
    ) -> KernelResult<&'b [Run]> {
        let Geometry { rows, columns, in_channels, .. } = *geometry;
        let (stretches, length) =
            if columns.dilation == 1 { (1, columns.taps * in_channels) } else { (columns.taps, in_channels) };
        let parts = length.div_ceil(LONGEST_RUN);
        let runs = grow(operation, buffer, rows.taps * stretches * parts)?;
        for (index, run) in runs.iter_mut().enumerate() {
            let (stretch, first) = (index / parts, index % parts * LONGEST_RUN);
            let (row, column) = (stretch / stretches, stretch % stretches);
            let offset = row * rows.dilation * self.width + column * columns.dilation * in_channels + first;
            *run = Run { offset, length: LONGEST_RUN.min(length - first) };
        }
        Ok(runs)
    }

    /// Where the values that one output reads are, in the order of the filter's values.
    pub fn offsets<'b>(
        &self,
        operation: &'static str,
        geometry: &Geometry,
        runs: &mut Vec<Run>,
        buffer: &'b mut Vec<u32>,
    ) -> KernelResult<&'b [u32]> {
        let runs = self.runs(operation, geometry, runs)?;
        let offsets = grow(operation, buffer, geometry.taps() * geometry.in_channels)?;
        let all = runs.iter().flat_map(|run| run.offset..run.offset + run.length);
        for (offset, value) in offsets.iter_mut().zip(all) {
            *offset = value as u32;
        }
        Ok(offsets)
    }

    /// Where the pixels that one output reads begin, tap by tap.
    pub fn tap_offsets<'b>(
        &self,
        operation: &'static str,
        geometry: &Geometry,
        buffer: &'b mut Vec<u32>,
    ) -> KernelResult<&'b [u32]> {
        let Geometry { rows, columns, in_channels, .. } = *geometry;
        let offsets = grow(operation, buffer, geometry.taps())?;
        for (tap, offset) in offsets.iter_mut().enumerate() {
            let (row, column) = (tap / columns.taps, tap % columns.taps);
            *offset = (row * rows.dilation * self.width + column * columns.dilation * in_channels) as u32;
        }
        Ok(offsets)
    }

    /// Copies what the outputs of a strip read, each channel of `input` standing for `repeat` of the geometry's; zeros stand for what is outside of the image.
    pub fn copy(&self, geometry: &Geometry, input: &[f32], repeat: usize, strip: Strip, copied: &mut [f32]) {
        let Geometry { rows, columns, in_channels, .. } = *geometry;
        if self.width == 0 {
            return;
        }
        let image_row = columns.inputs * in_channels;
        let image_length = rows.inputs * image_row / repeat;
        let image = &input[strip.image * image_length..][..image_length];
        // The image's values [first, end) of a row are copied behind `left` zeros.
        let first = ((-columns.pad).max(0) as usize * in_channels).min(image_row);
        let left = (columns.pad.max(0) as usize * in_channels).min(self.width);
        let end = (first + self.width - left).min(image_row);
        let top = (strip.first_row * rows.stride) as isize - rows.pad;
        for (row, copied) in copied.chunks_exact_mut(self.width).take(rows.extent(strip.rows)).enumerate() {
            let source = match usize::try_from(top + row as isize) {
                Ok(y) if y < rows.inputs => &image[y * image_row / repeat..][first / repeat..end / repeat],
                _ => &[],
            };
            let (padding, rest) = copied.split_at_mut(left);
            let (middle, right) = rest.split_at_mut(source.len() * repeat);
            padding.fill(0.0);
            if repeat == 1 {
                copy_flushed(source, middle);
            } else {
                for (&value, copies) in source.iter().zip(middle.chunks_exact_mut(repeat)) {
                    copies.fill(flushed(value));
                }
            }
            right.fill(0.0);
        }
    }
}

/// Distances in the output between neighbours.
#[derive(Clone, Copy)]
pub struct Target {
    pub image: usize,
    pub row: usize,
    pub column: usize,
}

pub fn copy_flushed(source: &[f32], target: &mut [f32]) {
    let (chunks, rest) = source.as_chunks::<LANES>();
    let (target_chunks, target_rest) = target.as_chunks_mut::<LANES>();
    for (source, target) in chunks.iter().zip(target_chunks) {
        F32x4::load(source).flush_subnormals().store(target);
    }
    for (source, target) in rest.iter().zip(target_rest) {
        *target = flushed(*source);
    }
}

pub fn flushed(value: f32) -> f32 {
    if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }
}

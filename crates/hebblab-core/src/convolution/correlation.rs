//! Correlates images with a filter: convolution, and its gradient by the input. No image is unrolled into a matrix:
//! neighbouring channels and columns of an image meet neighbouring values of the filter, so a tile of outputs reads
//! both where they are, as in Georganas et al. 2018 ("Anatomy of high-performance deep learning convolutions on SIMD
//! architectures").

use std::ops::Range;

use super::strips::{Position, Run, Strips, Target};
use super::tile::{Columns, TILE_COLUMNS, TILE_ROWS, Tile, multiply_runs, panel_of};
use super::{ConvolutionWorkspace, Geometry};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, SharedOutput, Threads};

/// Runs that are summed before the sum is added to the output: with so many values a panel of the filter stays in the
/// inner cache.
const GROUP_VALUES: usize = 768;
/// Values of the packed filter that are there at once.
const PACKED_VALUES: usize = 1 << 20;
/// Values of copied strips that a piece works on at once, where a strip does not need more.
const PIECE_VALUES: usize = 1 << 14;
/// Correlations with fewer multiply-adds than this are not worth waking anybody.
pub const SMALL: usize = 1 << 19;

/// Where a value of the filter is: `first + tap_row r + tap_column c + in_channel i + out_channel o`.
#[derive(Clone, Copy)]
pub struct FilterView<'a> {
    pub values: &'a [f32],
    pub first: usize,
    pub tap_row: isize,
    pub tap_column: isize,
    pub in_channel: usize,
    pub out_channel: usize,
}

/// What is done to a finished sum.
#[derive(Clone, Copy)]
pub struct Finish<'a> {
    pub bias: Option<&'a [f32]>,
    pub relu: bool,
}

/// Output (image, row, column) begins at `first + image target.image + ...` in `out`, and has the geometry's out channels.
pub fn correlate(
    threads: &dyn Threads,
    operation: &'static str,
    geometry: &Geometry,
    input: &[f32],
    filter: FilterView,
    finish: Finish,
    (first, target): (usize, Target),
    out: &SharedOutput<f32>,
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    if geometry.output_length() == 0 {
        return Ok(());
    }
    let inner = geometry.taps() * geometry.in_channels;
    let work = geometry.output_length().saturating_mul(inner);
    let threads = if work < SMALL { &OneThread } else { threads };
    let strips = Strips::of(geometry);
    let together = if strips.per_image == 1 {
        (PIECE_VALUES / strips.values.max(1)).clamp(1, geometry.batch.div_ceil(16).max(1))
    } else {
        1
    };
    let ConvolutionWorkspace { positions, runs, packed, copied, .. } = workspace;
    let positions = strips.positions(operation, geometry, together, target, positions)?;
    let runs = strips.runs(operation, geometry, runs)?;
    let copied_length = together * strips.values;
    let copied = SharedOutput::new(grow(operation, copied, threads.count() * copied_length)?);
    let total = geometry.batch * strips.per_image;
    let step = (PACKED_VALUES / inner.max(1)).max(TILE_COLUMNS) / TILE_COLUMNS * TILE_COLUMNS;
    for first_column in (0..geometry.out_channels).step_by(step) {
        let columns = first_column..(first_column + step).min(geometry.out_channels);
        let panels = columns.len().div_ceil(TILE_COLUMNS);
        let packed = grow(operation, packed, panels * inner)?;
        pack(geometry, filter, columns.clone(), packed);
        let packed = &*packed;
        threads.run(total.div_ceil(together), &|piece, thread| {
            // SAFETY: pieces of one thread run one after the other.
            let copied = unsafe { copied.part(thread * copied_length..(thread + 1) * copied_length) };
            let mut outputs = 0;
            let all = piece * together..total.min((piece + 1) * together);
            for (place, index) in all.clone().enumerate() {
                let strip = strips.strip(geometry, index);
                strips.copy(geometry, input, 1, strip, &mut copied[place * strips.values..][..strips.values]);
                outputs += strip.rows * geometry.columns.outputs;
            }
            let strip = strips.strip(geometry, all.start);
            let first = first + strip.image * target.image + strip.first_row * target.row;
            for panel in 0..panels {
                let column = columns.start + panel * TILE_COLUMNS;
                let place =
                    Place { first: first + column, column, width: TILE_COLUMNS.min(columns.end - column) };
                let packed = &packed[panel * inner..][..inner];
                sweep(copied, &positions[..outputs], runs, packed, finish, place, out);
            }
        })?;
    }
    Ok(())
}

/// The outputs of a panel: where the first is, which out channel, and how many of them.
#[derive(Clone, Copy)]
pub struct Place {
    pub first: usize,
    pub column: usize,
    pub width: usize,
}

pub fn sweep(
    copied: &[f32],
    positions: &[Position],
    runs: &[Run],
    packed: &[Columns],
    finish: Finish,
    place: Place,
    out: &SharedOutput<f32>,
) {
    let (mut runs, mut packed) = (runs, packed);
    let mut is_first = true;
    loop {
        let (count, values) = next_group(runs);
        let (group, later_runs) = runs.split_at(count);
        let (panel, later_packed) = packed.split_at(values);
        let is_last = later_runs.is_empty();
        for tile_positions in positions.chunks(TILE_ROWS) {
            let last = tile_positions.len() - 1;
            let starts = std::array::from_fn(|row| tile_positions[row.min(last)].start as usize);
            let tile = multiply_runs(copied, starts, group, panel);
            let finish = if is_last { Some(finish) } else { None };
            write_tile(&tile, tile_positions, place, is_first, finish, out);
        }
        if is_last {
            return;
        }
        (runs, packed, is_first) = (later_runs, later_packed, false);
    }
}

/// How many runs are summed next, and their values.
fn next_group(runs: &[Run]) -> (usize, usize) {
    let (mut count, mut values) = (0, 0);
    for run in runs {
        if count > 0 && values + run.length > GROUP_VALUES {
            break;
        }
        (count, values) = (count + 1, values + run.length);
    }
    (count, values)
}

/// Not inlined: tiles take far longer, and code should be small.
#[inline(never)]
pub fn write_tile(
    tile: &Tile,
    positions: &[Position],
    place: Place,
    is_first: bool,
    finish: Option<Finish>,
    out: &SharedOutput<f32>,
) {
    let floor = if finish.is_some_and(|finish| finish.relu) { 0.0 } else { f32::NEG_INFINITY };
    let mut bias = Columns::default();
    if let Some(values) = finish.and_then(|finish| finish.bias) {
        for (bias, value) in bias.0.iter_mut().zip(&values[place.column..][..place.width]) {
            *bias = *value;
        }
    }
    for (sums, position) in tile.iter().zip(positions) {
        let first = place.first + position.target as usize;
        // SAFETY: each piece writes outputs of its own.
        let target = unsafe { out.part(first..first + place.width) };
        if let Ok(target) = <&mut [f32; TILE_COLUMNS]>::try_from(&mut *target) {
            finish_row(sums, is_first, &bias, floor, target);
        } else {
            let mut row = [0.0; TILE_COLUMNS];
            for (row, value) in row.iter_mut().zip(&*target) {
                *row = *value;
            }
            finish_row(sums, is_first, &bias, floor, &mut row);
            for (value, row) in target.iter_mut().zip(row) {
                *value = row;
            }
        }
    }
}

#[inline(always)]
fn finish_row(
    sums: &[F32x4; 2],
    is_first: bool,
    Columns(bias): &Columns,
    floor: f32,
    row: &mut [f32; TILE_COLUMNS],
) {
    for (vector, &sum) in sums.iter().enumerate() {
        let lanes = vector * LANES..(vector + 1) * LANES;
        let sum = if is_first { sum } else { F32x4::load(&row[lanes.clone()]) + sum };
        let value = sum + F32x4::load(&bias[lanes.clone()]);
        value.max(F32x4::splat(floor)).store(&mut row[lanes]);
    }
}

/// The filter's values for eight out channels at a time, in the order in which a strip's runs meet them.
pub fn pack(geometry: &Geometry, filter: FilterView, columns: Range<usize>, packed: &mut [Columns]) {
    let taps = if packed.is_empty() { 0 } else { geometry.taps() };
    let mut next = packed.iter_mut();
    for column in columns.clone().step_by(TILE_COLUMNS) {
        let width = TILE_COLUMNS.min(columns.end - column);
        for tap in 0..taps {
            let (row, tap_column) = (tap / geometry.columns.taps, tap % geometry.columns.taps);
            let start = filter.first as isize
                + row as isize * filter.tap_row
                + tap_column as isize * filter.tap_column
                + (column * filter.out_channel) as isize;
            for (channel, packed) in (0..geometry.in_channels).zip(&mut next) {
                let values = &filter.values[start as usize + channel * filter.in_channel..];
                *packed = if filter.out_channel == 1 {
                    panel_of(&values[..width])
                } else {
                    panel_of(&std::array::from_fn::<f32, TILE_COLUMNS, _>(|lane| {
                        if lane < width { values[lane * filter.out_channel] } else { 0.0 }
                    }))
                };
            }
        }
    }
}

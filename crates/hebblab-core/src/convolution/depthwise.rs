//! Convolutions in which out channel `c m + q` reads in channel `c` alone, m out channels each: filters are
//! [height, width, in channels, m]. Images are copied with each channel m times, and then no channel meets another.

use std::ops::Range;

use super::correlation::{Finish, Place, SMALL, write_tile};
use super::strips::{Strips, Target};
use super::tile::{Columns, TILE_COLUMNS, TILE_ROWS, multiply_taps, panel_of};
use super::{ConvolutionWorkspace, Geometry};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::F32x4;
use crate::threads::{OneThread, SharedOutput, Threads};

/// Where the channels of a filter's tap begin: `first + tap_row r + tap_column c`.
#[derive(Clone, Copy)]
pub struct TapView<'a> {
    pub values: &'a [f32],
    pub first: usize,
    pub tap_row: isize,
    pub tap_column: isize,
}

/// The geometry's in and out channels are those of the filter, each input channel standing for `repeat` of them. Of
/// `group` neighbouring out channels the sum is written, not finished in any way where there is more than one. For `first` and `target` see [`super::correlation::correlate`].
pub fn correlate_channels(
    threads: &dyn Threads,
    operation: &'static str,
    geometry: &Geometry,
    input: &[f32],
    repeat: usize,
    filter: TapView,
    group: usize,
    finish: Finish,
    (first, target): (usize, Target),
    out: &SharedOutput<f32>,
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    if geometry.output_length() == 0 {
        return Ok(());
    }
    let (taps, channels) = (geometry.taps(), geometry.out_channels);
    let threads = if geometry.output_length().saturating_mul(taps) < SMALL { &OneThread } else { threads };
    let strips = Strips::of(geometry);
    let ConvolutionWorkspace { positions, offsets, packed, copied, .. } = workspace;
    let positions = strips.positions(operation, geometry, 1, target, positions)?;
    let offsets = strips.tap_offsets(operation, geometry, offsets)?;
    let packed = grow(operation, packed, channels.div_ceil(TILE_COLUMNS) * taps)?;
    pack(geometry, filter, packed);
    let packed = &*packed;
    // The last channels of a pixel are read as many at a time as the others.
    let length = strips.values + TILE_COLUMNS;
    let copied = SharedOutput::new(grow(operation, copied, threads.count() * length)?);
    threads.run(geometry.batch * strips.per_image, &|piece, thread| {
        // SAFETY: pieces of one thread run one after the other.
        let copied = unsafe { copied.part(thread * length..(thread + 1) * length) };
        let strip = strips.strip(geometry, piece);
        strips.copy(geometry, input, repeat, strip, copied);
        let first = first + strip.image * target.image + strip.first_row * target.row;
        let positions = &positions[..strip.rows * geometry.columns.outputs];
        // Panel by panel inside, since neighbouring outputs read the same pixels.
        for positions in positions.chunks(TILE_ROWS) {
            let last = positions.len() - 1;
            let starts = std::array::from_fn(|row| positions[row.min(last)].start as usize);
            for panel in 0..channels.div_ceil(TILE_COLUMNS) {
                let channel = panel * TILE_COLUMNS;
                let width = TILE_COLUMNS.min(channels - channel);
                let weights = &packed[panel * taps..][..taps];
                let tile = multiply_taps(copied, starts.map(|start| start + channel), offsets, weights);
                if group == 1 {
                    let place = Place { first: first + channel, column: channel, width };
                    write_tile(&tile, positions, place, true, Some(finish), out);
                    continue;
                }
                for (sums, position) in tile.into_iter().zip(positions) {
                    let target = first + position.target as usize;
                    // SAFETY: each piece writes outputs of its own.
                    let out = unsafe { out.part(target..target + channels / group) };
                    add_groups(sums, channel..channel + width, group, out);
                }
            }
        }
    })
}

/// Adds channels to the sums of their groups, the first of each group in place of what is there.
fn add_groups(sums: [F32x4; 2], channels: Range<usize>, group: usize, out: &mut [f32]) {
    for (channel, sum) in channels.zip(sums.map(F32x4::to_array).as_flattened()) {
        let target = &mut out[channel / group];
        *target = if channel % group == 0 { *sum } else { *target + sum };
    }
}

/// The filter's channels, eight at a time, tap by tap.
fn pack(geometry: &Geometry, filter: TapView, packed: &mut [Columns]) {
    let (taps, channels) = (geometry.taps(), geometry.out_channels);
    for (index, packed) in packed.iter_mut().enumerate() {
        let (channel, tap) = (index / taps * TILE_COLUMNS, index % taps);
        let (row, column) = (tap / geometry.columns.taps, tap % geometry.columns.taps);
        let start =
            filter.first as isize + row as isize * filter.tap_row + column as isize * filter.tap_column;
        let values = &filter.values[start as usize + channel..][..TILE_COLUMNS.min(channels - channel)];
        *packed = panel_of(values);
    }
}

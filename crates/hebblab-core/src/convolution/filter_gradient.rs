//! The gradient of a convolution by its filter: each value is a sum over the outputs of a strip, added strip by strip
//! in the order of the images.

use super::correlation::SMALL;
use super::strips::{Position, Strips, Target};
use super::tile::{Columns, TILE_COLUMNS, TILE_ROWS, multiply_channels, multiply_positions, panel_of};
use super::{ConvolutionWorkspace, Geometry};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};
use crate::threads::{OneThread, SharedOutput, Threads};

/// Values of strips and gradients that are copied at once, where one strip does not need more.
const BLOCK_VALUES: usize = 1 << 19;
/// Filter values of a piece, for each of its out channels.
const PIECE_ROWS: usize = 16 * TILE_ROWS;
const NO_TARGET: Target = Target { image: 0, row: 0, column: 0 };

/// Which channels meet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// Each in channel and each out channel.
    All,
    /// Channels of the same number alone, each input channel standing for `repeat` of the geometry's in channels.
    Same { repeat: usize },
}

pub fn filter_gradient(
    threads: &dyn Threads,
    operation: &'static str,
    geometry: &Geometry,
    channels_met: Channels,
    input: &[f32],
    out_gradient: &[f32],
    gradient: &mut [f32],
    workspace: &mut ConvolutionWorkspace,
) -> KernelResult<()> {
    gradient.fill(0.0);
    if geometry.output_length() == 0 {
        return Ok(());
    }
    let channels = geometry.out_channels;
    let threads = if geometry.output_length().saturating_mul(gradient.len() / channels) < SMALL {
        &OneThread
    } else {
        threads
    };
    let strips = Strips::of(geometry);
    let ConvolutionWorkspace { positions, runs, offsets, packed, copied } = workspace;
    let positions = strips.positions(operation, geometry, 1, NO_TARGET, positions)?;
    let (repeat, offsets) = match channels_met {
        Channels::All => (1, strips.offsets(operation, geometry, runs, offsets)?),
        Channels::Same { repeat } => (repeat, strips.tap_offsets(operation, geometry, offsets)?),
    };
    let panels = channels.div_ceil(TILE_COLUMNS);
    let packed_length = panels * positions.len();
    // The last channels of a pixel are read as many at a time as the others.
    let copied_length = strips.values + TILE_COLUMNS;
    let total = geometry.batch * strips.per_image;
    let block = (BLOCK_VALUES / (copied_length + packed_length * TILE_COLUMNS)).clamp(1, total.max(1));
    let packed = grow(operation, packed, block * packed_length)?;
    let copied = grow(operation, copied, block * copied_length)?;
    let gradient = SharedOutput::new(gradient);
    for first in (0..total).step_by(block) {
        let count = block.min(total - first);
        let (shared_packed, shared_copied) = (SharedOutput::new(packed), SharedOutput::new(copied));
        threads.run(count, &|index, _| {
            // SAFETY: each piece has a strip of its own.
            let (packed, copied) = unsafe {
                (
                    shared_packed.part(index * packed_length..(index + 1) * packed_length),
                    shared_copied.part(index * copied_length..(index + 1) * copied_length),
                )
            };
            let strip = strips.strip(geometry, first + index);
            strips.copy(geometry, input, repeat, strip, copied);
            let outputs = geometry.columns.outputs * channels;
            let from = (strip.image * geometry.rows.outputs + strip.first_row) * outputs;
            pack_gradient(
                &out_gradient[from..from + strip.rows * outputs],
                channels,
                positions.len(),
                packed,
            );
        })?;
        let (packed, copied) = (&*packed, &*copied);
        threads.run(offsets.len().div_ceil(PIECE_ROWS) * panels, &|piece, _| {
            let (part, panel) = (piece / panels, piece % panels);
            let first_row = part * PIECE_ROWS;
            let offsets = &offsets[first_row..offsets.len().min(first_row + PIECE_ROWS)];
            for index in 0..count {
                let strip = strips.strip(geometry, first + index);
                let outputs = strip.rows * geometry.columns.outputs;
                let copied = &copied[index * copied_length..][..copied_length];
                let packed = &packed[index * packed_length + panel * positions.len()..][..outputs];
                let place = Place { first_row, first_column: panel * TILE_COLUMNS, columns: channels };
                add_strip(channels_met, copied, &positions[..outputs], offsets, packed, place, &gradient);
            }
        })?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Place {
    first_row: usize,
    first_column: usize,
    columns: usize,
}

/// Adds the sums over a strip to the gradient by the filter's values that stand at `offsets`.
fn add_strip(
    channels_met: Channels,
    copied: &[f32],
    positions: &[Position],
    offsets: &[u32],
    packed: &[Columns],
    place: Place,
    gradient: &SharedOutput<f32>,
) {
    let width = TILE_COLUMNS.min(place.columns - place.first_column);
    for (tile, offsets) in offsets.chunks(TILE_ROWS).enumerate() {
        let last = offsets.len() - 1;
        let all = std::array::from_fn(|row| offsets[row.min(last)]);
        let sums = match channels_met {
            Channels::All => multiply_positions(copied, positions, all, packed),
            Channels::Same { .. } => multiply_channels(&copied[place.first_column..], positions, all, packed),
        };
        for (row, sums) in sums.iter().enumerate().take(offsets.len()) {
            let first = (place.first_row + tile * TILE_ROWS + row) * place.columns + place.first_column;
            // SAFETY: each piece adds to rows and columns of its own.
            let target = unsafe { gradient.part(first..first + width) };
            if width == TILE_COLUMNS {
                for (target, &sum) in target.chunks_exact_mut(LANES).zip(sums) {
                    (F32x4::load(target) + sum).store(target);
                }
            } else {
                for (target, sum) in target.iter_mut().zip(sums.map(F32x4::to_array).as_flattened()) {
                    *target += sum;
                }
            }
        }
    }
}

/// Panels of eight channels each, `positions` long; subnormal values become zero.
fn pack_gradient(gradient: &[f32], channels: usize, positions: usize, packed: &mut [Columns]) {
    for (position, values) in gradient.chunks_exact(channels.max(1)).enumerate() {
        for (panel, values) in values.chunks(TILE_COLUMNS).enumerate() {
            packed[panel * positions + position] = panel_of(values);
        }
    }
}

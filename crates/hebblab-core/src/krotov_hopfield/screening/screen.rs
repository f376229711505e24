//! Ranks by integer dots of all units, and the pre-activations of what these leave.

use super::super::LayerShape;
use super::batch::{Ranked, ScreenedBatch, is_in_range, length_above};
use super::candidates::{first_and_last, keep_candidates};
use super::integer_product::{
    ImagesAtPair, TILE_IMAGES, TILE_UNITS, UnitsAtPair, multiply_images, pack_images, pack_units,
};
use super::quantised::{ScreenedWeights, padded_inputs};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::threads::{SharedOutput, Threads};

/// Buffers of the screen, kept between steps.
#[derive(Debug, Default)]
pub struct ScreenWorkspace {
    packed_units: Vec<UnitsAtPair>,
    /// Per thread.
    packed_images: Vec<ImagesAtPair>,
    dots: Vec<f32>,
    candidates: Vec<u32>,
    values: Vec<f32>,
    counts: Vec<u32>,
}

/// How a screen ended.
pub enum Screened {
    /// Every sample is ranked; the candidates of all samples together.
    Ranked { candidates: u64 },
    /// The bounds say nothing: pre-activations might leave the range of f32, or scales are too small or not positive.
    OutOfRange,
}

/// Ranks the units for every sample: see [`super`]. `effective` are the f32 weights of which `screen` is made.
pub fn rank_by_screen(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &ScreenedWeights,
    ranked: Ranked,
    workspace: &mut ScreenWorkspace,
) -> KernelResult<Screened> {
    let LayerShape { inputs, hidden } = shape;
    let ScreenedBatch { count, pixels, samples, .. } = batch;
    if !is_in_range(screen, batch, inputs) {
        return Ok(Screened::OutOfRange);
    }
    let pairs = padded_inputs(inputs) / 2;
    let units = pack_units(threads, operation, screen.quantised, hidden, pairs, &mut workspace.packed_units)?;
    let piece_images = count.div_ceil(PIECES).next_multiple_of(TILE_IMAGES).min(MOST_IMAGES);
    let image_tiles = piece_images / TILE_IMAGES;
    let padded_hidden = units.len() / pairs.max(1) * TILE_UNITS;
    let one_each = threads.count();
    let tiles_of_pairs = image_tiles * pairs;
    let packed = SharedOutput::new(grow(operation, &mut workspace.packed_images, one_each * tiles_of_pairs)?);
    let dots =
        SharedOutput::new(grow(operation, &mut workspace.dots, one_each * piece_images * padded_hidden)?);
    let kept = SharedOutput::new(grow(operation, &mut workspace.candidates, one_each * hidden)?);
    let settled = SharedOutput::new(grow(operation, &mut workspace.values, one_each * hidden)?);
    let counts = grow(operation, &mut workspace.counts, count)?;
    let shared_counts = SharedOutput::new(counts);
    let (winner, rival, values) =
        (SharedOutput::new(ranked.winner), SharedOutput::new(ranked.rival), SharedOutput::new(ranked.values));
    threads.run(count.div_ceil(piece_images), &|piece, thread| {
        let mine = |length: usize| thread * length..(thread + 1) * length;
        let first = piece * piece_images;
        let last = count.min(first + piece_images);
        // SAFETY: a thread has workspaces of its own, and a sample belongs to one piece.
        let (packed, dots, kept, settled) = unsafe {
            (
                packed.part(mine(tiles_of_pairs)),
                dots.part(mine(piece_images * padded_hidden)),
                kept.part(mine(hidden)),
                settled.part(mine(hidden)),
            )
        };
        let packed = pack_images(&pixels[first * inputs..last * inputs], inputs, packed);
        multiply_images(packed, units, pairs, screen.units, dots);
        for (image, dots) in (first..last).zip(dots.chunks_exact(padded_hidden)) {
            let length = length_above(&pixels[image * inputs..][..inputs]);
            let bounds = |unit: usize| (dots[unit], length * screen.units[unit].error);
            let count = keep_candidates(hidden, bounds, rank, kept);
            let kept = &kept[..count];
            let sample = &samples[image * inputs..][..inputs];
            let (first, last) = first_and_last(sample, effective, kept, rank, settled);
            // SAFETY: as above.
            unsafe {
                winner.part(image..image + 1)[0] = first.unit;
                rival.part(image..image + 1)[0] = last.unit;
                values.part(2 * image..2 * image + 2).copy_from_slice(&[first.value, last.value]);
                shared_counts.part(image..image + 1)[0] = kept.len() as u32;
            }
        }
    })?;
    Ok(Screened::Ranked { candidates: counts.iter().map(|&count| u64::from(count)).sum() })
}

/// Images of a piece: their packed form takes a quarter of a MiB of the outer cache at 3072 inputs.
const MOST_IMAGES: usize = 40;
/// Pieces that a batch is cut into where it is large enough.
const PIECES: usize = 32;

//! From the units that may be among the first to ranks: integer dots with bounds, and the pre-activations of what these
//! leave.

use super::super::LayerShape;
use super::batch::{Ranked, ScreenedBatch, length_above};
use super::candidates::{Bounds, first_and_last};
use super::integer_product::{IntegerRows, multiply, write_pairs};
use super::quantised::{ScreenedWeights, padded_inputs};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::pairs::Pair;
use crate::threads::{SharedOutput, Threads};

/// What is left of a batch.
#[derive(Clone, Copy)]
pub enum Left<'a> {
    All,
    /// A bit for each unit that is left of a sample, [count, words_of(hidden)], and an order of the samples in which
    /// neighbours have many of them in common.
    Units {
        bits: &'a [u32],
        order: &'a [u32],
    },
}

pub fn words_of(hidden: usize) -> usize {
    hidden.div_ceil(u32::BITS as usize)
}

#[derive(Debug, Default)]
pub struct SettleWorkspace {
    scales: Vec<f32>,
    counts: Vec<u32>,
    /// Per thread.
    images: Vec<Pair>,
    dots: Vec<f32>,
    /// Places of units, and among these of candidates.
    places: Vec<u32>,
    errors: Vec<f32>,
    settled: Vec<f32>,
}

/// Ranks the units that are left for every sample; returns the candidates of all samples together.
pub fn settle(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &ScreenedWeights,
    left: Left,
    ranked: Ranked,
    workspace: &mut SettleWorkspace,
) -> KernelResult<u64> {
    let LayerShape { inputs, hidden } = shape;
    let ScreenedBatch { count, pixels, samples, .. } = batch;
    let pairs = padded_inputs(inputs) / 2;
    // Rows of units are read once for a piece; in a large one, few units are left of no sample.
    let piece_samples = match left {
        Left::All => count.div_ceil(PIECES).next_multiple_of(4).min(MOST_SAMPLES),
        Left::Units { .. } => FEW_SAMPLES,
    };
    let scales = grow(operation, &mut workspace.scales, hidden)?;
    for (scale, unit) in scales.iter_mut().zip(&*screen.units) {
        *scale = unit.scale;
    }
    let (scales, quantised, units) = (&*scales, &*screen.quantised, &*screen.units);
    let one_each = threads.count();
    let images = SharedOutput::new(grow(operation, &mut workspace.images, one_each * piece_samples * pairs)?);
    let dots = SharedOutput::new(grow(operation, &mut workspace.dots, one_each * piece_samples * hidden)?);
    let places = SharedOutput::new(grow(operation, &mut workspace.places, one_each * 2 * hidden)?);
    let errors = SharedOutput::new(grow(operation, &mut workspace.errors, one_each * hidden)?);
    let settled = SharedOutput::new(grow(operation, &mut workspace.settled, one_each * hidden)?);
    let counts = grow(operation, &mut workspace.counts, count)?;
    let shared_counts = SharedOutput::new(counts);
    let (winner, rival, values) =
        (SharedOutput::new(ranked.winner), SharedOutput::new(ranked.rival), SharedOutput::new(ranked.values));
    threads.run(count.div_ceil(piece_samples), &|piece, thread| {
        let mine = |length: usize| thread * length..(thread + 1) * length;
        // SAFETY: a thread has workspaces of its own.
        let (images, dots, places, errors, settled) = unsafe {
            (
                images.part(mine(piece_samples * pairs)),
                dots.part(mine(piece_samples * hidden)),
                places.part(mine(2 * hidden)),
                errors.part(mine(hidden)),
                settled.part(mine(hidden)),
            )
        };
        let first = piece * piece_samples;
        let piece_samples = piece_samples.min(count - first);
        let sample_at = |place: usize| match left {
            Left::All => first + place,
            Left::Units { order, .. } => order[first + place] as usize,
        };
        let images = &mut images[..piece_samples * pairs];
        for (place, image) in images.chunks_exact_mut(pairs).enumerate() {
            write_pairs(&pixels[sample_at(place) * inputs..][..inputs], image);
        }
        let (places, kept) = places.split_at_mut(hidden);
        let places = match left {
            Left::All => {
                places.iter_mut().zip(0..).for_each(|(place, unit)| *place = unit);
                places
            }
            Left::Units { bits, .. } => left_of_any(bits, words_of(hidden), piece_samples, sample_at, places),
        };
        let errors = &mut errors[..places.len()];
        for (error, &unit) in errors.iter_mut().zip(&*places) {
            *error = units[unit as usize].error;
        }
        let rows = IntegerRows { values: quantised, scales, places };
        multiply(images, rows, pairs, dots, places.len());
        for (place, middles) in dots.chunks_exact(places.len()).take(piece_samples).enumerate() {
            let sample = sample_at(place);
            let bounds = Bounds {
                middles,
                errors,
                error_factor: length_above(&pixels[sample * inputs..][..inputs]),
                lengths: errors,
                length_factor: 0.0,
            };
            let mut kept_count = 0;
            bounds.keep_candidates(rank, |place| {
                kept[kept_count] = places[place as usize];
                kept_count += 1;
            });
            let values_of_sample = &samples[sample * inputs..][..inputs];
            let (first, last) =
                first_and_last(values_of_sample, effective, &kept[..kept_count], rank, settled);
            // SAFETY: a sample belongs to one piece.
            unsafe {
                winner.part(sample..sample + 1)[0] = first.unit;
                rival.part(sample..sample + 1)[0] = last.unit;
                values.part(2 * sample..2 * sample + 2).copy_from_slice(&[first.value, last.value]);
                shared_counts.part(sample..sample + 1)[0] = kept_count as u32;
            }
        }
    })?;
    Ok(counts.iter().map(|&count| u64::from(count)).sum())
}

/// Samples of a piece: their integers take a quarter of a MiB of the second cache at 3072 inputs.
const MOST_SAMPLES: usize = 40;
/// Pieces that a batch is cut into where it is large enough.
const PIECES: usize = 32;
/// Samples whose units are multiplied together.
const FEW_SAMPLES: usize = 8;

/// The units that are left of any of the first `count` samples, ascending.
fn left_of_any<'p>(
    bits: &[u32],
    words: usize,
    count: usize,
    sample_at: impl Fn(usize) -> usize,
    places: &'p mut [u32],
) -> &'p mut [u32] {
    let mut found = 0;
    for word in 0..words {
        let mut any = (0..count).fold(0, |any, place| any | bits[sample_at(place) * words + word]);
        while any != 0 {
            places[found] = (word * u32::BITS as usize) as u32 + any.trailing_zeros();
            found += 1;
            any &= any - 1;
        }
    }
    &mut places[..found]
}

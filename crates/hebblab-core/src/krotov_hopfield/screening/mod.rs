//! Who wins, without the whole product: integer dots with rigorous bounds leave a few candidates a sample, and only
//! these are multiplied in f32, in the order of the whole product, so that winners and values keep its bits.
//!
//! A sample is x = s p, with bytes p and a scale s > 0; a row of effective weights is w = t q + r, with integers q.
//! Then w.x / s lies within |p| |r| of t (q.p), where q.p is exact (Cauchy-Schwarz), and the f32 pre-activation within
//! rounding of w.x: see [`error_of_row`]. A unit whose upper bound is below k lower bounds is not among the first k.

mod candidates;
mod integer_product;
pub mod projection;
mod quantised;
mod sieve;

pub use quantised::{ScreenedWeights, UnitScreen, padded_inputs, refresh, refresh_all};
pub use sieve::{Rows, Sieve, Sieved, rank_by_sieve};

use super::LayerShape;
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::threads::{SharedOutput, Threads};
use candidates::{first_and_last, keep_candidates};
use integer_product::{ImagesAtPair, TILE_IMAGES, UnitsAtPair, multiply_images, pack_images, pack_units};

/// Buffers of the screen, kept between steps.
#[derive(Debug, Default)]
pub struct ScreeningWorkspace {
    packed_units: Vec<UnitsAtPair>,
    /// Per thread.
    packed_images: Vec<ImagesAtPair>,
    dots: Vec<f32>,
    candidates: Vec<u32>,
    values: Vec<f32>,
    counts: Vec<u32>,
    sieve: sieve::SieveWorkspace,
    pub projection: projection::ProjectionWorkspace,
}

/// Samples as bytes and as the floats that these stand for.
#[derive(Clone, Copy)]
pub struct ScreenedBatch<'a> {
    pub count: usize,
    pub pixels: &'a [u8],
    pub scales: &'a [f32],
    pub samples: &'a [f32],
}

/// Receives the ranked units of each sample, and the pre-activations of both, [count, 2].
pub struct Ranked<'a> {
    pub winner: &'a mut [u32],
    pub rival: &'a mut [u32],
    pub values: &'a mut [f32],
}

impl Ranked<'_> {
    /// The same places, for a first try.
    pub fn reborrow(&mut self) -> Ranked<'_> {
        Ranked { winner: self.winner, rival: self.rival, values: self.values }
    }
}

/// How a screen ended.
pub enum Screened {
    /// Every sample is ranked; the candidates of all samples together.
    Ranked { candidates: u64 },
    /// The bounds say nothing: pre-activations might leave the range of f32, or scales are too small or not positive.
    OutOfRange,
}

/// Most places that are ranked by a screen.
pub const LARGEST_RANK: usize = 16;

/// Below this, a byte times the scale could be subnormal, which counts as zero in a product.
const SMALLEST_SCALE: f32 = 1e-30;

/// Ranks the units for every sample: see the module. `effective` are the f32 weights of which `screen` is made.
pub fn rank_by_screen(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &ScreenedWeights,
    ranked: Ranked,
    workspace: &mut ScreeningWorkspace,
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
    let padded_hidden = units.len() / pairs.max(1) * integer_product::TILE_UNITS;
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

/// Whether no bound and no partial sum of a pre-activation can overflow, and no sample has subnormal values. Bounds are
/// over the scale, so that a small one does not help.
fn is_in_range(screen: &ScreenedWeights, batch: ScreenedBatch, inputs: usize) -> bool {
    let longest_sample = 255.0 * (inputs as f64).sqrt();
    let largest_scale = batch.scales.iter().fold(1f32, |most, &scale| most.max(scale));
    let longest_row = 1e37 / (longest_sample * f64::from(largest_scale));
    // No maximum of the lengths, which would pass over one that is not a number.
    screen.units.iter().all(|unit| f64::from(unit.length) < longest_row)
        && batch.scales.iter().all(|&scale| scale >= SMALLEST_SCALE)
}

/// |p| of a sample's bytes, rounded up.
fn length_above(pixels: &[u8]) -> f32 {
    let squares: u64 = pixels
        .chunks(1 << 16)
        .map(|chunk| u64::from(chunk.iter().map(|&pixel| u32::from(pixel) * u32::from(pixel)).sum::<u32>()))
        .sum();
    ((squares as f64).sqrt() * ROUNDED_UP) as f32
}

/// More than the roundings of a conversion to f32 and of a few f64 operations.
const ROUNDED_UP: f64 = 1.0 + 1e-6;

/// The error of the dot t (q.p), per unit of |p|, that covers everything between it and the f32 pre-activation over s:
/// - |r|, what the integers leave of the row (Cauchy-Schwarz);
/// - the f32 sum: n roundings on the way of a product into the sum give an error of at most
///   n u / (1 - n u) sum |x| |w| <= n u / (1 - n u) s |p| |w| (Higham 2002, eq. 3.5), u = 2^-24, with
///   n = 1 product + 256 sums + 1 sum per 256 inputs, and one more for x = s p itself;
/// - t (q.p) computed in f32, and the two bounds: 5 u (|w| + |r|);
/// - products that underflow: at most 2^-149 for each input, over s >= 1e-30.
fn error_of_row(inputs: usize, length: f64, residual: f64) -> f64 {
    let bounds = 5.0 * UNIT * (length + residual);
    (residual + sum_error(roundings_of_sum(inputs)) * length + bounds + underflow(inputs)) * ROUNDED_UP
}

const UNIT: f64 = 1.0 / (1_u64 << 24) as f64;

/// On the way of a product into a sum of `crate::gemm`, and one more of an operand.
fn roundings_of_sum(inputs: usize) -> f64 {
    (259 + inputs.div_ceil(256)) as f64
}

fn sum_error(roundings: f64) -> f64 {
    roundings * UNIT / (1.0 - roundings * UNIT)
}

fn underflow(inputs: usize) -> f64 {
    inputs as f64 * 2f64.powi(-149) / f64::from(SMALLEST_SCALE)
}

//! The samples of a step, and where their ranks go.

use super::quantised::ScreenedWeights;
use super::rounding::{ROUNDED_UP, SMALLEST_SCALE};

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

/// Most places that are ranked by a screen.
pub const LARGEST_RANK: usize = 16;

/// Whether no bound and no partial sum of a pre-activation can overflow, and no sample has subnormal values. Bounds are
/// over the scale, so that a small one does not help.
pub fn is_in_range(screen: &ScreenedWeights, batch: ScreenedBatch, inputs: usize) -> bool {
    let longest_sample = 255.0 * (inputs as f64).sqrt();
    let largest_scale = batch.scales.iter().fold(1f32, |most, &scale| most.max(scale));
    let longest_row = 1e37 / (longest_sample * f64::from(largest_scale));
    // No maximum of the lengths, which would pass over one that is not a number.
    screen.units.iter().all(|unit| f64::from(unit.length) < longest_row)
        && batch.scales.iter().all(|&scale| scale >= SMALLEST_SCALE)
}

/// |p| of a sample's bytes, rounded up.
pub fn length_above(pixels: &[u8]) -> f32 {
    let squares: u64 = pixels
        .chunks(1 << 16)
        .map(|chunk| u64::from(chunk.iter().map(|&pixel| u32::from(pixel) * u32::from(pixel)).sum::<u32>()))
        .sum();
    ((squares as f64).sqrt() * ROUNDED_UP) as f32
}

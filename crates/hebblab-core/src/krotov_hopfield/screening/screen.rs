//! Ranks by integer dots of all units, and the pre-activations of what these leave.

use super::super::LayerShape;
use super::batch::{Ranked, ScreenedBatch, is_in_range};
use super::quantised::ScreenedWeights;
use super::settle::{Left, SettleWorkspace, settle};
use crate::error::KernelResult;
use crate::threads::Threads;

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
    workspace: &mut SettleWorkspace,
) -> KernelResult<Screened> {
    if !is_in_range(screen, batch, shape.inputs) {
        return Ok(Screened::OutOfRange);
    }
    let candidates =
        settle(threads, operation, shape, rank, batch, effective, screen, Left::All, ranked, workspace)?;
    Ok(Screened::Ranked { candidates })
}

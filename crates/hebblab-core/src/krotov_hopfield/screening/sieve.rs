//! Ranks by three sieves: dots of coefficients leave some units a sample, integer dots of these leave candidates, and
//! their pre-activations decide.

use super::super::LayerShape;
use super::batch::{Ranked, ScreenedBatch, is_in_range, length_above};
use super::candidates::{first_and_last, keep_candidates};
use super::projection::{Projection, ProjectionWorkspace, Tail};
use super::quantised::{ScreenedWeights, padded_inputs};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::gemm::{Form, GemmShape, gemm};
use crate::simd::pairs::{Pair, pair, pair_dot};
use crate::threads::{SharedOutput, Threads};

/// What the first sieve needs of the layer and of the samples.
#[derive(Clone, Copy)]
pub struct Sieve<'a> {
    pub projection: Projection<'a>,
    pub units: Rows<'a>,
    pub samples: Rows<'a>,
}

/// Rows in the coordinates of the projection.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// [rows, dimensions]
    pub coefficients: &'a [f32],
    /// [rows]
    pub tails: &'a [Tail],
}

/// How the sieves ended.
pub enum Sieved {
    Ranked {
        survivors: u64,
        candidates: u64,
    },
    /// The first sieve leaves so many units that the whole integer product is cheaper.
    TooMany,
    /// As [`super::Screened::OutOfRange`].
    OutOfRange,
}

/// Buffers of the sieves, kept between steps.
#[derive(Debug, Default)]
pub struct SieveWorkspace {
    slacks: Vec<f32>,
    /// [count, hidden]
    survivors: Vec<u32>,
    survivor_counts: Vec<u32>,
    counts: Vec<u32>,
    /// Per thread.
    image: Vec<Pair>,
    dots: Vec<f32>,
    kept: Vec<u32>,
    settled: Vec<f32>,
}

/// Survivors a sample, on average, up to which their integer dots are cheaper than those of all units: one alone costs
/// about as much as 12 of the 2000 in tiles, and the first sieve as much as 300.
const SHARE_WORTH_IT: usize = 16;
/// Samples of a piece.
const PIECE: usize = 8;

/// Ranks the units for every sample; see [`super`] for the bounds.
pub fn rank_by_sieve(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &ScreenedWeights,
    sieve: Sieve,
    ranked: Ranked,
    workspace: &mut SieveWorkspace,
    buffers: &mut ProjectionWorkspace,
) -> KernelResult<Sieved> {
    if !is_in_range(screen, batch, shape.inputs) {
        return Ok(Sieved::OutOfRange);
    }
    let Some(total) =
        find_survivors(threads, operation, shape, rank, batch.count, sieve, workspace, buffers)?
    else {
        return Ok(Sieved::TooMany);
    };
    let candidates = settle(threads, operation, shape, rank, batch, effective, screen, ranked, workspace)?;
    Ok(Sieved::Ranked { survivors: total, candidates })
}

/// The survivors of all samples together; nothing where they are too many.
fn find_survivors(
    threads: &dyn Threads,
    operation: &'static str,
    LayerShape { inputs, hidden }: LayerShape,
    rank: usize,
    count: usize,
    Sieve { projection, units, samples }: Sieve,
    workspace: &mut SieveWorkspace,
    buffers: &mut ProjectionWorkspace,
) -> KernelResult<Option<u64>> {
    let dots = grow(operation, &mut buffers.dots, count * hidden)?;
    let product = GemmShape { rows: count, columns: hidden, inner: projection.dimensions };
    gemm(threads, Form::NT, product, samples.coefficients, units.coefficients, dots, &mut buffers.gemm)
        .map_err(|error| crate::KernelError { operation, ..error })?;
    let slacks = grow(operation, &mut workspace.slacks, hidden)?;
    for (slack, unit) in slacks.iter_mut().zip(units.tails) {
        *slack = projection.slack(inputs, unit.length);
    }
    let (dots, slacks) = (&*dots, &*slacks);
    let counts = grow(operation, &mut workspace.survivor_counts, count)?;
    let shared_counts = SharedOutput::new(counts);
    let survivors = SharedOutput::new(grow(operation, &mut workspace.survivors, count * hidden)?);
    threads.run(count.div_ceil(PIECE), &|piece, _| {
        for sample in piece * PIECE..count.min((piece + 1) * PIECE) {
            let dots = &dots[sample * hidden..][..hidden];
            let Tail { tail, length } = samples.tails[sample];
            let bounds = |unit: usize| (dots[unit], units.tails[unit].tail * tail + slacks[unit] * length);
            // SAFETY: a sample belongs to one piece.
            let (kept, kept_count) = unsafe {
                let kept = sample * hidden..(sample + 1) * hidden;
                (survivors.part(kept), shared_counts.part(sample..sample + 1))
            };
            kept_count[0] = keep_candidates(hidden, bounds, rank, kept) as u32;
        }
    })?;
    let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    Ok((total <= (count * hidden / SHARE_WORTH_IT) as u64).then_some(total))
}

/// Integer dots of the survivors, and the pre-activations of what these leave.
fn settle(
    threads: &dyn Threads,
    operation: &'static str,
    LayerShape { inputs, hidden }: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &ScreenedWeights,
    ranked: Ranked,
    workspace: &mut SieveWorkspace,
) -> KernelResult<u64> {
    let ScreenedBatch { count, pixels, samples, .. } = batch;
    let pairs = padded_inputs(inputs) / 2;
    let one_each = threads.count();
    let image = SharedOutput::new(grow(operation, &mut workspace.image, one_each * pairs)?);
    let dots = SharedOutput::new(grow(operation, &mut workspace.dots, one_each * hidden)?);
    let kept = SharedOutput::new(grow(operation, &mut workspace.kept, one_each * hidden)?);
    let settled = SharedOutput::new(grow(operation, &mut workspace.settled, one_each * hidden)?);
    let counts = grow(operation, &mut workspace.counts, count)?;
    let shared_counts = SharedOutput::new(counts);
    let (winner, rival, values) =
        (SharedOutput::new(ranked.winner), SharedOutput::new(ranked.rival), SharedOutput::new(ranked.values));
    let (survivors, survivor_counts) = (&workspace.survivors, &workspace.survivor_counts);
    threads.run(count.div_ceil(PIECE), &|piece, thread| {
        let mine = |length: usize| thread * length..(thread + 1) * length;
        // SAFETY: a thread has workspaces of its own.
        let (image, dots, kept, settled) = unsafe {
            (
                image.part(mine(pairs)),
                dots.part(mine(hidden)),
                kept.part(mine(hidden)),
                settled.part(mine(hidden)),
            )
        };
        for sample in piece * PIECE..count.min((piece + 1) * PIECE) {
            let pixels = &pixels[sample * inputs..][..inputs];
            write_pairs(pixels, image);
            let survivors = &survivors[sample * hidden..][..survivor_counts[sample] as usize];
            for (dot, &unit) in dots.iter_mut().zip(survivors) {
                let unit = unit as usize;
                let row = &screen.quantised[unit * pairs..][..pairs];
                *dot = screen.units[unit].scale * pair_dot(image, row) as f32;
            }
            let length = length_above(pixels);
            let bounds = |place: usize| (dots[place], length * screen.units[survivors[place] as usize].error);
            let kept_count = keep_candidates(survivors.len(), bounds, rank, kept);
            for place in &mut kept[..kept_count] {
                *place = survivors[*place as usize];
            }
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

fn write_pairs(pixels: &[u8], pairs: &mut [Pair]) {
    let (whole, rest) = pixels.as_chunks::<2>();
    for (target, &[first, second]) in pairs.iter_mut().zip(whole) {
        *target = pair(first.into(), second.into());
    }
    if let (&[last], Some(target)) = (rest, pairs.last_mut()) {
        *target = pair(last.into(), 0);
    }
}

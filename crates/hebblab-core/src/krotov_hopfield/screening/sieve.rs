//! Ranks by three sieves: dots of coefficients, and of coarse integers where there are such, leave some units a sample;
//! integer dots of these leave candidates, and their pre-activations decide.

use super::super::LayerShape;
use super::batch::{Ranked, ScreenedBatch, is_in_range};
use super::candidates::Bounds;
use super::coarse::{self, CoarseUnit, padded_bytes};
use super::integer_product::{IntegerRows, multiply};
use super::projection::{Projection, Tail, scale_of};
use super::quantised::ScreenedWeights;
use super::settle::{Left, SettleWorkspace, settle, words_of};
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::bytes;
use crate::simd::pairs::Pair;
use crate::simd::{F32x4, LANES};
use crate::threads::{SharedOutput, Threads, for_each_part};

/// What the first sieve needs of the layer and of the samples.
#[derive(Clone, Copy)]
pub struct Sieve<'a> {
    pub projection: Projection<'a>,
    /// Of what `coarse` leaves, where there is such.
    pub units: Rows<'a>,
    pub coarse: Option<Coarse<'a>>,
    pub samples: Rows<'a>,
}

/// Coarse forms of all units: see [`super::coarse`].
#[derive(Clone, Copy)]
pub struct Coarse<'a> {
    pub bytes: &'a [u8],
    pub units: &'a [CoarseUnit],
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
    /// As [`super::Screened::OutOfRange`].
    OutOfRange,
}

/// Buffers of the first sieve, kept between steps.
#[derive(Debug, Default)]
pub struct SieveWorkspace {
    /// Of units: integers [hidden, pairs] of their coefficients, and what they stand for.
    units: Vec<Pair>,
    scales: Vec<f32>,
    tails: Vec<f32>,
    slacks: Vec<f32>,
    places: Vec<u32>,
    /// Per thread.
    samples: Vec<Pair>,
    bytes: Vec<u8>,
    byte_starts: Vec<[i16; bytes::LANES]>,
    dots: Vec<f32>,
    /// A bit for each unit that is left of a sample, [count, words_of(hidden)].
    left: Vec<u32>,
    counts: Vec<u32>,
    /// Likely winners.
    first: Vec<u32>,
    starts: Vec<u32>,
    order: Vec<u32>,
}

/// Samples of a piece.
const PIECE: usize = 24;

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
    settling: &mut SettleWorkspace,
) -> KernelResult<Sieved> {
    if !is_in_range(screen, batch, shape.inputs) {
        return Ok(Sieved::OutOfRange);
    }
    let survivors = find_survivors(threads, operation, shape, rank, batch, screen, sieve, workspace)?;
    by_likely_winner(operation, shape.hidden, batch.count, workspace)?;
    let left = Left::Units { bits: &workspace.left, order: &workspace.order };
    let candidates =
        settle(threads, operation, shape, rank, batch, effective, screen, left, ranked, settling)?;
    Ok(Sieved::Ranked { survivors, candidates })
}

/// Marks what the first sieve leaves of each sample; returns how many units, all samples together.
fn find_survivors(
    threads: &dyn Threads,
    operation: &'static str,
    LayerShape { inputs, hidden }: LayerShape,
    rank: usize,
    ScreenedBatch { count, pixels, .. }: ScreenedBatch,
    screen: &ScreenedWeights,
    Sieve { projection, units, coarse, samples }: Sieve,
    workspace: &mut SieveWorkspace,
) -> KernelResult<u64> {
    let dimensions = projection.dimensions;
    let pairs = dimensions.div_ceil(2);
    let unit_integers = grow(operation, &mut workspace.units, hidden * pairs)?;
    for_each_part(threads, unit_integers, UNITS * pairs, &|part, integers| {
        for (integers, unit) in integers.chunks_exact_mut(pairs).zip(part * UNITS..) {
            let coefficients = &units.coefficients[unit * dimensions..][..dimensions];
            write_integers(coefficients, scale_of(units.tails[unit].length), integers);
        }
    })?;
    let scales = grow(operation, &mut workspace.scales, hidden)?;
    let tails = grow(operation, &mut workspace.tails, hidden)?;
    let slacks = grow(operation, &mut workspace.slacks, hidden)?;
    let places = grow(operation, &mut workspace.places, hidden)?;
    for (unit, &Tail { tail, length }) in units.tails.iter().enumerate() {
        scales[unit] = scale_of(length);
        tails[unit] = tail;
        slacks[unit] = projection.slack(inputs, length, screen.units[unit].length);
        places[unit] = unit as u32;
    }
    let rows = IntegerRows { values: unit_integers, scales, places };
    let (tails, slacks) = (&*tails, &*slacks);
    let words = words_of(hidden);
    let one_each = threads.count();
    let integers = SharedOutput::new(grow(operation, &mut workspace.samples, one_each * PIECE * pairs)?);
    let sample_bytes = if coarse.is_some() { padded_bytes(inputs) } else { 0 };
    let blocks = sample_bytes / bytes::BLOCK;
    let sample_values =
        SharedOutput::new(grow(operation, &mut workspace.bytes, one_each * PIECE * sample_bytes)?);
    let starts = SharedOutput::new(grow(operation, &mut workspace.byte_starts, one_each * PIECE * blocks)?);
    let dots = SharedOutput::new(grow(operation, &mut workspace.dots, one_each * PIECE * hidden)?);
    let left = SharedOutput::new(grow(operation, &mut workspace.left, count * words)?);
    let first = SharedOutput::new(grow(operation, &mut workspace.first, count)?);
    let counts = grow(operation, &mut workspace.counts, count)?;
    let shared_counts = SharedOutput::new(counts);
    threads.run(count.div_ceil(PIECE), &|piece, thread| {
        let mine = |length: usize| thread * length..(thread + 1) * length;
        let range = piece * PIECE..count.min((piece + 1) * PIECE);
        // SAFETY: a thread has workspaces of its own, and a sample belongs to one piece.
        let (integers, values, starts, dots, left, first, counts) = unsafe {
            (
                integers.part(mine(PIECE * pairs)),
                sample_values.part(mine(PIECE * sample_bytes)),
                starts.part(mine(PIECE * blocks)),
                dots.part(mine(PIECE * hidden)),
                left.part(range.start * words..range.end * words),
                first.part(range.clone()),
                shared_counts.part(range.clone()),
            )
        };
        let integers = &mut integers[..range.len() * pairs];
        for (integers, sample) in integers.chunks_exact_mut(pairs).zip(range.clone()) {
            let coefficients = &samples.coefficients[sample * dimensions..][..dimensions];
            write_integers(coefficients, scale_of(samples.tails[sample].length), integers);
        }
        multiply(integers, rows, pairs, dots, hidden);
        if let Some(Coarse { bytes, units }) = coarse {
            let (values, starts) =
                (&mut values[..range.len() * sample_bytes], &mut starts[..range.len() * blocks]);
            let mut factors = [0.0; PIECE];
            let parts = values.chunks_exact_mut(sample_bytes).zip(starts.chunks_exact_mut(blocks));
            for ((place, sample), (values, starts)) in range.clone().enumerate().zip(parts) {
                coarse::write_signed(&pixels[sample * inputs..][..inputs], values, starts);
                factors[place] = 1.0 / scale_of(samples.tails[sample].length);
            }
            coarse::add_dots(values, starts, &factors[..range.len()], bytes, units, dots);
        }
        left.fill(0);
        for (place, sample) in range.enumerate() {
            let Tail { tail, length } = samples.tails[sample];
            let scale = scale_of(length);
            let bounds = Bounds {
                middles: &dots[place * hidden..][..hidden],
                errors: tails,
                error_factor: tail / scale,
                lengths: slacks,
                length_factor: length / scale,
            };
            let left = &mut left[place * words..][..words];
            first[place] = bounds.keep_candidates(rank, |unit| {
                left[(unit / u32::BITS) as usize] |= 1 << (unit % u32::BITS);
            });
            counts[place] = left.iter().map(|word| word.count_ones()).sum();
        }
    })?;
    Ok(counts.iter().map(|&count| u64::from(count)).sum())
}

/// Units whose coefficients are made integers in one piece.
const UNITS: usize = 64;

fn write_integers(coefficients: &[f32], scale: f32, integers: &mut [Pair]) {
    let inverse = F32x4::splat(1.0 / scale);
    let load = |values: &[f32]| (F32x4::load(values) * inverse).nearest();
    let (whole, rest) = coefficients.as_chunks::<{ 2 * LANES }>();
    let (targets, last) = integers.split_at_mut(whole.len() * LANES);
    for (target, values) in targets.chunks_exact_mut(LANES).zip(whole) {
        target.copy_from_slice(&F32x4::to_pairs(load(values), load(&values[LANES..])));
    }
    if !rest.is_empty() {
        let mut padded = [0.0; 2 * LANES];
        padded[..rest.len()].copy_from_slice(rest);
        last.copy_from_slice(&F32x4::to_pairs(load(&padded), load(&padded[LANES..]))[..last.len()]);
    }
}

/// Orders the samples by their likely winners, so that neighbours are left with many units in common.
fn by_likely_winner(
    operation: &'static str,
    hidden: usize,
    count: usize,
    workspace: &mut SieveWorkspace,
) -> KernelResult<()> {
    let first = &workspace.first[..count];
    let starts = grow(operation, &mut workspace.starts, hidden + 1)?;
    let order = grow(operation, &mut workspace.order, count)?;
    starts.fill(0);
    for &unit in first {
        starts[unit as usize + 1] += 1;
    }
    for unit in 0..hidden {
        starts[unit + 1] += starts[unit];
    }
    for (sample, &unit) in first.iter().enumerate() {
        order[starts[unit as usize] as usize] = sample as u32;
        starts[unit as usize] += 1;
    }
    Ok(())
}

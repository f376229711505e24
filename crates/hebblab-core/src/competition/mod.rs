//! Winner-take-all: who won a sample, and who came k-th. Ties go to the lower index.

pub mod reference;
mod selection;

use std::sync::atomic::{AtomicBool, Ordering};

use crate::buffers::reserve;
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::simd::{F32x4, LANES};
use crate::threads::{SharedOutput, Threads};
use selection::at_rank;

/// Up to this rank one pass keeps the best few in a sorted list; beyond it a selection is cheaper.
const LONGEST_LIST: usize = 16;

/// The index of the largest value of every row of `preactivations` [batch, hidden], into `winner`
/// [batch]. Also the predicted class of a row of logits.
///
/// # Errors
/// A wrong length, no units, or a value that is not finite (the sample and unit are named).
///
/// ```
/// let mut winner = [0; 2];
/// hebblab_core::competition::winners(&[1.0, 3.0, 3.0, 5.0, 4.0, 2.0], 2, 3, &mut winner)?;
/// assert_eq!(winner, [1, 0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn winners(preactivations: &[f32], batch: usize, hidden: usize, winner: &mut [u32]) -> KernelResult<()> {
    const OPERATION: &str = "winners";
    ensure(hidden >= 1, OPERATION, || "at least 1 unit".into(), || hidden.to_string())?;
    ensure_length(OPERATION, "preactivations", batch * hidden, preactivations.len())?;
    ensure_length(OPERATION, "winner", batch, winner.len())?;
    for (sample, (row, winner)) in preactivations.chunks_exact(hidden).zip(winner).enumerate() {
        let best = best_units::<1>(row, 1).map_err(|unit| not_finite(OPERATION, sample, unit, row))?;
        *winner = best[0].unit;
    }
    Ok(())
}

/// Per row of `preactivations` [batch, hidden] the unit with the largest value and the one with the
/// k-th largest, 2 <= k <= hidden, into `winner` and `rival` [batch]. Equal values rank by index.
///
/// Source: the ranking of Krotov & Hopfield 2019, eq. 9-10; arXiv 2405.00679, A2.
///
/// # Errors
/// A wrong length, k out of range, or a value that is not finite (the sample and unit are named).
pub fn winners_and_rivals(
    preactivations: &[f32],
    batch: usize,
    hidden: usize,
    k: usize,
    winner: &mut [u32],
    rival: &mut [u32],
) -> KernelResult<()> {
    const OPERATION: &str = "winnersAndRivals";
    ensure(
        (2..=hidden).contains(&k),
        OPERATION,
        || format!("2 <= k <= {hidden} units"),
        || format!("k = {k}"),
    )?;
    ensure_length(OPERATION, "preactivations", batch * hidden, preactivations.len())?;
    ensure_length(OPERATION, "winner", batch, winner.len())?;
    ensure_length(OPERATION, "rival", batch, rival.len())?;
    let mut order: Vec<u32> = Vec::new();
    if k > LONGEST_LIST {
        reserve(OPERATION, &mut order, hidden)?;
        order.extend(0..hidden as u32);
    }
    for (sample, row) in preactivations.chunks_exact(hidden).enumerate() {
        let ranked = match k {
            2 => best_units::<2>(row, 2).map(|best| (best[0].unit, best[1].unit)),
            3..=LONGEST_LIST => {
                best_units::<LONGEST_LIST>(row, k).map(|best| (best[0].unit, best[k - 1].unit))
            }
            _ => select(row, k, &mut order),
        };
        (winner[sample], rival[sample]) = ranked.map_err(|unit| not_finite(OPERATION, sample, unit, row))?;
    }
    Ok(())
}

/// [`winners_and_rivals`] on several threads.
///
/// # Errors
/// As there.
pub fn rank_units(
    threads: &dyn Threads,
    preactivations: &[f32],
    batch: usize,
    hidden: usize,
    k: usize,
    winner: &mut [u32],
    rival: &mut [u32],
) -> KernelResult<()> {
    // Longer lists need memory, which a piece cannot ask for.
    if k > LONGEST_LIST || batch * hidden < SMALL || threads.count() == 1 {
        return winners_and_rivals(preactivations, batch, hidden, k, winner, rival);
    }
    let failed = AtomicBool::new(false);
    let rows = SMALL.div_ceil(hidden);
    let (winners, rivals) = (SharedOutput::new(winner), SharedOutput::new(rival));
    threads.run(batch.div_ceil(rows), &|piece, _| {
        let part = piece * rows..batch.min((piece + 1) * rows);
        // SAFETY: a sample belongs to one piece.
        let (winner, rival) = unsafe { (winners.part(part.clone()), rivals.part(part.clone())) };
        let values = &preactivations[part.start * hidden..part.end * hidden];
        if winners_and_rivals(values, part.len(), hidden, k, winner, rival).is_err() {
            failed.store(true, Ordering::Relaxed);
        }
    })?;
    if failed.into_inner() {
        // Finds the first error.
        return winners_and_rivals(preactivations, batch, hidden, k, winner, rival);
    }
    Ok(())
}

/// Fewer values than this are ranked by the caller: some 20 microseconds.
const SMALL: usize = 1 << 15;

#[derive(Clone, Copy)]
struct Ranked {
    value: f32,
    unit: u32,
}

/// The `k` largest values in order, or the first unit whose value is not finite.
///
/// Most values of a long row are below the k-th best so far: sixteen at a time are passed over.
#[inline(always)]
fn best_units<const LONGEST: usize>(row: &[f32], k: usize) -> Result<[Ranked; LONGEST], usize> {
    const CHUNK: usize = 4 * LANES;
    let mut best = [Ranked { value: f32::NEG_INFINITY, unit: 0 }; LONGEST];
    for (chunk_index, chunk) in row.chunks(CHUNK).enumerate() {
        if chunk.len() == CHUNK && all_at_most(chunk, best[k - 1].value) {
            continue;
        }
        for (offset, &value) in chunk.iter().enumerate() {
            let unit = chunk_index * CHUNK + offset;
            if !value.is_finite() {
                return Err(unit);
            }
            if value > best[k - 1].value {
                insert(&mut best[..k], Ranked { value, unit: unit as u32 });
            }
        }
    }
    Ok(best)
}

/// Whether sixteen values are finite and none is above `bound`.
#[inline(always)]
fn all_at_most(values: &[f32], bound: f32) -> bool {
    let (low, high) = (F32x4::splat(f32::MIN), F32x4::splat(bound));
    values.chunks_exact(LANES).all(|values| F32x4::load(values).all_within(low, high))
}

/// Puts `entry` behind every entry that is as large, so that the lower index stays in front; the last falls out.
#[inline(always)]
fn insert(best: &mut [Ranked], entry: Ranked) {
    let mut place = best.len() - 1;
    while place > 0 && best[place - 1].value < entry.value {
        best[place] = best[place - 1];
        place -= 1;
    }
    best[place] = entry;
}

/// The first and the k-th unit by selection; `order` holds the unit indices in any order.
fn select(row: &[f32], k: usize, order: &mut [u32]) -> Result<(u32, u32), usize> {
    let winner = best_units::<1>(row, 1)?[0].unit;
    let rival = at_rank(order, k, |a, b| {
        let (left, right) = (row[a as usize], row[b as usize]);
        left > right || (left == right && a < b)
    });
    Ok((winner, rival))
}

fn not_finite(operation: &'static str, sample: usize, unit: usize, row: &[f32]) -> KernelError {
    KernelError {
        operation,
        expected: "finite pre-activations".into(),
        got: format!("{} at sample {sample}, unit {unit}", row[unit]),
    }
}

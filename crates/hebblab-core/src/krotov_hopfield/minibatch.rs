//! The minibatch rule, sparse: a sample moves two units, so only rows of W that won or were the rival
//! in the batch are computed and changed.

use super::screening::projection::project_units;
use super::screening::{
    self, Coarse, LARGEST_RANK, ProjectedLayer, Ranked, Rows, Screen, Screened, ScreenedBatch,
    ScreeningWorkspace, Sieve, Sieved,
};
use super::update::TouchedRows;
use super::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, check, multiply, samples_as_floats,
};
use crate::buffers::grow;
use crate::competition::rank_units;
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::threads::Threads;

const OPERATION: &str = "krotovHopfieldMinibatchStep";

/// How winners are to be found, where that can be done: the screen and the sieve need samples as bytes, k <= 16,
/// magnitudes that cannot overflow and what they derive from the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ranking {
    Product,
    Screen,
    Sieve,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// max |dW|
    pub largest: f32,
    /// Rows of W that changed.
    pub touched: usize,
    pub ranked_by: RankedBy,
}

/// How winners and rivals were found. Their bits do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankedBy {
    /// All pre-activations.
    Product,
    /// The pre-activations of this many candidates, all samples together.
    Screen { candidates: u64 },
    /// Integer dots of this many survivors of the projection, and the pre-activations of the candidates.
    Sieve { survivors: u64, candidates: u64 },
}

/// One step of the minibatch rule on `batch_count` >= 1 samples.
///
/// h = W~ v; g = 1 for the winner, -delta for rank k; dW = R^p g^T V - (sum_b g h) W;
/// W += learning_rate dW / max(max |dW|, precision)  (arXiv 2405.00679, A2).
///
/// `effective` [hidden, inputs] must hold [`super::effective_weights`] of `weights` and does so again
/// afterwards, and so must `screen`. `winner` and `rival` [batch] receive the ranked units. The contributions to a row
/// are summed in the order of the samples. A failed step leaves weights and what is derived from them as they were.
///
/// # Errors
/// A rule out of range, a wrong length, or values that are not finite (blaming inputs or weights).
///
/// ```
/// use hebblab_core::krotov_hopfield::*;
/// use hebblab_core::threads::OneThread;
/// let rule = KrotovHopfieldRule { p: 2.0, k: 2, delta: 0.0, radius: 1.0, precision: 1e-9 };
/// let shape = LayerShape { inputs: 2, hidden: 2 };
/// let (mut weights, mut effective) = ([1.0, 0.0, 0.0, 0.5], [1.0, 0.0, 0.0, 0.5]);
/// let (mut winner, mut rival) = ([0], [0]);
/// let batch = Batch::Floats(&[0.5, 0.5]);
/// // h = (0.5, 0.25): unit 0 moves by v - 0.5 w = (0, 0.5), scaled to a largest change of 0.1.
/// let step = minibatch_step(&OneThread, &rule, shape, 0.1, 1, batch, &mut weights, &mut effective,
///     None, Ranking::Product, &mut winner, &mut rival, &mut KrotovHopfieldWorkspace::default())?;
/// assert_eq!((step.largest, winner, rival), (0.5, [0], [1]));
/// assert_eq!(weights, [1.0, 0.1, 0.0, 0.5]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn minibatch_step(
    threads: &dyn Threads,
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f32,
    batch_count: usize,
    batch: Batch,
    weights: &mut [f32],
    effective: &mut [f32],
    screen: Option<Screen>,
    ranking: Ranking,
    winner: &mut [u32],
    rival: &mut [u32],
    workspace: &mut KrotovHopfieldWorkspace,
) -> KernelResult<Step> {
    check::rule(OPERATION, rule, shape, learning_rate)?;
    ensure(batch_count >= 1, OPERATION, || "at least 1 sample".into(), || "0".into())?;
    check::batch_lengths(OPERATION, shape, batch_count, batch)?;
    check::weight_lengths(OPERATION, shape, weights, effective)?;
    ensure_length(OPERATION, "winner", batch_count, winner.len())?;
    ensure_length(OPERATION, "rival", batch_count, rival.len())?;
    if let Some(screen) = &screen {
        screen.check_lengths(OPERATION, shape, batch_count)?;
    }

    let KrotovHopfieldWorkspace { floats, screening, ranked, contributions, update, largest, .. } = workspace;
    let samples = samples_as_floats(threads, OPERATION, shape, batch, floats)?;
    let ranked = grow(OPERATION, ranked, 2 * batch_count)?;
    let ranked_by = match (&screen, batch) {
        (Some(screen), Batch::Bytes { pixels, scales })
            if ranking != Ranking::Product && rule.k <= LARGEST_RANK && shape.inputs >= 1 =>
        {
            let batch = ScreenedBatch { count: batch_count, pixels, scales, samples };
            let places = Ranked { winner, rival, values: ranked };
            rank_without_product(
                threads, shape, rule.k, batch, effective, screen, ranking, places, screening,
            )?
        }
        _ => RankedBy::Product,
    };
    if ranked_by == RankedBy::Product {
        let preactivations = grow(OPERATION, &mut workspace.preactivations, batch_count * shape.hidden)?;
        multiply(threads, shape, batch_count, samples, effective, preactivations, &mut workspace.gemm)?;
        rank_units(threads, preactivations, batch_count, shape.hidden, rule.k, winner, rival)
            .map_err(|error| blame(error, shape, samples, weights))?;
        let rows = preactivations.chunks_exact(shape.hidden);
        let units = winner.iter().zip(&*rival);
        for ((values, row), (&winner, &rival)) in ranked.chunks_exact_mut(2).zip(rows).zip(units) {
            values.copy_from_slice(&[row[winner as usize], row[rival as usize]]);
        }
    }

    contributions.group(OPERATION, shape.hidden, rule.delta, winner, rival, ranked)?;
    let touched = contributions.touched().len();
    let update = grow(OPERATION, update, touched * shape.inputs)?;
    let largest = grow(OPERATION, largest, touched)?;
    let rows = TouchedRows { threads, rule, shape, contributions };
    rows.sum_changes(samples, weights, update, largest)?;
    let largest = largest.iter().fold(0f32, |most, &row| most.max(row));
    ensure(
        largest.is_finite(),
        OPERATION,
        || "an update within the range of f32".into(),
        || "overflow: inputs or weights are too large".into(),
    )?;
    if let Some(Screen { projected: Some(ProjectedLayer { projection, .. }), .. }) = &screen {
        // Before a weight changes: what is derived from it could not follow.
        screening.projection.reserve(OPERATION, shape.inputs, projection.dimensions, touched)?;
    }
    let divisor = largest.max(rule.precision);
    match screen {
        None => rows.apply_changes(learning_rate, divisor, update, weights, effective, None)?,
        Some(Screen { weights: screened, projected }) => {
            rows.apply_changes(learning_rate, divisor, update, weights, effective, Some(screened))?;
            if let Some(ProjectedLayer { projection, mut units, coarse, .. }) = projected {
                let (touched, buffers) = (contributions.touched(), &mut screening.projection);
                project_units(
                    threads, OPERATION, shape, projection, touched, effective, &mut units, coarse, buffers,
                )?;
            }
        }
    }
    Ok(Step { largest, touched, ranked_by })
}

/// By the sieve where it is asked for, else by the screen, else not at all: `Product`.
fn rank_without_product(
    threads: &dyn Threads,
    shape: LayerShape,
    rank: usize,
    batch: ScreenedBatch,
    effective: &[f32],
    screen: &Screen,
    ranking: Ranking,
    mut places: Ranked,
    workspace: &mut ScreeningWorkspace,
) -> KernelResult<RankedBy> {
    if let (Ranking::Sieve, Some(ProjectedLayer { projection, units, coarse, samples: Some(samples) })) =
        (ranking, &screen.projected)
    {
        let units = Rows { coefficients: units.coefficients, tails: units.tails };
        let coarse = coarse.as_ref().map(|coarse| Coarse { bytes: coarse.bytes, units: coarse.units });
        let sieve = Sieve { projection: *projection, units, coarse, samples: *samples };
        let places = places.reborrow();
        let outcome = screening::rank_by_sieve(
            threads,
            OPERATION,
            shape,
            rank,
            batch,
            effective,
            &screen.weights,
            sieve,
            places,
            &mut workspace.sieve,
            &mut workspace.settle,
        )?;
        if let Sieved::Ranked { survivors, candidates } = outcome {
            return Ok(RankedBy::Sieve { survivors, candidates });
        }
    }
    let outcome = screening::rank_by_screen(
        threads,
        OPERATION,
        shape,
        rank,
        batch,
        effective,
        &screen.weights,
        places,
        &mut workspace.settle,
    )?;
    Ok(match outcome {
        Screened::Ranked { candidates } => RankedBy::Screen { candidates },
        Screened::OutOfRange => RankedBy::Product,
    })
}

/// Replaces "the pre-activation is not finite" by its cause.
fn blame(error: KernelError, shape: LayerShape, samples: &[f32], weights: &[f32]) -> KernelError {
    check::finite_rows(OPERATION, "inputs", "sample", shape.inputs, samples)
        .and_then(|()| check::finite_rows(OPERATION, "weights", "unit", shape.inputs, weights))
        .err()
        .unwrap_or(KernelError {
            operation: OPERATION,
            expected: "effective weights that belong to the weights, and pre-activations within f32".into(),
            got: error.got,
        })
}

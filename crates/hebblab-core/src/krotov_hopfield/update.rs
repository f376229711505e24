//! The touched rows of W: the sums that move them, and what follows from the change.

use super::contributions::{Contribution, Contributions};
use super::screening::{self, ScreenedWeights, padded_inputs};
use super::{KrotovHopfieldRule, LayerShape, radius_power, write_effective};
use crate::error::KernelResult;
use crate::simd::{F32x4, LANES};
use crate::threads::{SharedOutput, Threads};

/// What both halves of an update read.
#[derive(Clone, Copy)]
pub struct TouchedRows<'a> {
    pub threads: &'a dyn Threads,
    pub rule: &'a KrotovHopfieldRule,
    pub shape: LayerShape,
    pub contributions: &'a Contributions,
}

/// Touched rows of a piece.
const PIECE_ROWS: usize = 4;

impl TouchedRows<'_> {
    /// dW of the touched rows, and the largest magnitude in each.
    pub fn sum_changes(
        self,
        samples: &[f32],
        weights: &[f32],
        update: &mut [f32],
        largest: &mut [f32],
    ) -> KernelResult<()> {
        let radius_power = radius_power(self.rule);
        let (update, largest) = (SharedOutput::new(update), SharedOutput::new(largest));
        let inputs = self.shape.inputs;
        self.for_each_touched(&|row, unit| {
            let entries = self.contributions.of(unit);
            let weights = &weights[unit as usize * inputs..][..inputs];
            let decay: f64 =
                entries.iter().map(|entry| entry.factor as f64 * entry.preactivation as f64).sum();
            // SAFETY: a touched row belongs to one piece.
            let (change, largest) =
                unsafe { (update.part(row * inputs..(row + 1) * inputs), largest.part(row..row + 1)) };
            sum_samples(entries, samples, change);
            largest[0] = finish_row(radius_power, decay as f32, weights, change);
        })
    }

    /// W += learning_rate dW / divisor in the touched rows, and what is derived from them.
    pub fn apply_changes(
        self,
        learning_rate: f32,
        divisor: f32,
        update: &[f32],
        weights: &mut [f32],
        effective: &mut [f32],
        screened: Option<ScreenedWeights>,
    ) -> KernelResult<()> {
        let inputs = self.shape.inputs;
        let (weights, effective) = (SharedOutput::new(weights), SharedOutput::new(effective));
        let screened = screened.map(|ScreenedWeights { quantised, units }| {
            (SharedOutput::new(quantised), SharedOutput::new(units))
        });
        let pairs = padded_inputs(inputs) / 2;
        self.for_each_touched(&|row, unit| {
            let unit = unit as usize;
            let place = unit * inputs..(unit + 1) * inputs;
            // SAFETY: a unit belongs to one piece.
            let (weights, effective) = unsafe { (weights.part(place.clone()), effective.part(place)) };
            add_scaled(learning_rate, divisor, &update[row * inputs..][..inputs], weights);
            write_effective(self.rule.p, weights, effective);
            if let Some((quantised, units)) = &screened {
                // SAFETY: as above.
                let (quantised, units) =
                    unsafe { (quantised.part(unit * pairs..(unit + 1) * pairs), units.part(unit..unit + 1)) };
                screening::refresh(effective, quantised, &mut units[0]);
            }
        })
    }

    /// Calls `change(row, unit)` for the touched units, `row` counting them.
    fn for_each_touched(self, change: &(dyn Fn(usize, u32) + Sync)) -> KernelResult<()> {
        let touched = self.contributions.touched();
        self.threads.run(touched.len().div_ceil(PIECE_ROWS), &|piece, _| {
            let first = piece * PIECE_ROWS;
            for (row, &unit) in touched.iter().enumerate().skip(first).take(PIECE_ROWS) {
                change(row, unit);
            }
        })
    }
}

/// `weights += learning_rate (changes / divisor)`
fn add_scaled(learning_rate: f32, divisor: f32, changes: &[f32], weights: &mut [f32]) {
    let (rates, divisors) = (F32x4::splat(learning_rate), F32x4::splat(divisor));
    let (whole, rest) = weights.as_chunks_mut::<LANES>();
    let (whole_changes, rest_changes) = changes.as_chunks::<LANES>();
    for (weights, changes) in whole.iter_mut().zip(whole_changes) {
        (F32x4::load(weights) + rates * (F32x4::load(changes) / divisors)).store(weights);
    }
    for (weight, change) in rest.iter_mut().zip(rest_changes) {
        *weight += learning_rate * (change / divisor);
    }
}

/// `row = sum factor * sample` in the order of the entries.
fn sum_samples(entries: &[Contribution], samples: &[f32], row: &mut [f32]) {
    let inputs = row.len();
    row.fill(0.0);
    for entry in entries {
        let sample = &samples[entry.sample as usize * inputs..][..inputs];
        let factor = F32x4::splat(entry.factor);
        let whole = inputs - inputs % LANES;
        for (sums, values) in row.chunks_exact_mut(LANES).zip(sample.chunks_exact(LANES)) {
            factor.mul_add(F32x4::load(values), F32x4::load(sums)).store(sums);
        }
        for (sum, value) in row[whole..].iter_mut().zip(&sample[whole..]) {
            *sum += entry.factor * value;
        }
    }
}

/// `row = radius_power * row - decay * weights`; returns the largest magnitude, infinite if a value is not finite.
fn finish_row(radius_power: f32, decay: f32, weights: &[f32], row: &mut [f32]) -> f32 {
    let (radius_powers, decays) = (F32x4::splat(radius_power), F32x4::splat(decay));
    let (low, high) = (F32x4::splat(f32::MIN), F32x4::splat(f32::MAX));
    let mut largest = F32x4::zero();
    let mut finite = true;
    let (whole, rest) = row.as_chunks_mut::<LANES>();
    let (whole_weights, rest_weights) = weights.as_chunks::<LANES>();
    for (changes, weights) in whole.iter_mut().zip(whole_weights) {
        let values = radius_powers * F32x4::load(changes) - decays * F32x4::load(weights);
        values.store(changes);
        finite &= values.all_within(low, high);
        largest = largest.max(values.abs());
    }
    let mut largest = largest.horizontal_max();
    for (change, weight) in rest.iter_mut().zip(rest_weights) {
        *change = radius_power * *change - decay * weight;
        finite &= change.is_finite();
        largest = largest.max(change.abs());
    }
    if finite { largest } else { f32::INFINITY }
}

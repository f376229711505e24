//! From bounds to candidates, and from candidates to ranks.

use super::batch::LARGEST_RANK;
use crate::gemm::single::{ROWS, single_outputs};
use crate::simd::{F32x4, LANES};
use std::array::from_fn;

/// Of each place: its value lies within `errors error_factor + lengths length_factor` of `middles`.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    pub middles: &'a [f32],
    pub errors: &'a [f32],
    pub error_factor: f32,
    pub lengths: &'a [f32],
    pub length_factor: f32,
}

impl Bounds<'_> {
    /// The lower and upper bounds of four places; of those beyond the end, less than any other.
    #[inline(always)]
    fn at(&self, place: usize) -> (F32x4, F32x4) {
        let load = |values: &[f32], beyond: f32| match values.get(place..place + LANES) {
            Some(values) => F32x4::load(values),
            None => F32x4::load(&from_fn::<_, LANES, _>(|lane| *values.get(place + lane).unwrap_or(&beyond))),
        };
        let errors = load(self.errors, 0.0) * F32x4::splat(self.error_factor);
        let half = errors + load(self.lengths, 0.0) * F32x4::splat(self.length_factor);
        let middle = load(self.middles, f32::MIN);
        (middle - half, middle + half)
    }

    /// Calls `keep` for each place that may be among the first `rank`, ascending; returns one that is likely the first.
    ///
    /// At least `rank` places have a value above the rank-th largest lower bound, so one whose upper bound is below that
    /// is out.
    #[inline(always)]
    pub fn keep_candidates(&self, rank: usize, mut keep: impl FnMut(u32)) -> u32 {
        let places = self.middles.len();
        let mut best = [f32::NEG_INFINITY; LARGEST_RANK];
        let best = &mut best[..rank];
        let mut first = 0;
        for place in (0..places).step_by(LANES) {
            let (lower, _) = self.at(place);
            if lower.at_least(F32x4::splat(best[rank - 1])) == 0 {
                continue;
            }
            for (lane, lower) in lower.to_array().into_iter().enumerate() {
                if lower > best[rank - 1] {
                    let rank = best.partition_point(|&other| other >= lower);
                    best[rank..].rotate_right(1);
                    best[rank] = lower;
                    if rank == 0 {
                        first = (place + lane) as u32;
                    }
                }
            }
        }
        let bound = F32x4::splat(best[rank - 1]);
        for place in (0..places).step_by(LANES) {
            let (_, upper) = self.at(place);
            let mut kept = upper.at_least(bound);
            while kept != 0 {
                keep(place as u32 + kept.trailing_zeros());
                kept &= kept - 1;
            }
        }
        first
    }
}

#[derive(Debug, Clone, Copy)]
pub struct RankedUnit {
    pub unit: u32,
    pub value: f32,
}

/// The first and the `rank`-th of the candidates by their f32 pre-activations; the lower index first where equal.
/// `values` has room for all.
pub fn first_and_last(
    sample: &[f32],
    effective: &[f32],
    candidates: &[u32],
    rank: usize,
    values: &mut [f32],
) -> (RankedUnit, RankedUnit) {
    let inputs = sample.len();
    let values = &mut values[..candidates.len()];
    for (units, values) in candidates.chunks(ROWS).zip(values.chunks_mut(ROWS)) {
        let rows = std::array::from_fn(|row| {
            let unit = units[row.min(units.len() - 1)] as usize;
            &effective[unit * inputs..][..inputs]
        });
        values.copy_from_slice(&single_outputs(sample, rows)[..units.len()]);
    }
    let mut best = [RankedUnit { unit: 0, value: f32::NEG_INFINITY }; LARGEST_RANK];
    let best = &mut best[..rank];
    for (&unit, &value) in candidates.iter().zip(&*values) {
        if value > best[rank - 1].value {
            let place = best.partition_point(|other| other.value >= value);
            best[place..].rotate_right(1);
            best[place] = RankedUnit { unit, value };
        }
    }
    (best[0], best[rank - 1])
}

//! From bounds to candidates, and from candidates to ranks.

use super::batch::LARGEST_RANK;
use crate::gemm::single::{ROWS, single_outputs};

/// The places that may be among the first `rank`, ascending, at the front of `kept` [places], and how many they are.
///
/// `bounds` gives the middle and the half width of a place's bounds. At least `rank` places have a value above the
/// rank-th largest lower bound, so one whose upper bound is below that is out.
#[inline(always)]
pub fn keep_candidates(
    places: usize,
    bounds: impl Fn(usize) -> (f32, f32),
    rank: usize,
    kept: &mut [u32],
) -> usize {
    let mut best = [f32::NEG_INFINITY; LARGEST_RANK];
    let best = &mut best[..rank];
    for place in 0..places {
        let (middle, half) = bounds(place);
        let lower = middle - half;
        if lower > best[rank - 1] {
            let rank = best.partition_point(|&other| other >= lower);
            best[rank..].rotate_right(1);
            best[rank] = lower;
        }
    }
    let bound = best[rank - 1];
    let mut count = 0;
    for place in 0..places {
        let (middle, half) = bounds(place);
        kept[count] = place as u32;
        count += usize::from(middle + half >= bound);
    }
    count
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

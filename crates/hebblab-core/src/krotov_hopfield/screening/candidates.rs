//! From bounds to candidates, and from candidates to ranks.

use super::quantised::UnitScreen;
use crate::gemm::single::{ROWS, single_outputs};

/// The units that may be among the first `rank`, ascending, at the front of `kept` [hidden].
///
/// `dots` are the middles of the bounds; their half widths are `length` times the units' errors. At least `rank` units
/// have a value above the rank-th largest lower bound, so a unit whose upper bound is below that is out.
pub fn keep_candidates<'k>(
    dots: &[f32],
    units: &[UnitScreen],
    length: f32,
    rank: usize,
    kept: &'k mut [u32],
) -> &'k [u32] {
    let mut best = [f32::NEG_INFINITY; super::LARGEST_RANK];
    let best = &mut best[..rank];
    for (&dot, unit) in dots.iter().zip(units) {
        let lower = dot - length * unit.error;
        if lower > best[rank - 1] {
            let place = best.partition_point(|&other| other >= lower);
            best[place..].rotate_right(1);
            best[place] = lower;
        }
    }
    let bound = best[rank - 1];
    let mut count = 0;
    for (index, (&dot, unit)) in dots.iter().zip(units).enumerate() {
        kept[count] = index as u32;
        count += usize::from(dot + length * unit.error >= bound);
    }
    &kept[..count]
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
    let mut best = [RankedUnit { unit: 0, value: f32::NEG_INFINITY }; super::LARGEST_RANK];
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

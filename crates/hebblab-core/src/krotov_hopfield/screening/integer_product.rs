//! Dots of rows of integers, exact, in tiles.

use crate::simd::pairs::{LEFT_ROWS, Pair, RIGHT_ROWS, pair, pair_dots};
use crate::simd::{F32x4, LANES};

/// Some rows of integers [.., pairs], by their places, and what their dots are multiplied by.
#[derive(Clone, Copy)]
pub struct IntegerRows<'a> {
    pub values: &'a [Pair],
    pub scales: &'a [f32],
    pub places: &'a [u32],
}

/// `dots[l, r] = scale_r (left_l . right_r)`, rounded twice, for the rows of `left` [count, pairs] and those that `right`
/// names; rows of `dots` are `stride` apart. The dots must fit 31 bits.
pub fn multiply(left: &[Pair], right: IntegerRows, pairs: usize, dots: &mut [f32], stride: usize) {
    let IntegerRows { values, scales, places } = right;
    let count = left.len() / pairs;
    for (tile, places) in places.chunks(RIGHT_ROWS).enumerate() {
        let place = |index: usize| places[index.min(places.len() - 1)] as usize;
        let factors = F32x4::load(&std::array::from_fn::<_, RIGHT_ROWS, _>(|index| scales[place(index)]));
        let others = std::array::from_fn(|index| &values[place(index) * pairs..][..pairs]);
        for first in (0..count).step_by(LEFT_ROWS) {
            let rows = std::array::from_fn(|index| &left[(first + index).min(count - 1) * pairs..][..pairs]);
            let sums = pair_dots(rows, others);
            for (row, sums) in (first..count).zip(sums) {
                let dots = &mut dots[row * stride + tile * RIGHT_ROWS..][..places.len()];
                store(factors * sums.to_floats(), dots);
            }
        }
    }
}

/// The first values, of the last tile not all.
#[inline(always)]
pub fn store(values: F32x4, target: &mut [f32]) {
    if target.len() == LANES {
        values.store(target);
    } else {
        target.copy_from_slice(&values.to_array()[..target.len()]);
    }
}

/// The bytes of a sample as pairs.
pub fn write_pairs(pixels: &[u8], pairs: &mut [Pair]) {
    let (whole, rest) = pixels.as_chunks::<2>();
    for (target, &[first, second]) in pairs.iter_mut().zip(whole) {
        *target = pair(first.into(), second.into());
    }
    if let (&[last], Some(target)) = (rest, pairs.last_mut()) {
        *target = pair(last.into(), 0);
    }
}

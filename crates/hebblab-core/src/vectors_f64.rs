//! Products of f64 vectors. Sums run in a fixed number of lanes, so that they give the same bits on every target.
//! Never inlined: they have many callers, and a call costs little beside a vector.

use crate::error::{KernelError, KernelResult};

const LANES: usize = 8;

/// Sum of `left[i] * right[i]`; the slices must be equally long.
#[inline(never)]
pub fn dot(left: &[f64], right: &[f64]) -> f64 {
    debug_assert_eq!(left.len(), right.len());
    let mut sums = [0.0; LANES];
    let (left_blocks, left_rest) = left.as_chunks::<LANES>();
    let (right_blocks, right_rest) = right.as_chunks::<LANES>();
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| a * b).sum();
    sum_lanes(sums) + rest
}

/// `dot` of a stored f32 row with an f64 vector.
#[inline(never)]
pub fn dot_f32(left: &[f32], right: &[f64]) -> f64 {
    debug_assert_eq!(left.len(), right.len());
    let mut sums = [0.0; LANES];
    let (left_blocks, left_rest) = left.as_chunks::<LANES>();
    let (right_blocks, right_rest) = right.as_chunks::<LANES>();
    for (a, b) in left_blocks.iter().zip(right_blocks) {
        for lane in 0..LANES {
            sums[lane] += f64::from(a[lane]) * b[lane];
        }
    }
    let rest: f64 = left_rest.iter().zip(right_rest).map(|(a, b)| f64::from(*a) * b).sum();
    sum_lanes(sums) + rest
}

/// `out += factor * vector`.
#[inline(never)]
pub fn add_scaled(out: &mut [f64], factor: f64, vector: &[f64]) {
    for (value, addend) in out.iter_mut().zip(vector) {
        *value += factor * addend;
    }
}

/// `out += first_factor * first + second_factor * second`.
#[inline(never)]
pub fn add_two_scaled(out: &mut [f64], first_factor: f64, first: &[f64], second_factor: f64, second: &[f64]) {
    for ((value, first), second) in out.iter_mut().zip(first).zip(second) {
        *value += first_factor * first + second_factor * second;
    }
}

/// `out += factor * vector` for a stored f32 row.
#[inline(never)]
pub fn add_scaled_f32(out: &mut [f64], factor: f64, vector: &[f32]) {
    for (value, addend) in out.iter_mut().zip(vector) {
        *value += factor * f64::from(*addend);
    }
}

#[inline(never)]
pub fn scale(values: &mut [f64], factor: f64) {
    for value in values {
        *value *= factor;
    }
}

#[inline(never)]
pub fn largest_magnitude(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, value| value.abs().max(largest))
}

/// Euclidean length, safe from overflow and underflow of the squares.
#[inline(never)]
pub fn length(values: &[f64]) -> f64 {
    let sum = dot(values, values);
    if (1e-280..1e280).contains(&sum) {
        return sum.sqrt();
    }
    let largest = largest_magnitude(values);
    if largest == 0.0 {
        return 0.0;
    }
    let sum: f64 = values.iter().map(|value| (value / largest) * (value / largest)).sum();
    largest * sum.sqrt()
}

/// The power of two p with `1 <= largest * p < 2`, kept within the normal range; 1 for 0.
#[inline(never)]
pub fn power_of_two_scale(largest: f64) -> f64 {
    if largest == 0.0 { 1.0 } else { libm::scalbn(1.0, (-libm::ilogb(largest)).clamp(-1022, 1022)) }
}

/// An eigenvector is known up to sign only: this one makes its component of largest magnitude positive.
#[inline(never)]
pub fn fix_sign(vector: &mut [f64]) {
    let largest =
        vector.iter().fold(0.0_f64, |kept, value| if value.abs() > kept.abs() { *value } else { kept });
    if largest < 0.0 {
        scale(vector, -1.0);
    }
}

/// A start vector without structure that a matrix could be orthogonal to: values in [-1, 1) from the
/// SplitMix64 sequence (Steele, Lea & Flood 2014), the `sequence`-th vector of its kind.
#[inline(never)]
pub fn fill_start(vector: &mut [f64], sequence: u64) {
    let mut state = (sequence + 1) << 32;
    for value in vector {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        *value = (bits >> 11) as f64 * (2.0 / (1_u64 << 53) as f64) - 1.0;
    }
}

/// Checks that every value of an array named `name` is finite.
#[inline(never)]
pub fn ensure_finite(operation: &'static str, name: &str, values: &[f64]) -> KernelResult<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(KernelError {
            operation,
            expected: format!("finite values in {name}"),
            got: format!("{} at index {index}", values[index]),
        }),
    }
}

fn sum_lanes(sums: [f64; LANES]) -> f64 {
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
}

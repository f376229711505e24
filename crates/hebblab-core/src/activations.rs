//! Biases and the power activation `ReLU(z)^n` (Krotov & Hopfield 2019 use n = 4.5).
//!
//! Results below f32's normal range become 0: a denormal operand makes every later multiply-add many
//! times slower in WebAssembly. NaN passes through, so that the loss after it reports it.

use crate::error::KernelResult;
use crate::threads::{OneThread, Threads, for_each_part};

/// Values of a piece: shorter arrays are not worth waking anybody. A multiple of [`LANES`].
pub(crate) const PART: usize = 1 << 15;

/// Columns summed at once: their sums stay in registers or in the first cache.
const COLUMN_BLOCK: usize = 64;

/// Powers up to this are formed by multiplications; beyond it their rounding would exceed 1e-6.
const LARGEST_PRODUCT_POWER: f32 = 8.0;

const LANES: usize = 16;

/// `matrix[row][column] += bias[column]`. `matrix` is [rows, columns], `bias` is `[columns]`.
///
/// # Errors
/// When a thread failed.
///
/// # Panics
/// If a length does not fit the shape.
pub fn add_row_bias(
    threads: &dyn Threads,
    matrix: &mut [f32],
    rows: usize,
    columns: usize,
    bias: &[f32],
) -> KernelResult<()> {
    assert_eq!(matrix.len(), rows * columns, "addRowBias: matrix");
    assert_eq!(bias.len(), columns, "addRowBias: bias");
    let columns = columns.max(1);
    for_each_part(threads, matrix, PART.div_ceil(columns) * columns, &|_, rows| {
        for row in rows.chunks_exact_mut(columns) {
            for (value, addend) in row.iter_mut().zip(bias) {
                *value += addend;
            }
        }
    })
}

/// `out[column]` = sum over the rows, from the first to the last, in f64.
///
/// # Errors
/// When a thread failed.
///
/// # Panics
/// If a length does not fit the shape.
pub fn column_sums(
    threads: &dyn Threads,
    matrix: &[f32],
    rows: usize,
    columns: usize,
    out: &mut [f32],
) -> KernelResult<()> {
    assert_eq!(matrix.len(), rows * columns, "columnSums: matrix");
    assert_eq!(out.len(), columns, "columnSums: out");
    let threads = if matrix.len() <= PART { &OneThread } else { threads };
    for_each_part(threads, out, COLUMN_BLOCK, &|block, sums_out| {
        let first = block * COLUMN_BLOCK;
        let mut sums = [0.0_f64; COLUMN_BLOCK];
        for row in matrix.chunks_exact(columns) {
            for (sum, value) in sums.iter_mut().zip(&row[first..first + sums_out.len()]) {
                *sum += f64::from(*value);
            }
        }
        for (value, sum) in sums_out.iter_mut().zip(sums) {
            *value = sum as f32;
        }
    })
}

/// `values[i] = max(values[i], 0)^power` in place, for a finite `power` > 0; relative error below 1e-6.
/// Powers that are multiples of 1/2 up to 8 are several times faster than others.
///
/// ```
/// use hebblab_core::{activations::relu_power, threads::OneThread};
/// let mut values = [-1.0, 0.0, 4.0];
/// relu_power(&OneThread, &mut values, 4.5)?;
/// assert_eq!(values, [0.0, 0.0, 512.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
///
/// # Errors
/// When a thread failed.
pub fn relu_power(threads: &dyn Threads, values: &mut [f32], power: f32) -> KernelResult<()> {
    let activation = ReluPower::new(power);
    for_each_part(threads, values, PART, &|_, values| activation.apply(values))
}

/// A power activation that is applied to many pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReluPower {
    power: f32,
    threshold: f32,
}

impl ReluPower {
    pub fn new(power: f32) -> Self {
        debug_assert!(power.is_finite() && power > 0.0);
        ReluPower { power, threshold: smallest_base(power) }
    }

    pub fn apply(self, values: &mut [f32]) {
        let ReluPower { power, threshold } = self;
        if power == 1.0 {
            for value in values {
                *value = if *value < threshold { 0.0 } else { *value };
            }
            return;
        }
        let (blocks, rest) = values.as_chunks_mut::<LANES>();
        for block in blocks {
            *block = power_above(block, power, threshold);
        }
        if !rest.is_empty() {
            let mut block = [0.0; LANES];
            block[..rest.len()].copy_from_slice(rest);
            rest.copy_from_slice(&power_above(&block, power, threshold)[..rest.len()]);
        }
    }
}

/// Turns the gradient with respect to `max(z, 0)^power` into the one with respect to z, in place:
/// `gradient[i] *= power z^(power-1)` where z > 0, and 0 elsewhere (at z = 0 too).
///
/// # Errors
/// When a thread failed.
///
/// # Panics
/// If the lengths differ.
pub fn relu_power_backward(
    threads: &dyn Threads,
    preactivations: &[f32],
    power: f32,
    gradient: &mut [f32],
) -> KernelResult<()> {
    debug_assert!(power.is_finite() && power > 0.0);
    assert_eq!(preactivations.len(), gradient.len(), "reluPowerBackward: gradient");
    let threshold = smallest_base(power - 1.0);
    for_each_part(threads, gradient, PART, &|part, gradient| {
        let preactivations = &preactivations[part * PART..][..gradient.len()];
        multiply_by_slopes(gradient, preactivations, power, threshold);
    })
}

fn multiply_by_slopes(gradient: &mut [f32], preactivations: &[f32], power: f32, threshold: f32) {
    if power == 1.0 {
        for (value, z) in gradient.iter_mut().zip(preactivations) {
            let slope = if z.is_nan() { f32::NAN } else { 1.0 };
            *value = if *z < threshold { 0.0 } else { flush_denormal(*value * slope) };
        }
        return;
    }
    let (blocks, rest) = gradient.as_chunks_mut::<LANES>();
    let (z_blocks, z_rest) = preactivations.as_chunks::<LANES>();
    for (block, z) in blocks.iter_mut().zip(z_blocks) {
        multiply_by_slope(block, z, power, threshold);
    }
    if !rest.is_empty() {
        let mut block = [0.0; LANES];
        let mut z = [0.0; LANES];
        block[..rest.len()].copy_from_slice(rest);
        z[..rest.len()].copy_from_slice(z_rest);
        multiply_by_slope(&mut block, &z, power, threshold);
        rest.copy_from_slice(&block[..rest.len()]);
    }
}

/// 0 for magnitudes below f32's normal range, the value itself otherwise.
pub(crate) fn flush_denormal(value: f32) -> f32 {
    if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value }
}

fn multiply_by_slope(gradient: &mut [f32; LANES], z: &[f32; LANES], power: f32, threshold: f32) {
    let slopes = power_above(z, power - 1.0, threshold);
    for lane in 0..LANES {
        let product = flush_denormal(gradient[lane] * (power * slopes[lane]));
        gradient[lane] = if z[lane] < threshold { 0.0 } else { product };
    }
}

/// The least positive base whose power is a normal f32; never 0, so that `z < threshold` covers `z <= 0`.
fn smallest_base(power: f32) -> f32 {
    if power <= 1.0 {
        return f32::MIN_POSITIVE;
    }
    // The margin covers the rounding of the threshold itself.
    (libm::pow(f64::from(f32::MIN_POSITIVE), 1.0 / f64::from(power)) * 1.000_001) as f32
}

/// `base^power` where base >= threshold, 0 where it is below, NaN where it is NaN.
fn power_above(bases: &[f32; LANES], power: f32, threshold: f32) -> [f32; LANES] {
    let mut base = *bases;
    for value in &mut base {
        *value = if *value < threshold { 0.0 } else { *value };
    }
    let halves = power * 2.0;
    if !(0.0..=LARGEST_PRODUCT_POWER).contains(&power) || halves != libm::floorf(halves) {
        // 0 stays 0 even for a negative power: it stands for "not active", not for a number.
        return base.map(|value| if value == 0.0 { 0.0 } else { libm::powf(value, power) });
    }
    half_integer_power(base, halves as u32)
}

/// `base^(halves / 2)` by repeated squaring and one square root.
fn half_integer_power(mut base: [f32; LANES], halves: u32) -> [f32; LANES] {
    let mut result = [1.0; LANES];
    if halves % 2 == 1 {
        for lane in 0..LANES {
            result[lane] = base[lane].sqrt();
        }
    }
    let mut exponent = halves / 2;
    while exponent > 0 {
        if exponent % 2 == 1 {
            for lane in 0..LANES {
                result[lane] *= base[lane];
            }
        }
        exponent /= 2;
        if exponent > 0 {
            for lane in 0..LANES {
                base[lane] *= base[lane];
            }
        }
    }
    result
}

//! A first sieve for layers that have learned: dots in the few dimensions in which the data vary most.
//!
//! With a basis B of m nearly orthonormal rows, B B^T = 1 + E, and coefficients c = B w, a = B p of a row and of a
//! sample's bytes, both rounded: w.p is c.a up to |w_tail| |p_tail|, the lengths of what the coefficients leave out
//! (Cauchy-Schwarz), and rounding. Let d bound the rounding of coefficients relative to the length. Then
//! |w_tail|^2 <= |w|^2 - |c|^2 + (2 d + |E|) |w|^2, for p alike, and what remains is within
//! (2 d + |E| + what integers leave of c and a) |w| |p|, each with a few per cent to spare; see [`Projection::slack`].

use super::super::LayerShape;
use super::coarse::{self, CoarseWeights, padded_bytes};
use super::rounding::{ROUNDED_UP, roundings_of_sum, sum_error, underflow};
use crate::buffers::grow;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::gemm::{Form, GemmShape, GemmWorkspace, gemm};
use crate::threads::{SharedOutput, Threads, for_each_part};

/// The basis of a sieve.
#[derive(Clone, Copy)]
pub struct Projection<'a> {
    /// B [dimensions, inputs]: orthonormal up to `defect`.
    pub basis: &'a [f32],
    pub dimensions: usize,
    /// The Frobenius norm of B B^T - 1, or more; see [`defect_of`].
    pub defect: f32,
}

/// Of each row what its coefficients leave out.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct Tail {
    /// |w_tail| or |p_tail|, rounded up.
    pub tail: f32,
    /// |w| or |p|, rounded up.
    pub length: f32,
}

/// Rows in the coordinates of a basis.
pub struct Projected<'a> {
    /// [rows, dimensions]
    pub coefficients: &'a mut [f32],
    /// [rows]
    pub tails: &'a mut [Tail],
}

/// Bases further from orthonormal than this say too little to be worth a sieve.
const LARGEST_DEFECT: f64 = 1e-2;

impl Projection<'_> {
    /// d: a coefficient is a sum of `inputs` products with a row of length about 1, and m of them are a vector.
    fn rounding(&self, inputs: usize) -> f64 {
        (self.dimensions as f64).sqrt() * sum_error(roundings_of_sum(inputs)) * 1.02
    }

    fn defect(&self) -> f64 {
        f64::from(self.defect)
    }

    /// The tail of a row from the squares of its length and of its coefficients.
    fn tail(&self, inputs: usize, squares: f64, coefficients: f64) -> Tail {
        let left = squares - coefficients + 1.05 * (2.0 * self.rounding(inputs) + self.defect()) * squares;
        Tail { tail: round_up(left.max(0.0).sqrt()), length: round_up(squares.sqrt()) }
    }

    /// What a dot of coefficients as integers may be off besides |w_tail| |p_tail|, over |p|: for a row of this length, or
    /// what coarse integers leave of a row, up to the f32 pre-activation over s of the row, of length `whole`, and the
    /// bounds computed in f32. Coarse integers, a row of at most 2 |w|, cost five roundings, and what they leave two.
    pub fn slack(&self, inputs: usize, length: f32, whole: f32) -> f32 {
        let integers = 2.0 * 0.51 * (self.dimensions as f64).sqrt() / f64::from(LARGEST_LENGTH);
        let dots = 2.0 * self.rounding(inputs) + self.defect() + integers;
        let values = sum_error(roundings_of_sum(inputs) + 24.0);
        let underflows = underflow(inputs) + (self.dimensions as f32 * SMALLEST_SCALE) as f64;
        round_up(1.05 * dots * f64::from(length) + values * f64::from(whole) + underflows)
    }
}

/// What an integer stands for in the coefficients of a row of this length. These are no longer than 1.01 times the row
/// ([`LARGEST_DEFECT`]), so that they fit 16 bits and a dot of two such rows 31. Coefficients differ from their integers by
/// 0.51 of that at most, the rounding of the quotient included.
pub fn scale_of(length: f32) -> f32 {
    (length / LARGEST_LENGTH).max(SMALLEST_SCALE)
}

/// The length of a row in its integers.
const LARGEST_LENGTH: f32 = 32_000.0;

/// A row below that is shorter in its integers: an absolute error, but one far below [`underflow`].
const SMALLEST_SCALE: f32 = 1e-37;

fn round_up(value: f64) -> f32 {
    (value * ROUNDED_UP) as f32
}

/// The Frobenius norm of B B^T - 1 for a basis [dimensions, inputs], in f64 and rounded up.
///
/// # Errors
/// A wrong length, or a basis that is not nearly orthonormal.
pub fn defect_of(
    threads: &dyn Threads,
    inputs: usize,
    dimensions: usize,
    basis: &[f32],
    workspace: &mut Vec<f64>,
) -> KernelResult<f32> {
    const OPERATION: &str = "createKrotovHopfieldProjection";
    ensure_length(OPERATION, "basis", dimensions * inputs, basis.len())?;
    let sums = grow(OPERATION, workspace, dimensions)?;
    for_each_part(threads, sums, 1, &|row, sum| {
        let row_values = &basis[row * inputs..][..inputs];
        for (column, other) in basis.chunks_exact(inputs.max(1)).enumerate() {
            let dot: f64 = row_values.iter().zip(other).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            let off = if row == column { dot - 1.0 } else { dot };
            sum[0] += off * off;
        }
    })?;
    // The rounding of an f64 dot of rows of length 1 is below inputs * 2^-53.
    let rounding = (dimensions * inputs) as f64 * f64::EPSILON;
    let defect = sums.iter().sum::<f64>().sqrt() * ROUNDED_UP + rounding;
    sums.fill(0.0);
    ensure(
        defect <= LARGEST_DEFECT,
        OPERATION,
        || "rows that are orthonormal within 0.01".into(),
        || format!("a distance of {defect}"),
    )?;
    Ok(defect as f32)
}

/// The coefficients and tails of `rows` [count, inputs].
///
/// # Errors
/// A wrong length.
pub fn project(
    threads: &dyn Threads,
    operation: &'static str,
    projection: Projection,
    inputs: usize,
    rows: &[f32],
    projected: Projected,
    workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    let Projection { basis, dimensions, .. } = projection;
    let Projected { coefficients, tails } = projected;
    let shape = GemmShape { rows: tails.len(), columns: dimensions, inner: inputs };
    gemm(threads, Form::NT, shape, rows, basis, coefficients, workspace)
        .map_err(|error| crate::KernelError { operation, ..error })?;
    let coefficients = &*coefficients;
    for_each_part(threads, tails, 8, &|part, tails| {
        for (tail, row) in tails.iter_mut().zip(8 * part..) {
            let squares = sum_of_squares(&rows[row * inputs..][..inputs]);
            *tail = projection.tail(
                inputs,
                squares,
                sum_of_squares(&coefficients[row * dimensions..][..dimensions]),
            );
        }
    })
}

fn sum_of_squares(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

impl ProjectionWorkspace {
    /// Takes the memory for [`project_units`] of this many units.
    ///
    /// # Errors
    /// When memory is exhausted.
    pub fn reserve(
        &mut self,
        operation: &'static str,
        inputs: usize,
        dimensions: usize,
        units: usize,
    ) -> KernelResult<()> {
        grow(operation, &mut self.rows, units * inputs)?;
        grow(operation, &mut self.coefficients, units * dimensions)?;
        grow(operation, &mut self.tails, units)?;
        self.gemm
            .reserve(GemmShape { rows: units, columns: dimensions, inner: inputs })
            .map_err(|error| crate::KernelError { operation, ..error })
    }
}

/// Projects the rows of `units` of a layer anew, or what is left of them by coarse integers, which are written anew too. Takes no memory beyond [`ProjectionWorkspace::reserve`].
pub fn project_units(
    threads: &dyn Threads,
    operation: &'static str,
    shape: LayerShape,
    projection: Projection,
    units: &[u32],
    effective: &[f32],
    layer: &mut Projected,
    coarse: Option<CoarseWeights>,
    workspace: &mut ProjectionWorkspace,
) -> KernelResult<()> {
    let LayerShape { inputs, .. } = shape;
    let dimensions = projection.dimensions;
    let rows = grow(operation, &mut workspace.rows, units.len() * inputs)?;
    let bytes = padded_bytes(inputs);
    let coarse = coarse.map(|coarse| (SharedOutput::new(coarse.bytes), SharedOutput::new(coarse.units)));
    for_each_part(threads, rows, 4 * inputs, &|part, rows| {
        for (row, &unit) in rows.chunks_exact_mut(inputs).zip(&units[4 * part..]) {
            let unit = unit as usize;
            let weights = &effective[unit * inputs..][..inputs];
            match &coarse {
                None => row.copy_from_slice(weights),
                Some((all_bytes, coarse_units)) => {
                    // SAFETY: a unit belongs to one piece.
                    let (bytes, coarse_unit) = unsafe {
                        (all_bytes.part(unit * bytes..(unit + 1) * bytes), coarse_units.part(unit..unit + 1))
                    };
                    coarse::refresh(weights, bytes, &mut coarse_unit[0], row);
                }
            }
        }
    })?;
    let coefficients = grow(operation, &mut workspace.coefficients, units.len() * dimensions)?;
    let tails = grow(operation, &mut workspace.tails, units.len())?;
    let projected = Projected { coefficients: &mut *coefficients, tails: &mut *tails };
    project(threads, operation, projection, inputs, rows, projected, &mut workspace.gemm)?;
    for ((&unit, tail), row) in units.iter().zip(&*tails).zip(coefficients.chunks_exact(dimensions)) {
        layer.tails[unit as usize] = *tail;
        layer.coefficients[unit as usize * dimensions..][..dimensions].copy_from_slice(row);
    }
    Ok(())
}

/// Buffers of a projection, kept between steps.
#[derive(Debug, Default)]
pub struct ProjectionWorkspace {
    rows: Vec<f32>,
    coefficients: Vec<f32>,
    tails: Vec<Tail>,
    gemm: GemmWorkspace,
}

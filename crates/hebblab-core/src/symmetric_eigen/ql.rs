//! Implicit QL with Wilkinson's shift on a symmetric tridiagonal matrix
//! (Dubrulle, Martin & Wilkinson 1968; EISPACK imtql2).

use super::rotations::Rotations;
use crate::error::{KernelError, KernelResult};
use crate::vectors_f64::largest_magnitude;

/// LAPACK's limit; two iterations per eigenvalue are usual.
const ITERATIONS_PER_VALUE: usize = 30;

/// Turns `diagonal` into the eigenvalues, in no order. `off_diagonal[i]` couples i and i + 1, its last entry
/// is 0; it is destroyed. The rotations are applied to the rows of `rotations` too.
#[inline(never)]
pub fn diagonalise(
    operation: &'static str,
    diagonal: &mut [f64],
    off_diagonal: &mut [f64],
    mut rotations: Option<&mut Rotations>,
) -> KernelResult<()> {
    let size = diagonal.len();
    let norm = largest_magnitude(diagonal).max(largest_magnitude(off_diagonal));
    // A coupling is zero when it is lost in its neighbours, or far below all that rounding has left behind.
    let floor = norm * f64::EPSILON * f64::EPSILON;
    let mut iterations = 0;
    for first in 0..size {
        loop {
            let last = block_end(diagonal, off_diagonal, first, floor);
            if last == first {
                break;
            }
            if iterations == ITERATIONS_PER_VALUE * size {
                return Err(KernelError {
                    operation,
                    expected: format!("convergence of QL within {iterations} iterations"),
                    got: format!("{} eigenvalues of {size}", first),
                });
            }
            iterations += 1;
            if let Some(rotations) = rotations.as_deref_mut() {
                rotations.make_room()?;
            }
            step(diagonal, off_diagonal, first, last, rotations.as_deref_mut());
        }
    }
    rotations.map_or(Ok(()), Rotations::apply)
}

/// The last index of the unreduced block that starts at `first`.
fn block_end(diagonal: &[f64], off_diagonal: &[f64], first: usize, floor: f64) -> usize {
    let mut last = first;
    while last + 1 < diagonal.len() {
        let neighbours = diagonal[last].abs() + diagonal[last + 1].abs();
        if off_diagonal[last].abs() <= (f64::EPSILON * neighbours).max(floor) {
            break;
        }
        last += 1;
    }
    last
}

/// One QL step on the block `first..=last`: chases a rotation from its end to its start.
#[inline(never)]
fn step(
    diagonal: &mut [f64],
    off_diagonal: &mut [f64],
    first: usize,
    last: usize,
    mut rotations: Option<&mut Rotations>,
) {
    let half_gap = (diagonal[first + 1] - diagonal[first]) / (2.0 * off_diagonal[first]);
    let root = (half_gap * half_gap + 1.0).sqrt().copysign(half_gap);
    let shift = diagonal[first] - off_diagonal[first] / (half_gap + root);
    let mut bulge = diagonal[last] - shift;
    let (mut sine, mut cosine, mut carried) = (1.0, 1.0, 0.0);
    for index in (first..last).rev() {
        let f = sine * off_diagonal[index];
        let b = cosine * off_diagonal[index];
        let length = (f * f + bulge * bulge).sqrt();
        off_diagonal[index + 1] = length;
        if length == 0.0 {
            // The block has split here: what is below is done, the caller goes on with what is above.
            diagonal[index + 1] -= carried;
            off_diagonal[last] = 0.0;
            return;
        }
        sine = f / length;
        cosine = bulge / length;
        let next = diagonal[index + 1] - carried;
        let turned = (diagonal[index] - next) * sine + 2.0 * cosine * b;
        carried = sine * turned;
        diagonal[index + 1] = next + carried;
        bulge = cosine * turned - b;
        if let Some(rotations) = rotations.as_deref_mut() {
            rotations.add(index, sine, cosine);
        }
    }
    diagonal[first] -= carried;
    off_diagonal[first] = bulge;
    off_diagonal[last] = 0.0;
}

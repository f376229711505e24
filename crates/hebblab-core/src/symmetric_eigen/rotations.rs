//! Rotations of pairs of neighbouring rows, kept until there are many: a strip of columns that fits a cache then
//! takes all of them at once, and strips are the pieces for threads.

use crate::buffers::reserve;
use crate::error::KernelResult;
use crate::simd::doubles::{DOUBLES, F64x2};
use crate::threads::{SharedOutput, Threads};

/// Columns of a strip.
const STRIP: usize = 32;

/// Rotations that are kept, for each row.
const KEPT: usize = 64;

pub struct Rotations<'a> {
    threads: &'a dyn Threads,
    rows: &'a mut [f64],
    size: usize,
    kept: Vec<Rotation>,
}

struct Rotation {
    /// Of rows `row` and `row + 1`.
    row: usize,
    sine: f64,
    cosine: f64,
}

impl<'a> Rotations<'a> {
    /// Takes 24 * 64 * `size` bytes.
    pub fn new(
        threads: &'a dyn Threads,
        operation: &'static str,
        rows: &'a mut [f64],
        size: usize,
    ) -> KernelResult<Self> {
        let mut kept = Vec::new();
        reserve(operation, &mut kept, KEPT * size)?;
        Ok(Rotations { threads, rows, size, kept })
    }

    /// There must be room: see [`Rotations::make_room`].
    pub fn add(&mut self, row: usize, sine: f64, cosine: f64) {
        self.kept.push(Rotation { row, sine, cosine });
    }

    /// Room for a rotation of every row.
    pub fn make_room(&mut self) -> KernelResult<()> {
        if self.kept.len() + self.size > KEPT * self.size { self.apply() } else { Ok(()) }
    }

    pub fn apply(&mut self) -> KernelResult<()> {
        let (size, kept) = (self.size, &self.kept);
        let rows = SharedOutput::new(self.rows);
        self.threads.run(size.div_ceil(STRIP), &|piece, _| {
            let columns = piece * STRIP..size.min((piece + 1) * STRIP);
            for &Rotation { row, sine, cosine } in kept {
                let start = row * size + columns.start;
                // SAFETY: the rows do not overlap, and a piece has columns of its own.
                let above = unsafe { rows.part(start..start + columns.len()) };
                // SAFETY: as above.
                let below = unsafe { rows.part(start + size..start + size + columns.len()) };
                rotate(above, below, sine, cosine);
            }
        })?;
        self.kept.clear();
        Ok(())
    }
}

fn rotate(above: &mut [f64], below: &mut [f64], sine: f64, cosine: f64) {
    let (above, above_rest) = above.as_chunks_mut::<DOUBLES>();
    let (below, below_rest) = below.as_chunks_mut::<DOUBLES>();
    let [s, minus_s, c] = [sine, -sine, cosine].map(F64x2::splat);
    for (above, below) in above.iter_mut().zip(below) {
        let (a, b) = (F64x2::load(above), F64x2::load(below));
        s.mul_add(a, c * b).store(below);
        minus_s.mul_add(b, c * a).store(above);
    }
    for (above, below) in above_rest.iter_mut().zip(below_rest) {
        let (a, b) = (F64x2::splat(*above), F64x2::splat(*below));
        *below = s.mul_add(a, c * b).to_array()[0];
        *above = minus_s.mul_add(b, c * a).to_array()[0];
    }
}

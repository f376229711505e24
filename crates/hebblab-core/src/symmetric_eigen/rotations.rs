//! Rotations of pairs of neighbouring rows, kept until there are many: a strip of columns that fits a cache then
//! takes all of them at once, and strips are the pieces for threads.

use crate::buffers::{reserve, zeros};
use crate::error::KernelResult;
use crate::simd::doubles::{DOUBLES, F64x2};
use crate::threads::{SharedOutput, Threads};

/// Columns of a strip; a whole number of vectors.
const STRIP: usize = 32;

/// Rotations that are kept, for each row.
const KEPT: usize = 64;

pub struct Rotations<'a> {
    threads: &'a dyn Threads,
    rows: &'a mut [f64],
    size: usize,
    kept: Vec<Rotation>,
    /// A strip for each thread, its rows side by side: in place each row would be on a page of its own.
    strips: Vec<f64>,
}

struct Rotation {
    /// Of rows `row` and `row + 1`.
    row: usize,
    sine: f64,
    cosine: f64,
}

impl<'a> Rotations<'a> {
    /// Takes (24 * 64 + 256 for each thread) * `size` bytes.
    pub fn new(
        threads: &'a dyn Threads,
        operation: &'static str,
        rows: &'a mut [f64],
        size: usize,
    ) -> KernelResult<Self> {
        let mut kept = Vec::new();
        reserve(operation, &mut kept, KEPT * size)?;
        let strips = zeros(operation, threads.count() * STRIP * size)?;
        Ok(Rotations { threads, rows, size, kept, strips })
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
        let strips = SharedOutput::new(&mut self.strips);
        self.threads.run(size.div_ceil(STRIP), &|piece, thread| {
            let first = piece * STRIP;
            let width = STRIP.min(size - first);
            // SAFETY: pieces with the same thread do not run at the same time.
            let strip = unsafe { strips.part(thread * STRIP * size..(thread + 1) * STRIP * size) };
            // SAFETY: a piece has columns of its own.
            let own = |row: usize| unsafe { rows.part(row * size + first..row * size + first + width) };
            for (row, values) in strip.chunks_exact_mut(STRIP).enumerate() {
                values[..width].copy_from_slice(own(row));
            }
            for &Rotation { row, sine, cosine } in kept {
                let (above, below) = strip[row * STRIP..(row + 2) * STRIP].split_at_mut(STRIP);
                rotate(above, below, sine, cosine);
            }
            for (row, values) in strip.chunks_exact(STRIP).enumerate() {
                own(row).copy_from_slice(&values[..width]);
            }
        })?;
        self.kept.clear();
        Ok(())
    }
}

fn rotate(above: &mut [f64], below: &mut [f64], sine: f64, cosine: f64) {
    let above = above.as_chunks_mut::<DOUBLES>().0;
    let below = below.as_chunks_mut::<DOUBLES>().0;
    let [s, minus_s, c] = [sine, -sine, cosine].map(F64x2::splat);
    for (above, below) in above.iter_mut().zip(below) {
        let (a, b) = (F64x2::load(above), F64x2::load(below));
        s.mul_add(a, c * b).store(below);
        minus_s.mul_add(b, c * a).store(above);
    }
}

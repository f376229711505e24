//! Two operands broadcast against each other: each dimension of the output is of both or of one of them alone.
//!
//! The output is walked in order. Along a long last dimension an operand that lacks it is one value, repeated; where
//! the last dimension is short, operands that lack a dimension are written out for a stretch of the output first.

use super::Operand;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::threads::{Threads, for_each_part};

/// Who has a dimension; the other one's values are the same all along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Both,
    First,
    Second,
}

/// A dimension of the output. Neighbours of the same operands are best joined to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dimension {
    pub size: usize,
    pub of: Of,
}

/// The most dimensions that a broadcast has.
pub const MOST_DIMENSIONS: usize = 6;

/// What writes `length` results. A step is 1, or 0 where the operand is one value, which is there [`REPEATED`] times.
///
/// # Safety
/// The values must be there; the output is apart from the operands, or begins where an operand of step 1 does.
pub(super) type Kernel<In, Out> =
    unsafe fn(a: *const In, a_step: usize, b: *const In, b_step: usize, out: *mut Out, length: usize);

/// What a kernel reads at once, at most.
pub(super) const REPEATED: usize = 16;

/// A last dimension from this size on is walked without writing operands out.
const LONG: usize = 128;
const STRETCH: usize = 512;

/// Runs `kernel` over pieces of the output. `Operand::Output` must have the output's type and every dimension.
pub(super) fn broadcast<In: Copy + Default + Sync, Out: Send>(
    threads: &dyn Threads,
    operation: &'static str,
    dimensions: &[Dimension],
    operands: [Operand<In>; 2],
    out: &mut [Out],
    piece: usize,
    kernel: Kernel<In, Out>,
) -> KernelResult<()> {
    ensure(
        (1..=MOST_DIMENSIONS).contains(&dimensions.len()),
        operation,
        || format!("1 to {MOST_DIMENSIONS} dimensions"),
        || dimensions.len().to_string(),
    )?;
    let layouts = [Layout::of(dimensions, Of::First), Layout::of(dimensions, Of::Second)];
    let total = dimensions.iter().map(|dimension| dimension.size).product();
    ensure_length(operation, "out", total, out.len())?;
    for (name, layout, operand) in [("a", &layouts[0], operands[0]), ("b", &layouts[1], operands[1])] {
        ensure_length(operation, name, layout.length, operand.length(total))?;
    }
    let [a, b] = operands;
    for_each_part(threads, out, piece, &|index, part| {
        let start = part.as_mut_ptr();
        let output = Reading { first: index * piece, values: start.cast_const().cast() };
        let readings = [a, b].map(|operand| match operand {
            Operand::Values(values) => Reading { first: 0, values: values.as_ptr() },
            Operand::Output => output,
        });
        // SAFETY: lengths were checked, and the parts of the output are apart from each other.
        unsafe { walk(&layouts, readings, index * piece, start, part.len(), kernel) };
    })
}

/// An operand's values from place `first` on.
#[derive(Clone, Copy)]
struct Reading<In> {
    first: usize,
    values: *const In,
}

/// # Safety
/// Both operands must have the lengths of their layouts; `length` values of the output begin at `out`, `first` being the
/// place of the first one.
unsafe fn walk<In: Copy + Default, Out>(
    layouts: &[Layout; 2],
    readings: [Reading<In>; 2],
    first: usize,
    out: *mut Out,
    length: usize,
    kernel: Kernel<In, Out>,
) {
    // Whole rows, so that an operand that only has the last dimension is written out once.
    let inner = layouts[0].sizes[layouts[0].rank - 1];
    let stretch = STRETCH - STRETCH % inner.min(STRETCH);
    let mut walks = [Walk::to(&layouts[0], first), Walk::to(&layouts[1], first)];
    let is_long = layouts[0].rank == 1 || inner >= LONG;
    let mut buffers = [[In::default(); STRETCH]; 2];
    let mut done = 0;
    while done < length {
        let count = if is_long { walks[0].left_in_row() } else { stretch }.min(length - done);
        let mut starts = [std::ptr::null(); 2];
        let mut steps = [1; 2];
        for operand in 0..2 {
            let (layout, walk) = (&layouts[operand], &mut walks[operand]);
            // SAFETY: places below the operand's length, which its layout gives; an operand that is the output itself
            // has every dimension, so that its place is the output's.
            let at = |place: usize| unsafe { readings[operand].values.add(place - readings[operand].first) };
            if layout.is_whole || (is_long && walk.step() == 1) {
                starts[operand] = at(walk.place());
            } else if is_long {
                // SAFETY: as above.
                buffers[operand][..REPEATED].fill(unsafe { *at(walk.place()) });
                (starts[operand], steps[operand]) = (buffers[operand].as_ptr(), 0);
            } else {
                if done == 0 || !layout.is_last_alone {
                    // SAFETY: as above.
                    unsafe { write_out(walk.clone(), at(0), &mut buffers[operand][..count]) };
                }
                starts[operand] = buffers[operand].as_ptr();
            }
            walk.advance(count);
        }
        // SAFETY: `count` values remain at `out`; steps and lengths are as a kernel needs them.
        unsafe { kernel(starts[0], steps[0], starts[1], steps[1], out.add(done), count) };
        done += count;
    }
}

/// # Safety
/// All values of the operand must be at `values`.
unsafe fn write_out<In: Copy>(mut walk: Walk, values: *const In, out: &mut [In]) {
    let mut done = 0;
    while done < out.len() {
        let count = walk.left_in_row().min(out.len() - done);
        for (index, value) in out[done..done + count].iter_mut().enumerate() {
            // SAFETY: places below the operand's length.
            *value = unsafe { *values.add(walk.place() + index * walk.step()) };
        }
        walk.advance(count);
        done += count;
    }
}

/// How an operand is read along the dimensions of the output.
struct Layout {
    rank: usize,
    sizes: [usize; MOST_DIMENSIONS],
    /// 0 along dimensions that it lacks.
    strides: [usize; MOST_DIMENSIONS],
    length: usize,
    /// Whether it has every dimension, so that its places are the output's.
    is_whole: bool,
    /// Whether it has the last dimension at most, so that its values repeat with every row.
    is_last_alone: bool,
}

impl Layout {
    fn of(dimensions: &[Dimension], operand: Of) -> Self {
        let mut layout = Layout {
            rank: dimensions.len(),
            sizes: [1; MOST_DIMENSIONS],
            strides: [0; MOST_DIMENSIONS],
            length: 1,
            is_whole: true,
            is_last_alone: true,
        };
        for (axis, dimension) in dimensions.iter().enumerate().rev() {
            layout.sizes[axis] = dimension.size;
            if dimension.of == Of::Both || dimension.of == operand {
                layout.strides[axis] = layout.length;
                layout.length *= dimension.size;
                layout.is_last_alone &= axis + 1 == dimensions.len();
            } else {
                layout.is_whole = false;
            }
        }
        layout
    }
}

/// A place in an operand that goes along with a place in the output.
#[derive(Clone)]
struct Walk<'a> {
    layout: &'a Layout,
    indices: [usize; MOST_DIMENSIONS],
    /// Of the row, that is without the index along the last dimension.
    row: usize,
}

impl<'a> Walk<'a> {
    fn to(layout: &'a Layout, place: usize) -> Self {
        let mut walk = Walk { layout, indices: [0; MOST_DIMENSIONS], row: 0 };
        let mut rest = place;
        for axis in (0..layout.rank).rev() {
            walk.indices[axis] = rest % layout.sizes[axis];
            rest /= layout.sizes[axis];
            if axis + 1 < layout.rank {
                walk.row += walk.indices[axis] * layout.strides[axis];
            }
        }
        walk
    }

    fn last(&self) -> usize {
        self.layout.rank - 1
    }

    fn step(&self) -> usize {
        self.layout.strides[self.last()]
    }

    fn place(&self) -> usize {
        self.row + self.indices[self.last()] * self.step()
    }

    fn left_in_row(&self) -> usize {
        self.layout.sizes[self.last()] - self.indices[self.last()]
    }

    fn advance(&mut self, mut count: usize) {
        while count >= self.left_in_row() {
            count -= self.left_in_row();
            self.next_row();
        }
        self.indices[self.last()] += count;
    }

    fn next_row(&mut self) {
        self.indices[self.last()] = 0;
        for axis in (0..self.last()).rev() {
            self.indices[axis] += 1;
            self.row += self.layout.strides[axis];
            if self.indices[axis] < self.layout.sizes[axis] {
                return;
            }
            self.row -= self.layout.sizes[axis] * self.layout.strides[axis];
            self.indices[axis] = 0;
        }
    }
}

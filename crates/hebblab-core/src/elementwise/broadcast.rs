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

/// What writes `length` results, a multiple of [`BLOCK`]. A step is 1 element, or 0 where the operand is one value, which
/// is there [`BLOCK`] times. Types are erased: the walk over the dimensions exists once in the machine code.
///
/// # Safety
/// Values of the kernel's own types must be there; the output is apart from the operands, or begins where an operand of
/// step 1 does.
pub(super) type Kernel =
    unsafe fn(a: *const u8, a_step: usize, b: *const u8, b_step: usize, out: *mut u8, length: usize);

/// The number of values that kernels go on by.
pub(super) const BLOCK: usize = 16;

/// A last dimension from this size on is walked without writing operands out.
const LONG: usize = 128;
/// Room for [`BLOCK`] rows that are shorter.
const STRETCH: usize = LONG * BLOCK;
/// Bytes of the largest element.
const MOST_BYTES: usize = 4;

/// Types of 1 or 4 bytes whose every bit pattern is a value.
pub(super) trait Element: Copy + Send + Sync {}
impl Element for f32 {}
impl Element for i32 {}
impl Element for u8 {}

/// Runs `kernel`, which must be for these types, over pieces of the output. `Operand::Output` must have the output's type
/// and every dimension.
pub(super) fn broadcast<In: Element, Out: Element>(
    threads: &dyn Threads,
    operation: &'static str,
    dimensions: &[Dimension],
    operands: [Operand<In>; 2],
    out: &mut [Out],
    piece: usize,
    kernel: Kernel,
) -> KernelResult<()> {
    let values = operands.map(|operand| match operand {
        Operand::Values(values) => Some(bytes_of(values)),
        Operand::Output => None,
    });
    let sizes = [size_of::<In>(), size_of::<Out>()];
    broadcast_bytes(threads, operation, dimensions, values, bytes_of_mut(out), sizes, piece, kernel)
}

pub(super) fn bytes_of<T: Element>(values: &[T]) -> &[u8] {
    // SAFETY: the same memory, read as bytes.
    unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) }
}

pub(super) fn bytes_of_mut<T: Element>(values: &mut [T]) -> &mut [u8] {
    // SAFETY: the same memory; any bytes are values of the type.
    unsafe { std::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), size_of_val(values)) }
}

/// [`broadcast`] of elements of so many bytes.
#[inline(never)]
fn broadcast_bytes(
    threads: &dyn Threads,
    operation: &'static str,
    dimensions: &[Dimension],
    values: [Option<&[u8]>; 2],
    out: &mut [u8],
    sizes: [usize; 2],
    piece: usize,
    kernel: Kernel,
) -> KernelResult<()> {
    ensure(
        (1..=MOST_DIMENSIONS).contains(&dimensions.len()),
        operation,
        || format!("1 to {MOST_DIMENSIONS} dimensions"),
        || dimensions.len().to_string(),
    )?;
    let layouts = [Layout::of(dimensions, Of::First), Layout::of(dimensions, Of::Second)];
    let total = dimensions.iter().map(|dimension| dimension.size).product();
    let operand_length =
        |operand: usize| values[operand].map_or(out.len() / sizes[1], |values| values.len() / sizes[0]);
    let lengths = [
        ("out", total, out.len() / sizes[1]),
        ("a", layouts[0].length, operand_length(0)),
        ("b", layouts[1].length, operand_length(1)),
    ];
    for (name, expected, got) in lengths {
        ensure_length(operation, name, expected, got)?;
    }
    Job { layouts, sizes, kernel }.run(threads, values, out, piece)
}

struct Job {
    layouts: [Layout; 2],
    /// Bytes of an element of the operands and of the output.
    sizes: [usize; 2],
    kernel: Kernel,
}

/// An operand's values from place `first` on.
#[derive(Clone, Copy)]
struct Reading {
    first: usize,
    values: *const u8,
}

impl Job {
    fn run(
        &self,
        threads: &dyn Threads,
        values: [Option<&[u8]>; 2],
        out: &mut [u8],
        piece: usize,
    ) -> KernelResult<()> {
        let size = self.sizes[1];
        for_each_part(threads, out, piece * size, &|index, part| {
            let first = index * piece;
            let start = part.as_mut_ptr();
            let readings = values.map(|values| match values {
                Some(values) => Reading { first: 0, values: values.as_ptr() },
                None => Reading { first, values: start },
            });
            // SAFETY: lengths were checked, and the parts of the output are apart from each other.
            unsafe { self.walk(readings, first, start, part.len() / size) };
        })
    }

    /// # Safety
    /// Both operands must have the lengths of their layouts; `length` values of the output begin at `out`, `first` being
    /// the place of the first one.
    unsafe fn walk(&self, readings: [Reading; 2], first: usize, out: *mut u8, length: usize) {
        let layouts = &self.layouts;
        let inner = layouts[0].sizes[layouts[0].rank - 1];
        let is_long = layouts[0].rank == 1 || inner >= LONG;
        // Whole rows, so that an operand that only has the last dimension is written out once, and whole blocks.
        let stretch = STRETCH - STRETCH % (inner.min(LONG) * BLOCK).max(1);
        let mut walks = [Walk::to(&layouts[0], first), Walk::to(&layouts[1], first)];
        let mut buffers = [[std::mem::MaybeUninit::<u32>::uninit(); STRETCH]; 2];
        let mut done = 0;
        while done < length {
            let count = if is_long { walks[0].left_in_row() } else { stretch }.min(length - done);
            let mut starts = [std::ptr::null(); 2];
            let mut steps = [1; 2];
            for operand in 0..2 {
                let (layout, walk) = (&layouts[operand], &mut walks[operand]);
                let Reading { first, values } = readings[operand];
                let buffer = buffers[operand].as_mut_ptr().cast();
                // SAFETY: places below the operand's length, which its layout gives; an operand that is the output
                // itself has every dimension, so that its place is the output's.
                unsafe {
                    let place = || values.add((walk.place() - first) * self.sizes[0]);
                    starts[operand] = buffer;
                    if layout.is_whole || (is_long && walk.step() == 1) {
                        starts[operand] = place();
                    } else if is_long {
                        self.copy(place(), 0, buffer, BLOCK);
                        steps[operand] = 0;
                    } else if done == 0 || !layout.is_last_alone {
                        self.write_out(walk.clone(), values, buffer, count);
                    }
                }
                walk.advance(count);
            }
            // SAFETY: `count` values remain at `out`; steps and lengths are as a kernel needs them.
            unsafe { self.call(starts, steps, out.add(done * self.sizes[1]), count) };
            done += count;
        }
    }

    /// # Safety
    /// As the kernel's, for any length.
    unsafe fn call(&self, [a, b]: [*const u8; 2], [a_step, b_step]: [usize; 2], out: *mut u8, length: usize) {
        let whole = length - length % BLOCK;
        let rest = length - whole;
        let [size, out_size] = self.sizes;
        // SAFETY: the kernel's blocks are inside; the rest goes by way of blocks of its own.
        unsafe {
            if whole > 0 {
                (self.kernel)(a, a_step, b, b_step, out, whole);
            }
            if rest > 0 {
                let mut blocks = [[0_u8; BLOCK * MOST_BYTES]; 3];
                self.copy(a.add(whole * a_step * size), a_step, blocks[0].as_mut_ptr(), rest);
                self.copy(b.add(whole * b_step * size), b_step, blocks[1].as_mut_ptr(), rest);
                (self.kernel)(blocks[0].as_ptr(), 1, blocks[1].as_ptr(), 1, blocks[2].as_mut_ptr(), BLOCK);
                let out = out.add(whole * out_size);
                for index in 0..rest * out_size {
                    *out.add(index) = blocks[2][index];
                }
            }
        }
    }

    /// # Safety
    /// All values of the operand must be at `values`, and room for `length` at `out`.
    unsafe fn write_out(&self, mut walk: Walk, values: *const u8, out: *mut u8, length: usize) {
        let size = self.sizes[0];
        let mut done = 0;
        while done < length {
            let count = walk.left_in_row().min(length - done);
            // SAFETY: places below the operand's length.
            unsafe { self.copy(values.add(walk.place() * size), walk.step(), out.add(done * size), count) };
            walk.advance(count);
            done += count;
        }
    }

    /// Copies operand values a step apart. Not by a copy of variable length, which is a slow call for a short row.
    ///
    /// # Safety
    /// The values and the room for them must be there.
    #[inline(always)]
    unsafe fn copy(&self, from: *const u8, step: usize, to: *mut u8, count: usize) {
        for index in 0..count {
            // SAFETY: as this function's; the sizes are those of u32 and u8.
            unsafe {
                if self.sizes[0] == MOST_BYTES {
                    let value = from.cast::<u32>().add(index * step).read_unaligned();
                    to.cast::<u32>().add(index).write_unaligned(value);
                } else {
                    *to.add(index) = *from.add(index * step);
                }
            }
        }
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
    #[inline(never)]
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
    #[inline(never)]
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

    #[inline(never)]
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

//! How a kernel gives pieces of its work to several threads. A piece is a part of the output, never of
//! a sum, and is cut by the shape of the problem alone: results have the same bits for any number of threads.

use std::marker::PhantomData;
use std::ops::Range;

use crate::error::KernelResult;

/// Runs the pieces of one job, some of them at the same time where there is more than one thread.
pub trait Threads: Sync {
    /// How many pieces run at the same time, at least 1.
    fn count(&self) -> usize;

    /// Calls `piece(index, thread)` once for each index below `pieces`, in any order, and returns when all
    /// have returned. `thread` is below `count`; two pieces with the same `thread` never run at the same time,
    /// so it can choose a workspace. A piece must not start a job itself.
    ///
    /// # Errors
    /// When a thread failed. Some pieces may not have run then.
    fn run(&self, pieces: usize, piece: &(dyn Fn(usize, usize) + Sync)) -> KernelResult<()>;
}

/// All pieces in order on the thread that calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct OneThread;

impl Threads for OneThread {
    fn count(&self) -> usize {
        1
    }

    fn run(&self, pieces: usize, piece: &(dyn Fn(usize, usize) + Sync)) -> KernelResult<()> {
        for index in 0..pieces {
            piece(index, 0);
        }
        Ok(())
    }
}

/// Native threads, started for each job: simple, and what tests run kernels on.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug, Clone, Copy)]
pub struct NativeThreads(pub std::num::NonZeroUsize);

#[cfg(not(target_family = "wasm"))]
impl Threads for NativeThreads {
    fn count(&self) -> usize {
        self.0.get()
    }

    fn run(&self, pieces: usize, piece: &(dyn Fn(usize, usize) + Sync)) -> KernelResult<()> {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let next = AtomicUsize::new(0);
        let next = &next;
        std::thread::scope(|scope| {
            for thread in 0..self.count() {
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= pieces {
                            break;
                        }
                        piece(index, thread);
                    }
                });
            }
        });
        Ok(())
    }
}

/// Calls `piece(index, part)` for the parts of `length` values that `values` divides into, the last one
/// shorter where it must be.
///
/// # Errors
/// When a thread failed.
pub fn for_each_part<T: Send>(
    threads: &dyn Threads,
    values: &mut [T],
    length: usize,
    piece: &(dyn Fn(usize, &mut [T]) + Sync),
) -> KernelResult<()> {
    let (total, length) = (values.len(), length.max(1));
    let shared = SharedOutput::new(values);
    threads.run(total.div_ceil(length), &|index, _| {
        let first = index * length;
        // SAFETY: each index has a range of its own.
        piece(index, unsafe { shared.part(first..(first + length).min(total)) });
    })
}

/// An output that several pieces write, each to a part of its own.
pub struct SharedOutput<'a, T> {
    start: *mut T,
    length: usize,
    values: PhantomData<&'a mut [T]>,
}

// SAFETY: only `part` reaches the values, and its callers keep parts apart.
unsafe impl<T: Send> Sync for SharedOutput<'_, T> {}

impl<'a, T> SharedOutput<'a, T> {
    pub fn new(values: &'a mut [T]) -> Self {
        SharedOutput { start: values.as_mut_ptr(), length: values.len(), values: PhantomData }
    }

    /// The values in `range`. Panics where the range is not inside.
    ///
    /// # Safety
    /// As long as a part is in use, no other part may overlap it.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn part(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.length, "part outside of the output");
        // SAFETY: inside the slice that `new` was given; the caller keeps parts apart.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(range.start), range.len()) }
    }
}

//! Workers that sleep on a shared memory until there is a job.
//!
//! A job is open from the moment its pieces are there until the caller finds none left. A worker takes part
//! only while the job is open, and the caller leaves it only when nobody takes part any more: a worker that
//! wakes late, or never, delays nothing.

use std::arch::wasm32::{memory_atomic_notify, memory_atomic_wait32};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use hebblab_core::threads::Threads;
use hebblab_core::{KernelError, KernelResult};
use wasm_bindgen::prelude::*;

pub static POOL: Pool = Pool {
    workers: AtomicU32::new(0),
    jobs: AtomicU32::new(0),
    job: UnsafeCell::new(None),
    pieces: AtomicU32::new(0),
    next: AtomicU32::new(0),
    gate: AtomicU32::new(CLOSED),
    failed: AtomicU32::new(0),
    ended: AtomicBool::new(false),
};

type Piece<'a> = dyn Fn(usize, usize) + Sync + 'a;

pub struct Pool {
    /// Workers that have been started.
    workers: AtomicU32,
    /// Counts the jobs; workers sleep on it.
    jobs: AtomicU32,
    /// The piece of the open job.
    job: UnsafeCell<Option<&'static Piece<'static>>>,
    pieces: AtomicU32,
    /// The first piece that nobody has taken.
    next: AtomicU32,
    /// How many workers take part in the job, and whether others still may: CLOSED. The caller sleeps on it.
    gate: AtomicU32,
    /// The number of a worker that failed, or 0.
    failed: AtomicU32,
    ended: AtomicBool,
}

// SAFETY: `job` is written while the gate is closed and nobody takes part, and read by those who do.
unsafe impl Sync for Pool {}

const CLOSED: u32 = 1 << 31;

/// Looks at the memory before falling asleep: about 20 microseconds, less than waking up takes.
const GLANCES: u32 = 10_000;

/// How long the caller waits for a worker that does not end its piece, and how often it looks.
const LOOK_NANOSECONDS: i64 = 100_000_000;
const LOOKS: u32 = 600;

impl Threads for Pool {
    fn count(&self) -> usize {
        self.workers.load(Ordering::Relaxed) as usize + 1
    }

    fn run(&self, pieces: usize, piece: &(dyn Fn(usize, usize) + Sync)) -> KernelResult<()> {
        self.refuse_failed()?;
        if pieces <= 1 || self.workers.load(Ordering::Relaxed) == 0 {
            for index in 0..pieces {
                piece(index, 0);
            }
            return Ok(());
        }
        // SAFETY: no worker takes part, and this function returns only when none does any more, or when the
        // pool has failed, so nobody calls what is stored once `piece` is gone.
        unsafe { *self.job.get() = Some(std::mem::transmute::<&Piece<'_>, &'static Piece<'static>>(piece)) };
        self.pieces.store(pieces as u32, Ordering::Relaxed);
        self.next.store(0, Ordering::Relaxed);
        self.gate.store(0, Ordering::Release);
        self.jobs.fetch_add(1, Ordering::Release);
        wake(&self.jobs);
        self.take_pieces(piece, 0);
        self.gate.fetch_or(CLOSED, Ordering::AcqRel);
        self.wait_until_nobody_takes_part()
    }
}

impl Pool {
    fn take_pieces(&self, piece: &Piece, thread: usize) {
        let pieces = self.pieces.load(Ordering::Relaxed);
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= pieces {
                return;
            }
            piece(index as usize, thread);
        }
    }

    fn wait_until_nobody_takes_part(&self) -> KernelResult<()> {
        for _ in 0..GLANCES {
            if self.gate.load(Ordering::Acquire) == CLOSED {
                return Ok(());
            }
        }
        for _ in 0..LOOKS {
            let gate = self.gate.load(Ordering::Acquire);
            if gate == CLOSED {
                return Ok(());
            }
            self.refuse_failed()?;
            sleep(&self.gate, gate, LOOK_NANOSECONDS);
        }
        self.failed.store(u32::MAX, Ordering::Release);
        self.refuse_failed()
    }

    fn refuse_failed(&self) -> KernelResult<()> {
        let got = match self.failed.load(Ordering::Acquire) {
            0 => return Ok(()),
            u32::MAX => "no answer of one for a minute".into(),
            worker => format!("a failure of thread {worker}"),
        };
        Err(KernelError {
            operation: "threads",
            expected: "every thread to finish its piece".into(),
            got: format!("{got}; open the kernels again"),
        })
    }

    /// The life of a worker: sleeps, takes part in jobs, returns when the pool ends.
    fn work(&self, thread: u32) {
        let mut seen = self.jobs.load(Ordering::Acquire);
        self.workers.fetch_add(1, Ordering::AcqRel);
        while !self.ended.load(Ordering::Acquire) {
            if self.join() {
                // SAFETY: taking part, so the job is there until this worker leaves.
                if let Some(piece) = unsafe { *self.job.get() } {
                    self.take_pieces(piece, thread as usize);
                }
                if self.gate.fetch_sub(1, Ordering::AcqRel) == CLOSED + 1 {
                    wake(&self.gate);
                }
            }
            seen = self.next_job(seen);
        }
    }

    fn join(&self) -> bool {
        self.gate
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |gate| (gate & CLOSED == 0).then(|| gate + 1))
            .is_ok()
    }

    fn next_job(&self, seen: u32) -> u32 {
        for _ in 0..GLANCES {
            let jobs = self.jobs.load(Ordering::Acquire);
            if jobs != seen {
                return jobs;
            }
        }
        sleep(&self.jobs, seen, -1);
        self.jobs.load(Ordering::Acquire)
    }
}

fn wake(address: &AtomicU32) {
    // SAFETY: the address of a living atomic.
    unsafe { memory_atomic_notify(address.as_ptr().cast(), u32::MAX) };
}

/// Until `address` no longer holds `value`, or is notified, or the time is over; -1 for no end.
///
/// Never inlined: the baseline compiler of V8 11 (Node 20) loses local variables of a function that waits.
#[inline(never)]
fn sleep(address: &AtomicU32, value: u32, nanoseconds: i64) {
    // SAFETY: the address of a living atomic.
    unsafe { memory_atomic_wait32(address.as_ptr().cast(), value as i32, nanoseconds) };
}

/// Takes part in jobs as thread number `thread`, from 1 on; returns after `threadsEnd`.
#[wasm_bindgen(js_name = threadsWork)]
pub fn threads_work(thread: u32) {
    POOL.work(thread);
}

/// Lets every worker return from `threadsWork`.
#[wasm_bindgen(js_name = threadsEnd)]
pub fn threads_end() {
    POOL.ended.store(true, Ordering::Release);
    POOL.jobs.fetch_add(1, Ordering::Release);
    wake(&POOL.jobs);
}

/// Where the number of a worker that failed is written: by JavaScript, since a trap ends the code here.
#[wasm_bindgen(js_name = threadsFailedOffset)]
pub fn threads_failed_offset() -> u32 {
    POOL.failed.as_ptr() as usize as u32
}

/// How many workers take part in jobs.
#[wasm_bindgen(js_name = threadsWorkers)]
pub fn threads_workers() -> u32 {
    POOL.workers.load(Ordering::Acquire)
}

/// Runs a job of which every piece but the caller's traps: for the tests of what happens then.
#[wasm_bindgen(js_name = threadsTrap)]
pub fn threads_trap() -> Result<(), JsError> {
    let trapped = AtomicBool::new(false);
    POOL.run(1 << 18, &|_, thread| {
        if thread > 0 {
            trapped.store(true, Ordering::Release);
            std::process::abort();
        }
        // Leaves the pieces to the others until one of them is there.
        for _ in 0..GLANCES {
            if trapped.load(Ordering::Acquire) {
                break;
            }
        }
    })
    .map_err(crate::memory::error)
}

//! The threads of this instance: the caller's alone, or a pool of workers on one shared memory.

#[cfg(target_feature = "atomics")]
mod pool;

use hebblab_core::threads::Threads;

/// What kernels give pieces of their work to.
pub fn threads() -> &'static dyn Threads {
    #[cfg(target_feature = "atomics")]
    return &pool::POOL;
    #[cfg(not(target_feature = "atomics"))]
    return &hebblab_core::threads::OneThread;
}

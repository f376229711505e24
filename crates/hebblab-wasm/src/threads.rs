//! The threads of this instance.

use hebblab_core::threads::{OneThread, Threads};

/// What kernels give pieces of their work to.
#[allow(dead_code)]
pub fn threads() -> &'static dyn Threads {
    &OneThread
}

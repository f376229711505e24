//! Numeric kernels of hebblab in plain Rust: no knowledge of WebAssembly or JavaScript.
//!
//! Matrices are row-major slices with their shape beside them. Every fast kernel has a plain
//! `reference` beside it that can be read with the paper in hand. Work is split over outputs and
//! sums run in a fixed order, so that a row of a result never depends on its neighbours.

pub mod buffers;
pub mod bytes;
pub mod competition;
pub mod convolution;
pub mod error;
pub mod gemm;
pub mod krotov_hopfield;
pub mod movement;
pub mod norms;
pub mod pooling;
pub mod random;
pub mod simd;

pub mod activations;
pub mod covariance;
pub mod elementwise;
pub mod power_iteration;
mod products_f64;
pub mod readout;
pub mod reductions;
pub mod subspace_iteration;
pub mod symmetric_eigen;
pub mod threads;
pub mod two_layer;
mod vectors_f64;

pub use error::{KernelError, KernelResult};

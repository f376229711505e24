//! The wasm-bindgen surface of hebblab-core: checks arguments, calls the core, nothing else.
//!
//! Arrays are byte offsets into linear memory together with the dimensions that give their lengths: wasm-bindgen would copy
//! slices, and these calls are made once a minibatch. `memory::Arguments` turns offsets into slices after
//! checking bounds, alignment and overlap.

// Builds for shared memory compile their standard library too, which asks for the same permission.
#![cfg_attr(target_feature = "atomics", feature(stdarch_wasm_atomic_wait))]

mod activations;
mod convolution;
mod elementwise;
mod gemm;
mod krotov_hopfield;
mod memory;
mod movement;
mod pooling;
mod random;
mod readout;
mod reductions;
mod spectra;
mod threads;
mod vectors;
mod workspaces;

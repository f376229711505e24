//! What kernels keep between calls, so that a training loop allocates nothing.

use std::cell::RefCell;

use hebblab_core::convolution::ConvolutionWorkspace;
use hebblab_core::gemm::GemmWorkspace;
use hebblab_core::krotov_hopfield::KrotovHopfieldWorkspace;
use wasm_bindgen::prelude::*;

thread_local! {
    pub static CONVOLUTION: RefCell<ConvolutionWorkspace> = RefCell::default();
    pub static GEMM: RefCell<GemmWorkspace> = RefCell::default();
    pub static BATCHED_GEMM: RefCell<Vec<GemmWorkspace>> = RefCell::default();
    pub static KROTOV_HOPFIELD: RefCell<KrotovHopfieldWorkspace> = RefCell::default();
}

/// Frees what kernels keep between calls; they take it again when next needed.
#[wasm_bindgen(js_name = releaseWorkspaces)]
pub fn release_workspaces() {
    CONVOLUTION.take();
    GEMM.take();
    BATCHED_GEMM.take();
    KROTOV_HOPFIELD.take();
}

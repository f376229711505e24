//! Matrix products of row-major f32 matrices: `out = op(a) op(b)`.

pub mod reference;

use crate::error::{KernelResult, ensure_length};

/// Which operand is stored transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `a` is [rows, inner], `b` is [inner, columns].
    NN,
    /// `a` is [rows, inner], `b` is [columns, inner].
    NT,
    /// `a` is [inner, rows], `b` is [inner, columns].
    TN,
}

/// `out` is [rows, columns]; `inner` is the summed dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GemmShape {
    pub rows: usize,
    pub columns: usize,
    pub inner: usize,
}

/// Buffers for packed panels, kept between calls so that a hot loop allocates nothing.
#[derive(Default)]
pub struct GemmWorkspace {}

/// `out = op(a) op(b)`; `inner = 0` gives zeros. A row of `out` depends on its own row of op(a) and
/// on `b` alone, bit for bit, whatever `rows` is.
pub fn gemm(
    form: Form,
    shape: GemmShape,
    a: &[f32],
    b: &[f32],
    out: &mut [f32],
    _workspace: &mut GemmWorkspace,
) -> KernelResult<()> {
    ensure_length("gemm", "a", shape.rows * shape.inner, a.len())?;
    ensure_length("gemm", "b", shape.inner * shape.columns, b.len())?;
    ensure_length("gemm", "out", shape.rows * shape.columns, out.len())?;
    reference::gemm(form, shape, a, b, out);
    Ok(())
}

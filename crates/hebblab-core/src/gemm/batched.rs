//! Products of many pairs of matrices of one shape. Where they are small, threads take whole products.

use super::{Epilogue, Form, GemmShape, GemmWorkspace, SMALL, gemm_fused};
use crate::error::{KernelError, KernelResult, ensure_length};
use crate::threads::{OneThread, SharedOutput, Threads};

/// Products with more multiply-adds than this are done one after the other, by all threads together.
const LARGE: usize = 8 * SMALL;
/// Multiply-adds of a piece of several products, or more.
const PIECE: usize = SMALL / 4;

/// `out[i] = op(a[a_of[i]]) op(b[b_of[i]])` with [`gemm_fused`]'s bits; the epilogue is the same for all. `a` and `b`
/// hold matrices one behind the other, `out` takes as many as there are pairs.
///
/// # Errors
/// As [`gemm_fused`]; when `a_of` and `b_of` are not equally long or name a matrix that is not there.
pub fn batched_gemm(
    threads: &dyn Threads,
    form: Form,
    shape: GemmShape,
    [a, b]: [&[f32]; 2],
    [a_of, b_of]: [&[u32]; 2],
    epilogue: &Epilogue,
    out: &mut [f32],
    workspaces: &mut Vec<GemmWorkspace>,
) -> KernelResult<()> {
    let GemmShape { rows, columns, inner } = shape;
    let count = a_of.len();
    ensure_length("gemm", "the pairs' second operands", count, b_of.len())?;
    ensure_length("gemm", "out", count * rows * columns, out.len())?;
    check_indices("a", a_of, a.len(), rows * inner)?;
    check_indices("b", b_of, b.len(), inner * columns)?;
    epilogue.check(shape)?;
    if out.is_empty() {
        return Ok(());
    }
    workspaces.resize_with(workspaces.len().max(threads.count()), GemmWorkspace::default);
    let matrix_a = |pair: usize| &a[a_of[pair] as usize * rows * inner..][..rows * inner];
    let matrix_b = |pair: usize| &b[b_of[pair] as usize * inner * columns..][..inner * columns];

    let is_one_product = b_of.iter().all(|&index| index == b_of[0])
        && a_of.iter().zip(a_of[0]..).all(|(&index, next)| index == next)
        && epilogue.row_scale.is_none()
        && !form.transposes_a();
    if is_one_product {
        let a = &a[a_of[0] as usize * rows * inner..][..count * rows * inner];
        let shape = GemmShape { rows: count * rows, ..shape };
        return gemm_fused(threads, form, shape, a, matrix_b(0), epilogue, out, &mut workspaces[0]);
    }
    let size = shape.multiply_adds();
    if size > LARGE {
        for (pair, out) in out.chunks_exact_mut(rows * columns).enumerate() {
            let (a, b) = (matrix_a(pair), matrix_b(pair));
            gemm_fused(threads, form, shape, a, b, epilogue, out, &mut workspaces[0])?;
        }
        return Ok(());
    }
    let threads = if size.saturating_mul(count) < SMALL { &OneThread } else { threads };
    for workspace in &mut workspaces[..threads.count()] {
        workspace.reserve(shape)?;
    }
    let workspaces = SharedOutput::new(workspaces);
    let out = SharedOutput::new(out);
    let group = (PIECE / size.max(1)).clamp(1, count);
    threads.run(count.div_ceil(group), &|piece, thread| {
        for pair in piece * group..count.min((piece + 1) * group) {
            // SAFETY: pieces of one thread run one after the other, and each pair has an output of its own.
            let (workspace, out) = unsafe {
                let out = out.part(pair * rows * columns..(pair + 1) * rows * columns);
                (&mut workspaces.part(thread..thread + 1)[0], out)
            };
            let (a, b) = (matrix_a(pair), matrix_b(pair));
            gemm_fused(&OneThread, form, shape, a, b, epilogue, out, workspace)
                .expect("lengths were checked and memory was reserved");
        }
    })
}

/// Refuses values that are no whole number of matrices, and the index of one that is not there.
fn check_indices(name: &'static str, indices: &[u32], values: usize, matrix: usize) -> KernelResult<()> {
    let matrices = values.checked_div(matrix).unwrap_or(usize::MAX);
    match indices.iter().find(|&&index| index as usize >= matrices) {
        None => Ok(()),
        Some(index) => Err(KernelError {
            operation: "gemm",
            expected: format!("pairs of the {matrices} matrices in {name}"),
            got: index.to_string(),
        }),
    }
}

//! The unit at a rank, by a heap. The standard library's selection is quicker, and 8 KB of WebAssembly.

/// The index at place `rank`, from 1 on, of the indices in order; `before` is a strict order. Leaves them in any order.
pub fn at_rank(indices: &mut [u32], rank: usize, before: impl Fn(u32, u32) -> bool) -> u32 {
    for root in (0..indices.len() / 2).rev() {
        sift_down(indices, root, &before);
    }
    for taken in 1..rank {
        let last = indices.len() - taken;
        indices.swap(0, last);
        sift_down(&mut indices[..last], 0, &before);
    }
    indices[0]
}

/// Restores the heap, in which no index comes before its parent's, below `root`.
#[inline(never)]
fn sift_down(heap: &mut [u32], mut root: usize, before: &impl Fn(u32, u32) -> bool) {
    loop {
        let mut child = 2 * root + 1;
        if child >= heap.len() {
            return;
        }
        if child + 1 < heap.len() && before(heap[child + 1], heap[child]) {
            child += 1;
        }
        if !before(heap[child], heap[root]) {
            return;
        }
        heap.swap(child, root);
        root = child;
    }
}

//! The largest values of each row and where they stand.

use crate::buffers::zeros;
use crate::error::{KernelResult, ensure, ensure_length};
use crate::threads::{SharedOutput, Threads};

const OPERATION: &str = "topK";
/// Values of a piece, or one row.
const PART: usize = 1 << 14;

/// A value with an order that integers have.
pub trait Sortable: Copy + Send + Sync + 'static {
    /// Larger for a larger value, the same for equal ones.
    fn rank(self) -> u32;
}

impl Sortable for i32 {
    fn rank(self) -> u32 {
        self as u32 ^ 1 << 31
    }
}

impl Sortable for f32 {
    /// What is no number comes after all that are, and -0 equals 0.
    fn rank(self) -> u32 {
        let bits = self.to_bits();
        if self.is_nan() {
            0
        } else if self == 0.0 {
            1 << 31
        } else if self < 0.0 {
            !bits
        } else {
            bits | 1 << 31
        }
    }
}

/// For each of `rows` rows of `columns` values the `k` largest, from the largest on, equal ones from the first on, and
/// their columns. `values` and `indices` are [rows, k].
///
/// # Errors
/// Lengths that do not fit, a k beyond the columns, memory that is exhausted.
///
/// ```
/// use hebblab_core::{movement::top_k, threads::OneThread};
/// let (mut values, mut indices) = ([0.0; 2], [0; 2]);
/// top_k(&OneThread, &[1.0, 3.0, 2.0, 3.0_f32], 1, 4, 2, &mut values, &mut indices)?;
/// assert_eq!((values, indices), ([3.0, 3.0], [1, 3]));
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn top_k<T: Sortable>(
    threads: &dyn Threads,
    from: &[T],
    rows: usize,
    columns: usize,
    k: usize,
    values: &mut [T],
    indices: &mut [i32],
) -> KernelResult<()> {
    ensure_length(OPERATION, "from", rows * columns, from.len())?;
    ensure_length(OPERATION, "values", rows * k, values.len())?;
    ensure_length(OPERATION, "indices", rows * k, indices.len())?;
    ensure(k <= columns, OPERATION, || format!("a k up to {columns}"), || k.to_string())?;
    if values.is_empty() {
        return Ok(());
    }
    let mut heaps: Vec<u64> = zeros(OPERATION, threads.count() * k)?;
    let (heaps, values, indices) =
        (SharedOutput::new(&mut heaps), SharedOutput::new(values), SharedOutput::new(indices));
    let group = (PART / columns).max(1);
    threads.run(rows.div_ceil(group), &|piece, thread| {
        for row in piece * group..rows.min((piece + 1) * group) {
            // SAFETY: pieces of one thread run one after the other, and each row has results of its own.
            let (heap, values, indices) = unsafe {
                let range = row * k..(row + 1) * k;
                (heaps.part(thread * k..(thread + 1) * k), values.part(range.clone()), indices.part(range))
            };
            let from = &from[row * columns..][..columns];
            keep_largest(heap, from.iter().enumerate().map(|(column, value)| key(value.rank(), column)));
            sort_descending(heap);
            for ((value, index), &key) in values.iter_mut().zip(indices).zip(&*heap) {
                let column = !(key as u32);
                *value = from[column as usize];
                *index = column as i32;
            }
        }
    })
}

/// Larger for a larger value, and for an earlier one among equals.
fn key(rank: u32, column: usize) -> u64 {
    u64::from(rank) << 32 | u64::from(!(column as u32))
}

/// Fills a heap, the smallest in front, with the largest of at least as many keys.
fn keep_largest(heap: &mut [u64], mut keys: impl Iterator<Item = u64>) {
    for (place, key) in heap.iter_mut().zip(&mut keys) {
        *place = key;
    }
    for place in (0..heap.len() / 2).rev() {
        sift_down(heap, place);
    }
    for key in keys {
        if key > heap[0] {
            heap[0] = key;
            sift_down(heap, 0);
        }
    }
}

/// The smallest goes behind those that are left, again and again.
fn sort_descending(heap: &mut [u64]) {
    for last in (1..heap.len()).rev() {
        heap.swap(0, last);
        sift_down(&mut heap[..last], 0);
    }
}

fn sift_down(heap: &mut [u64], mut place: usize) {
    loop {
        let (left, right) = (2 * place + 1, 2 * place + 2);
        if left >= heap.len() {
            return;
        }
        let smaller = if right < heap.len() && heap[right] < heap[left] { right } else { left };
        if heap[place] <= heap[smaller] {
            return;
        }
        heap.swap(place, smaller);
        place = smaller;
    }
}

//! The ranking by a full stable sort, largest first. Values must be finite.

/// All units of one sample from the largest pre-activation to the smallest; a stable sort leaves
/// equal values in the order of their indices.
pub fn ranking<T: PartialOrd>(preactivations: &[T]) -> Vec<usize> {
    let mut units: Vec<usize> = (0..preactivations.len()).collect();
    units
        .sort_by(|&a, &b| preactivations[b].partial_cmp(&preactivations[a]).expect("finite pre-activations"));
    units
}

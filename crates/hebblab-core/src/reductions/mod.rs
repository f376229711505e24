//! Sums, extremes and softmax.

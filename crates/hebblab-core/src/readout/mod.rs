//! Training of a readout: the loss with its gradient, and the optimiser.

pub mod adam;
pub mod softmax;

pub use adam::{AdamSettings, adam_step};
pub use softmax::softmax_cross_entropy;

//! What is derived from the effective weights of a layer, so that winners are found with less work.

use super::super::LayerShape;
use super::coarse::{CoarseWeights, padded_bytes};
use super::projection::{Projected, Projection};
use super::quantised::ScreenedWeights;
use super::sieve::Rows;
use crate::error::{KernelResult, ensure_length};

/// Derived forms of the effective weights with which winners are found without the whole product: true on entry,
/// kept true.
pub struct Screen<'a> {
    pub weights: ScreenedWeights<'a>,
    pub projected: Option<ProjectedLayer<'a>>,
}

/// The layer in the coordinates of a projection, and the samples where they are known.
pub struct ProjectedLayer<'a> {
    pub projection: Projection<'a>,
    /// Of rows of the effective weights, or of what coarse integers leave of them.
    pub units: Projected<'a>,
    pub coarse: Option<CoarseWeights<'a>>,
    pub samples: Option<Rows<'a>>,
}

impl Screen<'_> {
    /// # Errors
    /// A wrong length.
    pub fn check_lengths(
        &self,
        operation: &'static str,
        shape: LayerShape,
        batch_count: usize,
    ) -> KernelResult<()> {
        self.weights.check_lengths(operation, shape)?;
        let Some(ProjectedLayer { projection, units, coarse, samples }) = &self.projected else {
            return Ok(());
        };
        let dimensions = projection.dimensions;
        ensure_length(operation, "basis", dimensions * shape.inputs, projection.basis.len())?;
        ensure_length(operation, "coefficients", shape.hidden * dimensions, units.coefficients.len())?;
        ensure_length(operation, "tails", shape.hidden, units.tails.len())?;
        if let Some(CoarseWeights { bytes, units }) = coarse {
            ensure_length(
                operation,
                "coarse weights",
                shape.hidden * padded_bytes(shape.inputs),
                bytes.len(),
            )?;
            ensure_length(operation, "coarse units", shape.hidden, units.len())?;
        }
        if let Some(samples) = samples {
            ensure_length(
                operation,
                "coefficients of samples",
                batch_count * dimensions,
                samples.coefficients.len(),
            )?;
            ensure_length(operation, "tails of samples", batch_count, samples.tails.len())?;
        }
        Ok(())
    }
}

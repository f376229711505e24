//! What is derived from the effective weights of a layer, so that winners are found with less work.

use super::super::LayerShape;
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
    pub units: Projected<'a>,
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
        let Some(ProjectedLayer { projection, units, samples }) = &self.projected else { return Ok(()) };
        let dimensions = projection.dimensions;
        ensure_length(operation, "basis", dimensions * shape.inputs, projection.basis.len())?;
        ensure_length(operation, "coefficients", shape.hidden * dimensions, units.coefficients.len())?;
        ensure_length(operation, "tails", shape.hidden, units.tails.len())?;
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

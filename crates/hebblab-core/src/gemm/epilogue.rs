//! What is done to a piece of a product while it is in the cache: the same values, bit for bit, as by passes of their
//! own over the whole product.

use super::GemmShape;
use crate::activations::ReluPower;
use crate::error::{KernelResult, ensure, ensure_length};

/// `out = activation(row_scale * (op(a) op(b)) + bias)`, in this order, each step rounded by itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// A factor for each row of the output.
    pub row_scale: Option<&'a [f32]>,
    /// A value for each column of the output.
    pub bias: Option<&'a [f32]>,
    pub activation: Activation,
}

/// As in [`crate::activations`]: results below the normal range become zero.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Activation {
    #[default]
    None,
    Relu,
    /// `max(z, 0)^power`, with a finite power > 0.
    ReluPower(f32),
}

/// An epilogue that fits its product.
#[derive(Clone, Copy)]
pub struct Checked<'a> {
    row_scale: Option<&'a [f32]>,
    bias: Option<&'a [f32]>,
    activation: Option<ReluPower>,
}

impl<'a> Epilogue<'a> {
    pub(super) fn check(&self, shape: GemmShape) -> KernelResult<Checked<'a>> {
        let Epilogue { row_scale, bias, activation } = *self;
        if let Some(row_scale) = row_scale {
            ensure_length("gemm", "rowScale", shape.rows, row_scale.len())?;
        }
        if let Some(bias) = bias {
            ensure_length("gemm", "bias", shape.columns, bias.len())?;
        }
        let power = match activation {
            Activation::None => return Ok(Checked { row_scale, bias, activation: None }),
            Activation::Relu => 1.0,
            Activation::ReluPower(power) => power,
        };
        ensure(
            power.is_finite() && power > 0.0,
            "gemm",
            || "a power that is positive and finite".into(),
            || power.to_string(),
        )?;
        Ok(Checked { row_scale, bias, activation: Some(ReluPower::new(power)) })
    }
}

impl Checked<'_> {
    pub fn does_nothing(&self) -> bool {
        self.row_scale.is_none() && self.bias.is_none() && self.activation.is_none()
    }

    /// Changes values of one row, `first_column` and those after it.
    pub fn apply(&self, row: usize, first_column: usize, values: &mut [f32]) {
        self.scale_and_add(row, first_column, values);
        self.activate(values);
    }

    /// Changes whole rows, the first of which is `first_row`.
    pub fn apply_to_rows(&self, first_row: usize, columns: usize, values: &mut [f32]) {
        if self.row_scale.is_some() || self.bias.is_some() {
            for (row, values) in values.chunks_exact_mut(columns).enumerate() {
                self.scale_and_add(first_row + row, 0, values);
            }
        }
        self.activate(values);
    }

    fn scale_and_add(&self, row: usize, first_column: usize, values: &mut [f32]) {
        if let Some(row_scale) = self.row_scale {
            let scale = row_scale[row];
            for value in values.iter_mut() {
                *value *= scale;
            }
        }
        if let Some(bias) = self.bias {
            for (value, addend) in values.iter_mut().zip(&bias[first_column..]) {
                *value += addend;
            }
        }
    }

    fn activate(&self, values: &mut [f32]) {
        if let Some(activation) = self.activation {
            activation.apply(values);
        }
    }
}

//! The network `logits = ReLU(x W1 + b1)^n W2 + b2` and its gradients in closed form.

pub mod reference;

use crate::activations::{add_row_bias, column_sums, flush_denormal, relu_power, relu_power_backward};
use crate::error::{KernelResult, ensure, ensure_length};
use crate::gemm::{Form, GemmShape, GemmWorkspace, gemm};
use crate::readout::softmax_cross_entropy;
use crate::threads::OneThread;

/// Widths of the layers, each at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TwoLayerShape {
    pub inputs: usize,
    pub hidden: usize,
    pub classes: usize,
}

/// Weights are [in, out]: `hidden_weights` [inputs, hidden], `readout_weights` [hidden, classes].
#[derive(Debug, Clone, Copy)]
pub struct TwoLayerParameters<'a> {
    pub hidden_weights: &'a [f32],
    /// `None`: a hidden layer without bias.
    pub hidden_bias: Option<&'a [f32]>,
    pub readout_weights: &'a [f32],
    pub readout_bias: &'a [f32],
    /// n of `ReLU(z)^n`: finite, > 0.
    pub power: f32,
}

/// Where gradients go; what is `None` is not computed.
#[derive(Debug, Default)]
pub struct TwoLayerGradients<'a> {
    /// Of the mean loss, [inputs, hidden].
    pub hidden_weights: Option<&'a mut [f32]>,
    /// Of the mean loss, `[hidden]`.
    pub hidden_bias: Option<&'a mut [f32]>,
    /// Of the mean loss, [hidden, classes].
    pub readout_weights: Option<&'a mut [f32]>,
    /// Of the mean loss, `[classes]`.
    pub readout_bias: Option<&'a mut [f32]>,
    /// Of each sample's own loss, not divided by the batch: [batch, inputs].
    pub inputs: Option<&'a mut [f32]>,
}

/// Buffers kept between calls: about 3 * batch * hidden values.
#[derive(Default)]
pub struct TwoLayerWorkspace {
    preactivations: Vec<f32>,
    activations: Vec<f32>,
    hidden_gradient: Vec<f32>,
    logit_gradient: Vec<f32>,
    losses: Vec<f32>,
    gemm: GemmWorkspace,
}

impl TwoLayerWorkspace {
    /// Each sample's own loss in the last call of [`gradients`]: `[batch]`.
    pub fn losses(&self) -> &[f32] {
        &self.losses
    }
}

/// Logits [batch, classes] of `inputs` [batch, inputs]. A sample's logits do not depend on the others.
///
/// # Errors
/// Lengths that do not fit, a width of 0, a power that is not finite and positive.
///
/// ```
/// # use hebblab_core::two_layer::{TwoLayerParameters, TwoLayerShape, TwoLayerWorkspace, forward};
/// let shape = TwoLayerShape { inputs: 1, hidden: 2, classes: 1 };
/// let parameters = TwoLayerParameters {
///     hidden_weights: &[2.0, -2.0],
///     hidden_bias: None,
///     readout_weights: &[1.0, 1.0],
///     readout_bias: &[0.5],
///     power: 2.0,
/// };
/// let mut logits = [0.0];
/// forward(shape, &parameters, &[3.0], 1, &mut logits, &mut TwoLayerWorkspace::default()).unwrap();
/// assert_eq!(logits, [36.5]); // ReLU(2 * 3)^2 + ReLU(-2 * 3)^2 + 0.5
/// ```
pub fn forward(
    shape: TwoLayerShape,
    parameters: &TwoLayerParameters,
    inputs: &[f32],
    batch: usize,
    logits: &mut [f32],
    workspace: &mut TwoLayerWorkspace,
) -> KernelResult<()> {
    check("twoLayerForward", shape, parameters, inputs, batch)?;
    ensure_length("twoLayerForward", "logits", batch * shape.classes, logits.len())?;
    fill_logits(shape, parameters, inputs, batch, logits, workspace)
}

/// The mean softmax cross-entropy of a batch against `labels` `[batch]`, its logits [batch, classes], and
/// the gradients that are asked for.
///
/// # Errors
/// As [`forward`], and those of [`softmax_cross_entropy`]: an empty batch, a label >= classes, logits
/// that are not finite.
pub fn gradients(
    shape: TwoLayerShape,
    parameters: &TwoLayerParameters,
    inputs: &[f32],
    labels: &[u32],
    batch: usize,
    logits: &mut [f32],
    gradients: &mut TwoLayerGradients,
    workspace: &mut TwoLayerWorkspace,
) -> KernelResult<f64> {
    const OPERATION: &str = "twoLayerGradients";
    check(OPERATION, shape, parameters, inputs, batch)?;
    ensure_length(OPERATION, "logits", batch * shape.classes, logits.len())?;
    check_gradients(OPERATION, shape, batch, gradients)?;
    fill_logits(shape, parameters, inputs, batch, logits, workspace)?;

    let TwoLayerShape { inputs: input_width, hidden, classes } = shape;
    let TwoLayerWorkspace {
        preactivations,
        activations,
        hidden_gradient,
        logit_gradient,
        losses,
        gemm: packed,
    } = workspace;
    logit_gradient.resize(batch * classes, 0.0);
    losses.resize(batch, 0.0);
    // Scale 1: the inputs' gradients are each sample's own, whatever the batch. Divided by it further down.
    let loss =
        softmax_cross_entropy(&OneThread, logits, labels, batch, classes, 1.0, losses, logit_gradient)?;

    let wants_hidden = gradients.hidden_weights.is_some() || gradients.hidden_bias.is_some();
    if wants_hidden || gradients.inputs.is_some() {
        hidden_gradient.resize(batch * hidden, 0.0);
        let back = GemmShape { rows: batch, columns: hidden, inner: classes };
        gemm(
            &OneThread,
            Form::NT,
            back,
            logit_gradient,
            parameters.readout_weights,
            hidden_gradient,
            packed,
        )?;
        relu_power_backward(&OneThread, preactivations, parameters.power, hidden_gradient)?;
    }
    if let Some(out) = gradients.inputs.as_deref_mut() {
        let back = GemmShape { rows: batch, columns: input_width, inner: hidden };
        gemm(&OneThread, Form::NT, back, hidden_gradient, parameters.hidden_weights, out, packed)?;
    }
    divide(logit_gradient, batch);
    if let Some(out) = gradients.readout_weights.as_deref_mut() {
        let outer = GemmShape { rows: hidden, columns: classes, inner: batch };
        gemm(&OneThread, Form::TN, outer, activations, logit_gradient, out, packed)?;
    }
    if let Some(out) = gradients.readout_bias.as_deref_mut() {
        column_sums(&OneThread, logit_gradient, batch, classes, out)?;
    }
    if wants_hidden {
        divide(hidden_gradient, batch);
    }
    if let Some(out) = gradients.hidden_weights.as_deref_mut() {
        let outer = GemmShape { rows: input_width, columns: hidden, inner: batch };
        gemm(&OneThread, Form::TN, outer, inputs, hidden_gradient, out, packed)?;
    }
    if let Some(out) = gradients.hidden_bias.as_deref_mut() {
        column_sums(&OneThread, hidden_gradient, batch, hidden, out)?;
    }
    Ok(loss)
}

fn fill_logits(
    shape: TwoLayerShape,
    parameters: &TwoLayerParameters,
    inputs: &[f32],
    batch: usize,
    logits: &mut [f32],
    workspace: &mut TwoLayerWorkspace,
) -> KernelResult<()> {
    let TwoLayerShape { inputs: input_width, hidden, classes } = shape;
    let TwoLayerWorkspace { preactivations, activations, gemm: packed, .. } = workspace;
    preactivations.resize(batch * hidden, 0.0);
    let first = GemmShape { rows: batch, columns: hidden, inner: input_width };
    gemm(&OneThread, Form::NN, first, inputs, parameters.hidden_weights, preactivations, packed)?;
    if let Some(bias) = parameters.hidden_bias {
        add_row_bias(&OneThread, preactivations, batch, hidden, bias)?;
    }
    activations.clear();
    activations.extend_from_slice(preactivations);
    relu_power(&OneThread, activations, parameters.power)?;
    let second = GemmShape { rows: batch, columns: classes, inner: hidden };
    gemm(&OneThread, Form::NN, second, activations, parameters.readout_weights, logits, packed)?;
    add_row_bias(&OneThread, logits, batch, classes, parameters.readout_bias)
}

fn divide(values: &mut [f32], batch: usize) {
    let count = batch as f32;
    for value in values {
        *value = flush_denormal(*value / count);
    }
}

fn check(
    operation: &'static str,
    shape: TwoLayerShape,
    parameters: &TwoLayerParameters,
    inputs: &[f32],
    batch: usize,
) -> KernelResult<()> {
    let TwoLayerShape { inputs: input_width, hidden, classes } = shape;
    ensure(
        input_width >= 1 && hidden >= 1 && classes >= 1,
        operation,
        || "widths of at least 1".into(),
        || format!("{input_width} inputs, {hidden} hidden, {classes} classes"),
    )?;
    ensure(
        parameters.power.is_finite() && parameters.power > 0.0,
        operation,
        || "a finite power > 0".into(),
        || parameters.power.to_string(),
    )?;
    ensure_length(operation, "hidden_weights", input_width * hidden, parameters.hidden_weights.len())?;
    if let Some(bias) = parameters.hidden_bias {
        ensure_length(operation, "hidden_bias", hidden, bias.len())?;
    }
    ensure_length(operation, "readout_weights", hidden * classes, parameters.readout_weights.len())?;
    ensure_length(operation, "readout_bias", classes, parameters.readout_bias.len())?;
    ensure_length(operation, "inputs", batch * input_width, inputs.len())
}

fn check_gradients(
    operation: &'static str,
    shape: TwoLayerShape,
    batch: usize,
    gradients: &TwoLayerGradients,
) -> KernelResult<()> {
    let TwoLayerShape { inputs, hidden, classes } = shape;
    for (name, expected, wanted) in [
        ("gradient of hidden_weights", inputs * hidden, &gradients.hidden_weights),
        ("gradient of hidden_bias", hidden, &gradients.hidden_bias),
        ("gradient of readout_weights", hidden * classes, &gradients.readout_weights),
        ("gradient of readout_bias", classes, &gradients.readout_bias),
        ("gradient of inputs", batch * inputs, &gradients.inputs),
    ] {
        if let Some(out) = wanted {
            ensure_length(operation, name, expected, out.len())?;
        }
    }
    Ok(())
}

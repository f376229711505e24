//! Softmax cross-entropy and Adam.

use hebblab_core::readout::{self as core, AdamSettings};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, values_in};
use crate::threads::threads;

#[wasm_bindgen(js_name = softmaxCrossEntropy)]
pub fn softmax_cross_entropy(
    logits: u32,
    labels: u32,
    batch: u32,
    classes: u32,
    gradient_scale: f32,
    losses: u32,
    gradient: u32,
) -> Result<f64, JsError> {
    const OPERATION: &str = "softmaxCrossEntropy";
    let values = values_in(OPERATION, &[batch, classes])?;
    let mut arguments = Arguments::of(OPERATION);
    let logits = arguments.read("logits", logits, values)?;
    let labels = arguments.read("labels", labels, batch as usize)?;
    let losses = arguments.write("losses", losses, batch as usize)?;
    let gradient = arguments.write("gradient", gradient, values)?;
    core::softmax_cross_entropy(
        threads(),
        logits,
        labels,
        batch as usize,
        classes as usize,
        gradient_scale,
        losses,
        gradient,
    )
    .map_err(error)
}

#[wasm_bindgen(js_name = adamStep)]
pub fn adam_step(
    learning_rate: f32,
    beta1: f32,
    beta2: f32,
    epsilon: f32,
    step: u32,
    parameters: u32,
    gradient: u32,
    first_moment: u32,
    second_moment: u32,
    length: u32,
) -> Result<(), JsError> {
    let length = length as usize;
    let mut arguments = Arguments::of("adamStep");
    let parameters = arguments.write("parameters", parameters, length)?;
    let gradient = arguments.read("gradient", gradient, length)?;
    let first_moment = arguments.write("firstMoment", first_moment, length)?;
    let second_moment = arguments.write("secondMoment", second_moment, length)?;
    let settings = AdamSettings { learning_rate, beta1, beta2, epsilon };
    core::adam_step(threads(), &settings, step, parameters, gradient, first_moment, second_moment)
        .map_err(error)
}

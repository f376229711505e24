//! Krotov-Hopfield learning and winner-take-all.

use hebblab_core::competition;
use hebblab_core::krotov_hopfield::screening::{self, ScreenedWeights, padded_inputs};
use hebblab_core::krotov_hopfield::{self as core, Batch, KrotovHopfieldRule, LayerShape, RankedBy, Screen};
use wasm_bindgen::prelude::*;

use crate::memory::{Arguments, error, values_in};
use crate::threads::threads;
use crate::workspaces;

/// The scale offset that says that a batch holds floats, not bytes.
const NO_SCALES: u32 = 0;

#[wasm_bindgen(js_name = effectiveWeights)]
pub fn effective_weights(p: f32, weights: u32, out: u32, length: u32) -> Result<(), JsError> {
    let mut arguments = Arguments::of("effectiveWeights");
    let weights = arguments.read("weights", weights, length as usize)?;
    let out = arguments.write("out", out, length as usize)?;
    core::effective_weights(p, weights, out).map_err(error)
}

#[wasm_bindgen(js_name = krotovHopfieldScreen)]
pub fn screen(inputs: u32, hidden: u32, effective: u32, quantised: u32, units: u32) -> Result<(), JsError> {
    const OPERATION: &str = "createKrotovHopfieldScreen";
    let mut arguments = Arguments::of(OPERATION);
    let effective = arguments.read("effective", effective, values_in(OPERATION, &[hidden, inputs])?)?;
    let screen = screened_weights(OPERATION, &mut arguments, inputs, hidden, quantised, units)?;
    let shape = LayerShape { inputs: inputs as usize, hidden: hidden as usize };
    screening::refresh_all(threads(), shape, effective, screen).map_err(error)
}

fn screened_weights(
    operation: &'static str,
    arguments: &mut Arguments,
    inputs: u32,
    hidden: u32,
    quantised: u32,
    units: u32,
) -> Result<ScreenedWeights<'static>, JsError> {
    let pairs = padded_inputs(inputs as usize) as u32 / 2;
    Ok(ScreenedWeights {
        quantised: arguments.write("quantised", quantised, values_in(operation, &[hidden, pairs])?)?,
        units: arguments.write("units", units, hidden as usize)?,
    })
}

/// The screen offset that says that there is none.
const NO_SCREEN: u32 = 0;

/// Returns max |dW|, 0 where the whole product ranked and 1 where the screen did, and the candidates of the screen.
#[wasm_bindgen(js_name = krotovHopfieldMinibatchStep)]
pub fn minibatch_step(
    p: f32,
    k: u32,
    delta: f32,
    radius: f32,
    precision: f32,
    inputs: u32,
    hidden: u32,
    learning_rate: f32,
    count: u32,
    samples: u32,
    scales: u32,
    weights: u32,
    effective: u32,
    winner: u32,
    rival: u32,
    quantised: u32,
    units: u32,
    uses_screen: bool,
) -> Result<Vec<f64>, JsError> {
    const OPERATION: &str = "krotovHopfieldMinibatchStep";
    let mut arguments = Arguments::of(OPERATION);
    let layer =
        Layer::of(OPERATION, &mut arguments, inputs, hidden, count, samples, scales, weights, effective)?;
    let winner = arguments.write("winner", winner, count as usize)?;
    let rival = arguments.write("rival", rival, count as usize)?;
    let screen = if quantised == NO_SCREEN {
        Screen::Absent
    } else {
        let screen = screened_weights(OPERATION, &mut arguments, inputs, hidden, quantised, units)?;
        if uses_screen { Screen::Used(screen) } else { Screen::Kept(screen) }
    };
    let rule = KrotovHopfieldRule { p, k: k as usize, delta, radius, precision };
    workspaces::KROTOV_HOPFIELD.with_borrow_mut(|workspace| {
        let Layer { shape, batch, weights, effective } = layer;
        let step = core::minibatch_step(
            threads(),
            &rule,
            shape,
            learning_rate,
            count as usize,
            batch,
            weights,
            effective,
            screen,
            winner,
            rival,
            workspace,
        )
        .map_err(error)?;
        let (ranked_by, candidates) = match step.ranked_by {
            RankedBy::Product => (0.0, 0.0),
            RankedBy::Screen { candidates } => (1.0, candidates as f64),
        };
        Ok(vec![f64::from(step.largest), ranked_by, candidates])
    })
}

#[wasm_bindgen(js_name = krotovHopfieldSequentialStep)]
pub fn sequential_step(
    p: f32,
    k: u32,
    delta: f32,
    radius: f32,
    precision: f32,
    inputs: u32,
    hidden: u32,
    learning_rate: f32,
    count: u32,
    samples: u32,
    scales: u32,
    weights: u32,
    effective: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "krotovHopfieldSequentialStep";
    let mut arguments = Arguments::of(OPERATION);
    let layer =
        Layer::of(OPERATION, &mut arguments, inputs, hidden, count, samples, scales, weights, effective)?;
    let rule = KrotovHopfieldRule { p, k: k as usize, delta, radius, precision };
    workspaces::KROTOV_HOPFIELD.with_borrow_mut(|workspace| {
        let Layer { shape, batch, weights, effective } = layer;
        core::sequential_step(
            &rule,
            shape,
            learning_rate,
            count as usize,
            batch,
            weights,
            effective,
            workspace,
        )
        .map_err(error)
    })
}

#[wasm_bindgen]
pub fn winners(values: u32, count: u32, units: u32, winner: u32) -> Result<(), JsError> {
    const OPERATION: &str = "winners";
    let mut arguments = Arguments::of(OPERATION);
    let values = arguments.read("values", values, values_in(OPERATION, &[count, units])?)?;
    let winner = arguments.write("winner", winner, count as usize)?;
    competition::winners(values, count as usize, units as usize, winner).map_err(error)
}

#[wasm_bindgen(js_name = winnersAndRivals)]
pub fn winners_and_rivals(
    values: u32,
    count: u32,
    units: u32,
    k: u32,
    winner: u32,
    rival: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "winnersAndRivals";
    let mut arguments = Arguments::of(OPERATION);
    let values = arguments.read("values", values, values_in(OPERATION, &[count, units])?)?;
    let winner = arguments.write("winner", winner, count as usize)?;
    let rival = arguments.write("rival", rival, count as usize)?;
    competition::winners_and_rivals(values, count as usize, units as usize, k as usize, winner, rival)
        .map_err(error)
}

/// What both rules share: the layer's arrays and the batch in either of its two forms.
struct Layer {
    shape: LayerShape,
    batch: Batch<'static>,
    weights: &'static mut [f32],
    effective: &'static mut [f32],
}

impl Layer {
    fn of(
        operation: &'static str,
        arguments: &mut Arguments,
        inputs: u32,
        hidden: u32,
        count: u32,
        samples: u32,
        scales: u32,
        weights: u32,
        effective: u32,
    ) -> Result<Layer, JsError> {
        let batch_values = values_in(operation, &[count, inputs])?;
        let weight_values = values_in(operation, &[hidden, inputs])?;
        let batch = if scales == NO_SCALES {
            Batch::Floats(arguments.read("samples", samples, batch_values)?)
        } else {
            Batch::Bytes {
                pixels: arguments.read("pixels", samples, batch_values)?,
                scales: arguments.read("scales", scales, count as usize)?,
            }
        };
        Ok(Layer {
            shape: LayerShape { inputs: inputs as usize, hidden: hidden as usize },
            batch,
            weights: arguments.write("weights", weights, weight_values)?,
            effective: arguments.write("effective", effective, weight_values)?,
        })
    }
}

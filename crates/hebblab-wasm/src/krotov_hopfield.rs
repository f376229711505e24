//! Krotov-Hopfield learning and winner-take-all.

use hebblab_core::buffers::grow;
use hebblab_core::bytes::bytes_to_floats;
use hebblab_core::competition;
use hebblab_core::krotov_hopfield::screening::projection::{
    self, Projected, Projection, ProjectionWorkspace,
};
use hebblab_core::krotov_hopfield::screening::{
    self, CoarseWeights, Rows, ScreenedWeights, padded_bytes, padded_inputs,
};
use hebblab_core::krotov_hopfield::{
    self as core, Batch, KrotovHopfieldRule, LayerShape, ProjectedLayer, RankedBy, Ranking, Screen,
};
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

/// Returns how far the basis is from orthonormal.
#[wasm_bindgen(js_name = krotovHopfieldProjection)]
pub fn projection_defect(inputs: u32, dimensions: u32, basis: u32) -> Result<f32, JsError> {
    const OPERATION: &str = "createKrotovHopfieldProjection";
    let mut arguments = Arguments::of(OPERATION);
    let basis = arguments.read("basis", basis, values_in(OPERATION, &[dimensions, inputs])?)?;
    projection::defect_of(threads(), inputs as usize, dimensions as usize, basis, &mut Vec::new())
        .map_err(error)
}

/// Projects rows of float32 values, or of bytes.
#[wasm_bindgen(js_name = krotovHopfieldProject)]
pub fn project(
    inputs: u32,
    dimensions: u32,
    basis: u32,
    defect: f32,
    count: u32,
    rows: u32,
    are_bytes: bool,
    coefficients: u32,
    tails: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "projectKrotovHopfieldRows";
    let mut arguments = Arguments::of(OPERATION);
    let basis = arguments.read("basis", basis, values_in(OPERATION, &[dimensions, inputs])?)?;
    let values = values_in(OPERATION, &[count, inputs])?;
    let (pixels, floats) = if are_bytes {
        (arguments.read("rows", rows, values)?, &[][..])
    } else {
        (&[][..], arguments.read("rows", rows, values)?)
    };
    let projected = Projected {
        coefficients: arguments.write(
            "coefficients",
            coefficients,
            values_in(OPERATION, &[count, dimensions])?,
        )?,
        tails: arguments.write("tails", tails, count as usize)?,
    };
    let projection = Projection { basis, dimensions: dimensions as usize, defect };
    let (mut converted, mut scales) = (Vec::new(), Vec::new());
    let floats = if are_bytes {
        let floats = grow(OPERATION, &mut converted, values).map_err(error)?;
        let ones = grow(OPERATION, &mut scales, count as usize).map_err(error)?;
        ones.fill(1.0);
        bytes_to_floats(threads(), pixels, ones, inputs as usize, floats).map_err(error)?;
        floats
    } else {
        floats
    };
    workspaces::GEMM
        .with_borrow_mut(|workspace| {
            projection::project(
                threads(),
                OPERATION,
                projection,
                inputs as usize,
                floats,
                projected,
                workspace,
            )
        })
        .map_err(error)
}

/// Writes coarse integers of effective weights, and projects what these leave of them.
#[wasm_bindgen(js_name = krotovHopfieldCoarse)]
pub fn coarse(
    inputs: u32,
    hidden: u32,
    dimensions: u32,
    basis: u32,
    defect: f32,
    effective: u32,
    bytes: u32,
    units: u32,
    coefficients: u32,
    tails: u32,
) -> Result<(), JsError> {
    const OPERATION: &str = "createKrotovHopfieldScreen";
    let mut arguments = Arguments::of(OPERATION);
    let basis = arguments.read("basis", basis, values_in(OPERATION, &[dimensions, inputs])?)?;
    let effective = arguments.read("effective", effective, values_in(OPERATION, &[hidden, inputs])?)?;
    let coarse = coarse_weights(OPERATION, &mut arguments, inputs, hidden, bytes, units)?;
    let mut projected = Projected {
        coefficients: arguments.write(
            "coefficients",
            coefficients,
            values_in(OPERATION, &[hidden, dimensions])?,
        )?,
        tails: arguments.write("tails", tails, hidden as usize)?,
    };
    let projection = Projection { basis, dimensions: dimensions as usize, defect };
    let shape = LayerShape { inputs: inputs as usize, hidden: hidden as usize };
    let mut workspace = ProjectionWorkspace::default();
    // Some units at a time, since their rows are copied.
    for first in (0..hidden).step_by(UNITS_AT_ONCE) {
        let some: [u32; UNITS_AT_ONCE] = std::array::from_fn(|unit| first + unit as u32);
        let some = &some[..UNITS_AT_ONCE.min((hidden - first) as usize)];
        let coarse = CoarseWeights { bytes: &mut *coarse.bytes, units: &mut *coarse.units };
        projection::project_units(
            threads(),
            OPERATION,
            shape,
            projection,
            some,
            effective,
            &mut projected,
            Some(coarse),
            &mut workspace,
        )
        .map_err(error)?;
    }
    Ok(())
}

const UNITS_AT_ONCE: usize = 200;

fn coarse_weights(
    operation: &'static str,
    arguments: &mut Arguments,
    inputs: u32,
    hidden: u32,
    bytes: u32,
    units: u32,
) -> Result<CoarseWeights<'static>, JsError> {
    let padded = padded_bytes(inputs as usize) as u32;
    Ok(CoarseWeights {
        bytes: arguments.write("coarse bytes", bytes, values_in(operation, &[hidden, padded])?)?,
        units: arguments.write("coarse units", units, hidden as usize)?,
    })
}

/// The offset that says that there is no screen, or nothing projected.
const ABSENT: u32 = 0;

/// `ranking`: 0 the whole product, 1 the screen, 2 the sieve. Returns max |dW|, how winners were found, and the
/// candidates, survivors and touched units.
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
    ranking: u32,
    quantised: u32,
    units: u32,
    dimensions: u32,
    basis: u32,
    defect: f32,
    unit_coefficients: u32,
    unit_tails: u32,
    coarse_bytes: u32,
    coarse_units: u32,
    sample_coefficients: u32,
    sample_tails: u32,
) -> Result<Vec<f64>, JsError> {
    const OPERATION: &str = "krotovHopfieldMinibatchStep";
    let mut arguments = Arguments::of(OPERATION);
    let layer =
        Layer::of(OPERATION, &mut arguments, inputs, hidden, count, samples, scales, weights, effective)?;
    let winner = arguments.write("winner", winner, count as usize)?;
    let rival = arguments.write("rival", rival, count as usize)?;
    let ranking = match ranking {
        0 => Ranking::Product,
        1 => Ranking::Screen,
        _ => Ranking::Sieve,
    };
    let screen = if quantised == ABSENT {
        None
    } else {
        let weights = screened_weights(OPERATION, &mut arguments, inputs, hidden, quantised, units)?;
        let projected = if basis == ABSENT {
            None
        } else {
            let rows = |rows| values_in(OPERATION, &[rows, dimensions]);
            let samples = if sample_coefficients == ABSENT {
                None
            } else {
                Some(Rows {
                    coefficients: arguments.read(
                        "coefficients of samples",
                        sample_coefficients,
                        rows(count)?,
                    )?,
                    tails: arguments.read("tails of samples", sample_tails, count as usize)?,
                })
            };
            let basis = arguments.read("basis", basis, values_in(OPERATION, &[dimensions, inputs])?)?;
            Some(ProjectedLayer {
                projection: Projection { basis, dimensions: dimensions as usize, defect },
                units: Projected {
                    coefficients: arguments.write("coefficients", unit_coefficients, rows(hidden)?)?,
                    tails: arguments.write("tails", unit_tails, hidden as usize)?,
                },
                coarse: if coarse_bytes == ABSENT {
                    None
                } else {
                    Some(coarse_weights(
                        OPERATION,
                        &mut arguments,
                        inputs,
                        hidden,
                        coarse_bytes,
                        coarse_units,
                    )?)
                },
                samples,
            })
        };
        Some(Screen { weights, projected })
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
            ranking,
            winner,
            rival,
            workspace,
        )
        .map_err(error)?;
        let (ranked_by, candidates, survivors) = match step.ranked_by {
            RankedBy::Product => (0.0, 0, 0),
            RankedBy::Screen { candidates } => (1.0, candidates, 0),
            RankedBy::Sieve { survivors, candidates } => (2.0, candidates, survivors),
        };
        Ok(vec![f64::from(step.largest), ranked_by, candidates as f64, survivors as f64, step.touched as f64])
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

//! The closed-form two-layer network: the reference against finite differences, the fast form against it.

mod common;

use common::{assert_close, widen};
use hebblab_core::two_layer::reference::{Network, evaluate};
use hebblab_core::two_layer::{
    TwoLayerGradients, TwoLayerParameters, TwoLayerShape, TwoLayerWorkspace, forward, gradients,
};
use proptest::prelude::*;

const SHAPE: TwoLayerShape = TwoLayerShape { inputs: 5, hidden: 7, classes: 3 };
const BATCH: usize = 4;
const LABELS: [u32; BATCH] = [2, 0, 1, 1];

#[derive(Debug, Clone)]
struct Setup {
    hidden_weights: Vec<f32>,
    hidden_bias: Vec<f32>,
    readout_weights: Vec<f32>,
    readout_bias: Vec<f32>,
    inputs: Vec<f32>,
    power: f32,
}

fn any_setup() -> impl Strategy<Value = Setup> {
    let values = |length: usize| prop::collection::vec(-1.0..1.0_f32, length);
    (
        values(SHAPE.inputs * SHAPE.hidden),
        values(SHAPE.hidden),
        values(SHAPE.hidden * SHAPE.classes),
        values(SHAPE.classes),
        values(BATCH * SHAPE.inputs),
        prop::sample::select(&[1.0, 2.0, 3.3, 4.5_f32]),
    )
        .prop_map(|(hidden_weights, hidden_bias, readout_weights, readout_bias, inputs, power)| Setup {
            hidden_weights,
            hidden_bias,
            readout_weights,
            readout_bias,
            inputs,
            power,
        })
}

fn network(setup: &Setup) -> Network {
    Network {
        shape: SHAPE,
        power: f64::from(setup.power),
        hidden_weights: widen(&setup.hidden_weights),
        hidden_bias: widen(&setup.hidden_bias),
        readout_weights: widen(&setup.readout_weights),
        readout_bias: widen(&setup.readout_bias),
    }
}

fn parameters(setup: &Setup) -> TwoLayerParameters<'_> {
    TwoLayerParameters {
        hidden_weights: &setup.hidden_weights,
        hidden_bias: Some(&setup.hidden_bias),
        readout_weights: &setup.readout_weights,
        readout_bias: &setup.readout_bias,
        power: setup.power,
    }
}

fn fixed_setup() -> Setup {
    let wave = |length: usize, step: f32| (0..length).map(|index| (index as f32 * step).sin()).collect();
    Setup {
        hidden_weights: wave(SHAPE.inputs * SHAPE.hidden, 1.3),
        hidden_bias: wave(SHAPE.hidden, 0.9),
        readout_weights: wave(SHAPE.hidden * SHAPE.classes, 2.1),
        readout_bias: wave(SHAPE.classes, 0.7),
        inputs: wave(BATCH * SHAPE.inputs, 1.7),
        power: 4.5,
    }
}

fn run(
    setup: &Setup,
    parameters: &TwoLayerParameters,
    batch: usize,
    out: &mut TwoLayerGradients,
) -> (f64, Vec<f32>) {
    let mut logits = vec![f32::NAN; batch * SHAPE.classes];
    let inputs = &setup.inputs[..batch * SHAPE.inputs];
    let mut workspace = TwoLayerWorkspace::default();
    let labels = &LABELS[..batch];
    let loss = gradients(SHAPE, parameters, inputs, labels, batch, &mut logits, out, &mut workspace).unwrap();
    (loss, logits)
}

/// The arrays in the order of the gradients: W1, b1, W2, b2, inputs.
fn part<'a>(network: &'a mut Network, inputs: &'a mut Vec<f64>, index: usize) -> &'a mut Vec<f64> {
    match index {
        0 => &mut network.hidden_weights,
        1 => &mut network.hidden_bias,
        2 => &mut network.readout_weights,
        3 => &mut network.readout_bias,
        _ => inputs,
    }
}

/// Central differences of the mean loss with respect to each value of a part.
fn differences(setup: &Setup, index: usize) -> Vec<f64> {
    let step = 1e-6;
    let (mut network, mut inputs) = (network(setup), widen(&setup.inputs));
    let mut loss_at = |place: usize, offset: f64| {
        part(&mut network, &mut inputs, index)[place] += offset;
        let loss = evaluate(&network, &inputs, &LABELS).cross_entropy;
        part(&mut network, &mut inputs, index)[place] -= offset;
        loss
    };
    let length = [
        &setup.hidden_weights,
        &setup.hidden_bias,
        &setup.readout_weights,
        &setup.readout_bias,
        &setup.inputs,
    ][index]
        .len();
    (0..length).map(|place| (loss_at(place, step) - loss_at(place, -step)) / (2.0 * step)).collect()
}

/// The largest value that one sample gives to the gradient of a part: means over samples may cancel, rounding does not.
fn largest_of_one_sample(setup: &Setup, index: usize) -> f64 {
    let network = network(setup);
    let samples = setup.inputs.chunks(SHAPE.inputs).zip(&LABELS);
    let values = samples.flat_map(|(inputs, &label)| {
        let of = evaluate(&network, &widen(inputs), &[label]);
        [of.hidden_weights, of.hidden_bias, of.readout_weights, of.readout_bias]
            .into_iter()
            .nth(index)
            .unwrap()
    });
    values.fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

#[test]
fn only_the_gradients_asked_for_are_needed() {
    let setup = fixed_setup();
    let mut whole = vec![f32::NAN; setup.readout_weights.len()];
    let mut bias = vec![f32::NAN; SHAPE.hidden];
    let mut inputs = vec![f32::NAN; setup.inputs.len()];
    let mut out = TwoLayerGradients {
        readout_weights: Some(&mut whole),
        hidden_bias: Some(&mut bias),
        inputs: Some(&mut inputs),
        ..Default::default()
    };
    let (loss, _) = run(&setup, &parameters(&setup), BATCH, &mut out);
    let mut alone = vec![f32::NAN; whole.len()];
    let mut out = TwoLayerGradients { readout_weights: Some(&mut alone), ..Default::default() };
    assert_eq!(run(&setup, &parameters(&setup), BATCH, &mut out).0, loss);
    assert_eq!(alone, whole);
    let mut alone = vec![f32::NAN; inputs.len()];
    let mut out = TwoLayerGradients { inputs: Some(&mut alone), ..Default::default() };
    run(&setup, &parameters(&setup), BATCH, &mut out);
    assert_eq!(alone, inputs);
}

#[test]
fn a_sample_does_not_depend_on_its_batch() {
    let setup = fixed_setup();
    let mut whole = vec![f32::NAN; BATCH * SHAPE.inputs];
    let mut out = TwoLayerGradients { inputs: Some(&mut whole), ..Default::default() };
    let (_, logits) = run(&setup, &parameters(&setup), BATCH, &mut out);
    let mut first = vec![f32::NAN; SHAPE.inputs];
    let mut out = TwoLayerGradients { inputs: Some(&mut first), ..Default::default() };
    let (_, first_logits) = run(&setup, &parameters(&setup), 1, &mut out);
    assert_eq!(first, whole[..SHAPE.inputs]);
    assert_eq!(first_logits, logits[..SHAPE.classes]);
}

#[test]
fn a_missing_hidden_bias_is_a_bias_of_zeros() {
    let setup = Setup { hidden_bias: vec![0.0; SHAPE.hidden], ..fixed_setup() };
    let without = TwoLayerParameters { hidden_bias: None, ..parameters(&setup) };
    let mut workspace = TwoLayerWorkspace::default();
    let mut logits = [vec![f32::NAN; BATCH * SHAPE.classes], vec![f32::NAN; BATCH * SHAPE.classes]];
    for (logits, parameters) in logits.iter_mut().zip([parameters(&setup), without]) {
        forward(SHAPE, &parameters, &setup.inputs, BATCH, logits, &mut workspace).unwrap();
    }
    assert_eq!(logits[0], logits[1]);
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let setup = fixed_setup();
    let fine = parameters(&setup);
    let attempt = |shape: TwoLayerShape, parameters: &TwoLayerParameters, logits: usize| {
        let mut workspace = TwoLayerWorkspace::default();
        forward(shape, parameters, &setup.inputs, BATCH, &mut vec![0.0; logits], &mut workspace)
            .map_err(|error| error.to_string())
    };
    let logits = BATCH * SHAPE.classes;
    assert_eq!(attempt(SHAPE, &fine, logits), Ok(()));
    let message = attempt(SHAPE, &TwoLayerParameters { readout_bias: &[0.0], ..fine }, logits);
    assert_eq!(message.unwrap_err(), "twoLayerForward: expected 3 values in readout_bias, got 1");
    assert!(attempt(TwoLayerShape { hidden: 0, ..SHAPE }, &fine, logits).is_err());
    assert!(attempt(TwoLayerShape { inputs: 4, ..SHAPE }, &fine, logits).is_err());
    assert!(attempt(SHAPE, &fine, logits + 1).is_err());
    for power in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(attempt(SHAPE, &TwoLayerParameters { power, ..fine }, logits).unwrap_err().contains("power"));
    }
    let mut short = [0.0; 3];
    let mut out = TwoLayerGradients { hidden_bias: Some(&mut short), ..Default::default() };
    let mut workspace = TwoLayerWorkspace::default();
    let mut buffer = vec![0.0; logits];
    let refused =
        gradients(SHAPE, &fine, &setup.inputs, &LABELS, BATCH, &mut buffer, &mut out, &mut workspace);
    let message = "twoLayerGradients: expected 7 values in gradient of hidden_bias, got 3";
    assert_eq!(refused.unwrap_err().to_string(), message);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn reference_gradients_are_finite_differences(setup in any_setup()) {
        // ReLU itself has no derivative at 0, where a difference would straddle it: see the vectors for n = 1.
        prop_assume!(setup.power > 1.0);
        let results = evaluate(&network(&setup), &widen(&setup.inputs), &LABELS);
        let own_inputs: Vec<f64> = results.inputs.iter().map(|value| value / BATCH as f64).collect();
        let analytic = [
            results.hidden_weights,
            results.hidden_bias,
            results.readout_weights,
            results.readout_bias,
            own_inputs,
        ];
        for (index, analytic) in analytic.iter().enumerate() {
            for (got, want) in analytic.iter().zip(differences(&setup, index)) {
                prop_assert!((got - want).abs() < 1e-6 * (1.0 + want.abs()), "part {index}: {got}, {want}");
            }
        }
    }

    #[test]
    fn fast_form_follows_the_reference(setup in any_setup()) {
        let want = evaluate(&network(&setup), &widen(&setup.inputs), &LABELS);
        let lengths = [&setup.hidden_weights, &setup.hidden_bias, &setup.readout_weights, &setup.readout_bias];
        let mut parts = lengths.map(|like| vec![f32::NAN; like.len()]);
        let mut inputs = vec![f32::NAN; setup.inputs.len()];
        let [w1, b1, w2, b2] = &mut parts;
        let mut out = TwoLayerGradients {
            hidden_weights: Some(w1),
            hidden_bias: Some(b1),
            readout_weights: Some(w2),
            readout_bias: Some(b2),
            inputs: Some(&mut inputs),
        };
        let (loss, logits) = run(&setup, &parameters(&setup), BATCH, &mut out);
        assert_close("logits", &widen(&logits), &want.logits, 1e-5);
        assert_close("loss", &[loss], &[want.cross_entropy], 1e-5);
        let wanted = [&want.hidden_weights, &want.hidden_bias, &want.readout_weights, &want.readout_bias];
        for (index, (got, want)) in parts.iter().zip(wanted).enumerate() {
            let tolerance = 1e-5 * largest_of_one_sample(&setup, index);
            for (got, want) in got.iter().zip(want) {
                prop_assert!((f64::from(*got) - want).abs() <= tolerance, "part {index}: {got}, {want}");
            }
        }
        assert_close("inputs", &widen(&inputs), &want.inputs, 1e-5);
    }
}

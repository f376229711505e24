//! The two-layer network against the first two cases of test/vectors/networks.json.

mod common;

use common::{array, array_f32, assert_close, load};
use hebblab_core::two_layer::reference::{Network, evaluate};
use hebblab_core::two_layer::{
    TwoLayerGradients, TwoLayerParameters, TwoLayerShape, TwoLayerWorkspace, forward, gradients,
};
use serde_json::Value;

const TOLERANCE: f64 = 1e-5;
const CASES: usize = 2;

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

fn shape_of(case: &Value) -> TwoLayerShape {
    let sizes: Vec<usize> = array(&case["sizes"]).iter().map(|size| *size as usize).collect();
    assert_eq!((sizes.len(), case["activation"].as_str()), (3, Some("relu")));
    TwoLayerShape { inputs: sizes[0], hidden: sizes[1], classes: sizes[2] }
}

fn labels_of(case: &Value) -> Vec<u32> {
    array(&case["labels"]).iter().map(|label| *label as u32).collect()
}

fn assert_results(case: &Value, logits: &[f64], loss: f64, parameters: [&[f64]; 4], inputs: &[f64]) {
    assert_close("logits", logits, &array(&case["logits"]), TOLERANCE);
    assert_close("crossEntropy", &[loss], &[case["crossEntropy"].as_f64().unwrap()], TOLERANCE);
    for (index, gradient) in parameters.iter().enumerate() {
        let name = format!("paramGrads {index}");
        assert_close(&name, gradient, &array(&case["paramGrads"][index]), TOLERANCE);
    }
    assert_close("inputGrad", inputs, &array(&case["inputGrad"]), TOLERANCE);
}

#[test]
fn reference_agrees() {
    for case in &load("networks")["cases"].as_array().unwrap()[..CASES] {
        let parameter = |layer: usize, name: &str| widen(&array_f32(&case["params"][layer][name]));
        let network = Network {
            shape: shape_of(case),
            power: case["power"].as_f64().unwrap(),
            hidden_weights: parameter(0, "weight"),
            hidden_bias: parameter(0, "bias"),
            readout_weights: parameter(1, "weight"),
            readout_bias: parameter(1, "bias"),
        };
        let got = evaluate(&network, &widen(&array_f32(&case["inputs"])), &labels_of(case));
        let parameters: [&[f64]; 4] =
            [&got.hidden_weights, &got.hidden_bias, &got.readout_weights, &got.readout_bias];
        assert_results(case, &got.logits, got.cross_entropy, parameters, &got.inputs);
    }
}

#[test]
fn fast_form_agrees() {
    let mut workspace = TwoLayerWorkspace::default();
    for case in &load("networks")["cases"].as_array().unwrap()[..CASES] {
        let shape = shape_of(case);
        let (hidden_weights, hidden_bias) =
            (array_f32(&case["params"][0]["weight"]), array_f32(&case["params"][0]["bias"]));
        let (readout_weights, readout_bias) =
            (array_f32(&case["params"][1]["weight"]), array_f32(&case["params"][1]["bias"]));
        let parameters = TwoLayerParameters {
            hidden_weights: &hidden_weights,
            hidden_bias: Some(&hidden_bias),
            readout_weights: &readout_weights,
            readout_bias: &readout_bias,
            power: case["power"].as_f64().unwrap() as f32,
        };
        let inputs = array_f32(&case["inputs"]);
        let labels = labels_of(case);
        let batch = labels.len();
        let mut logits = vec![f32::NAN; batch * shape.classes];
        let mut parts = [&hidden_weights, &hidden_bias, &readout_weights, &readout_bias, &inputs]
            .map(|like| vec![f32::NAN; like.len()]);
        let [w1, b1, w2, b2, x] = &mut parts;
        let mut out = TwoLayerGradients {
            hidden_weights: Some(w1),
            hidden_bias: Some(b1),
            readout_weights: Some(w2),
            readout_bias: Some(b2),
            inputs: Some(x),
        };
        let loss =
            gradients(shape, &parameters, &inputs, &labels, batch, &mut logits, &mut out, &mut workspace)
                .unwrap();
        let [w1, b1, w2, b2, x] = parts.map(|part| widen(&part));
        assert_results(case, &widen(&logits), loss, [&w1, &b1, &w2, &b2], &x);

        let mut again = vec![f32::NAN; logits.len()];
        forward(shape, &parameters, &inputs, batch, &mut again, &mut workspace).unwrap();
        assert_eq!(again, logits);
    }
}

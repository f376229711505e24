//! Both forms of the rule, fast and reference, against every vector of kh.json.

mod common;

use common::{TOLERANCE, array, array_f32, assert_close, indices, load, number, shape, widen};
use hebblab_core::bytes::{bytes_to_floats, inverse_lp_norms_of_bytes};
use hebblab_core::krotov_hopfield::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, Ranking, Step, effective_weights,
    minibatch_step, preactivations, reference, sequential_step,
};
use hebblab_core::norms::lp_norms;
use hebblab_core::threads::OneThread;
use serde_json::Value;

fn rule(setting: &Value) -> KrotovHopfieldRule {
    KrotovHopfieldRule {
        p: number(&setting["p"]) as f32,
        k: number(&setting["k"]) as usize,
        delta: number(&setting["delta"]) as f32,
        radius: number(&setting["radius"]) as f32,
        precision: setting["precision"].as_f64().unwrap_or(1e-9) as f32,
    }
}

fn layer_shape(setting: &Value) -> LayerShape {
    let shape = shape(&setting["weights"]);
    LayerShape { inputs: shape[1], hidden: shape[0] }
}

fn cases(key: &str) -> Vec<Value> {
    load("kh")[key].as_array().expect("a list of cases").clone()
}

/// A layer that learns by the fast kernels.
struct Layer {
    rule: KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f32,
    weights: Vec<f32>,
    effective: Vec<f32>,
    workspace: KrotovHopfieldWorkspace,
}

impl Layer {
    fn of(setting: &Value) -> Layer {
        let (rule, weights) = (rule(setting), array_f32(&setting["weights"]));
        let mut effective = vec![0.0; weights.len()];
        effective_weights(rule.p, &weights, &mut effective).unwrap();
        Layer {
            rule,
            shape: layer_shape(setting),
            learning_rate: number(&setting["learningRate"]) as f32,
            weights,
            effective,
            workspace: KrotovHopfieldWorkspace::default(),
        }
    }

    /// Checks one step from the layer's weights against every intermediate that `want` has.
    fn check_step(&mut self, name: &str, batch: Batch, want: &Value) {
        let LayerShape { inputs, hidden } = self.shape;
        let count = shape(&want["winner"])[0];
        let mut h = vec![f32::NAN; count * hidden];
        preactivations(&OneThread, self.shape, count, batch, &self.effective, &mut h, &mut self.workspace)
            .unwrap();
        assert_close(
            &format!("{name} preactivations"),
            &widen(&h),
            &array(&want["preactivations"]),
            TOLERANCE,
        );

        let (mut winner, mut rival) = (vec![u32::MAX; count], vec![u32::MAX; count]);
        let Step { largest, .. } = minibatch_step(
            &OneThread,
            &self.rule,
            self.shape,
            self.learning_rate,
            count,
            batch,
            &mut self.weights,
            &mut self.effective,
            None,
            Ranking::Product,
            &mut winner,
            &mut rival,
            &mut self.workspace,
        )
        .unwrap();
        assert_eq!(winner, indices(&want["winner"]), "{name} winner");
        assert_eq!(rival, indices(&want["antiHebbian"]), "{name} rival");
        assert_close(&format!("{name} max"), &[largest as f64], &[number(&want["maxAbsUpdate"])], TOLERANCE);
        if want.get("update").is_some() {
            let mut update = vec![0.0; hidden * inputs];
            let rows = self.workspace.touched_updates(inputs).chunks_exact(inputs);
            for (&unit, row) in self.workspace.touched_units().iter().zip(rows) {
                update[unit as usize * inputs..][..inputs].copy_from_slice(row);
            }
            assert_close(&format!("{name} update"), &widen(&update), &array(&want["update"]), TOLERANCE);
        }
        self.check_weights(name, want);
    }

    fn check_weights(&self, name: &str, want: &Value) {
        assert_close(name, &widen(&self.weights), &array(&want["weightsAfter"]), TOLERANCE);
        let mut fresh = vec![0.0; self.weights.len()];
        effective_weights(self.rule.p, &self.weights, &mut fresh).unwrap();
        assert_eq!(self.effective, fresh, "{name}: effective weights belong to the weights");
    }
}

fn check_reference(name: &str, setting: &Value, samples: &[f32], weights: &mut [f64], want: &Value) {
    let rate = number(&setting["learningRate"]);
    let step =
        reference::minibatch_step(&rule(setting), layer_shape(setting), rate, &widen(samples), weights);
    let as_u32 = |units: &[usize]| units.iter().map(|&unit| unit as u32).collect::<Vec<_>>();
    assert_close(name, &step.preactivations, &array(&want["preactivations"]), TOLERANCE);
    assert_eq!(as_u32(&step.winner), indices(&want["winner"]), "{name} winner");
    assert_eq!(as_u32(&step.rival), indices(&want["antiHebbian"]), "{name} rival");
    assert_close(name, &[step.largest], &[number(&want["maxAbsUpdate"])], TOLERANCE);
    if want.get("update").is_some() {
        assert_close(name, &step.update, &array(&want["update"]), TOLERANCE);
    }
    assert_close(name, weights, &array(&want["weightsAfter"]), TOLERANCE);
}

#[test]
fn the_fast_minibatch_rule_follows_three_chained_steps_of_every_setting() {
    for (index, setting) in cases("minibatch").iter().enumerate() {
        let mut layer = Layer::of(setting);
        for (step, want) in setting["steps"].as_array().unwrap().iter().enumerate() {
            let inputs = array_f32(&want["inputs"]);
            layer.check_step(&format!("setting {index}, step {step}"), Batch::Floats(&inputs), want);
        }
    }
}

#[test]
fn the_reference_minibatch_rule_follows_three_chained_steps_of_every_setting() {
    for (index, setting) in cases("minibatch").iter().enumerate() {
        let mut weights = widen(&array_f32(&setting["weights"]));
        for (step, want) in setting["steps"].as_array().unwrap().iter().enumerate() {
            let name = format!("setting {index}, step {step}");
            check_reference(&name, setting, &array_f32(&want["inputs"]), &mut weights, want);
        }
    }
}

#[test]
fn ties_the_last_rank_and_a_zero_input_are_handled_by_both() {
    for setting in &cases("edges") {
        let name = setting["case"].as_str().unwrap();
        let inputs = array_f32(&setting["inputs"]);
        Layer::of(setting).check_step(name, Batch::Floats(&inputs), setting);
        check_reference(name, setting, &inputs, &mut widen(&array_f32(&setting["weights"])), setting);
    }
}

#[test]
fn a_batch_of_bytes_gives_what_its_floats_give() {
    for (index, setting) in cases("fromBytes").iter().enumerate() {
        let name = format!("bytes {index}");
        let pixels: Vec<u8> = array(&setting["bytes"]).into_iter().map(|byte| byte as u8).collect();
        let scales = array_f32(&setting["scale"]);
        let mut floats = vec![0.0; pixels.len()];
        bytes_to_floats(&OneThread, &pixels, &scales, layer_shape(setting).inputs, &mut floats).unwrap();

        let mut from_bytes = Layer::of(setting);
        from_bytes.check_step(&name, Batch::Bytes { pixels: &pixels, scales: &scales }, setting);
        let mut from_floats = Layer::of(setting);
        from_floats.check_step(&name, Batch::Floats(&floats), setting);
        assert_eq!(from_bytes.weights, from_floats.weights, "{name}: the same bits");
        check_reference(&name, setting, &floats, &mut widen(&array_f32(&setting["weights"])), setting);
    }
}

#[test]
fn the_sequential_rule_is_followed_by_both() {
    for (index, setting) in cases("sequential").iter().enumerate() {
        let name = format!("sequential {index}");
        let inputs = array_f32(&setting["inputs"]);
        let count = shape(&setting["inputs"])[0];
        let mut layer = Layer::of(setting);
        sequential_step(
            &layer.rule,
            layer.shape,
            layer.learning_rate,
            count,
            Batch::Floats(&inputs),
            &mut layer.weights,
            &mut layer.effective,
            &mut layer.workspace,
        )
        .unwrap();
        layer.check_weights(&name, setting);

        let mut weights = widen(&array_f32(&setting["weights"]));
        let rate = number(&setting["learningRate"]);
        reference::sequential_step(&layer.rule, layer.shape, rate, &widen(&inputs), &mut weights);
        assert_close(&name, &weights, &array(&setting["weightsAfter"]), TOLERANCE);
    }
}

#[test]
fn images_are_normalised_by_their_own_norm() {
    let setting = &load("kh")["inputNormalization"];
    let pixels: Vec<u8> = array(&setting["bytes"]).into_iter().map(|byte| byte as u8).collect();
    let [images, size] = shape(&setting["bytes"])[..] else { panic!("bytes are [images, size]") };
    let mut scales = vec![0.0; images];
    inverse_lp_norms_of_bytes(&pixels, size, number(&setting["p"]) as f32, &mut scales).unwrap();
    assert_eq!(scales, array_f32(&setting["scale"]), "rounded once");
    let mut normalized = vec![0.0; pixels.len()];
    bytes_to_floats(&OneThread, &pixels, &scales, size, &mut normalized).unwrap();
    assert_close("normalized", &widen(&normalized), &array(&setting["normalized"]), TOLERANCE);
}

#[test]
fn norms_of_units_match() {
    let setting = &load("kh")["pruning"];
    let [hidden, inputs] = shape(&setting["weights"])[..] else { panic!("weights are [hidden, inputs]") };
    let mut norms = vec![0.0; hidden];
    lp_norms(&array_f32(&setting["weights"]), hidden, inputs, 3.0, &mut norms).unwrap();
    assert_close("lpNorms3", &widen(&norms), &array(&setting["lpNorms3"]), TOLERANCE);
}

//! What the vectors cannot show: sparsity, the fixed point, and what happens to bad input.

use hebblab_core::krotov_hopfield::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, Ranking, effective_weights,
    minibatch_step, reference, sequential_step,
};
use hebblab_core::random::{fill_normal, fill_uniform};
use hebblab_core::threads::OneThread;
use hebblab_core::{KernelError, KernelResult};
use proptest::prelude::*;

const RULE: KrotovHopfieldRule =
    KrotovHopfieldRule { p: 3.0, k: 2, delta: 0.4, radius: 1.0, precision: 1e-9 };

struct Layer {
    shape: LayerShape,
    weights: Vec<f32>,
    effective: Vec<f32>,
    winner: Vec<u32>,
    rival: Vec<u32>,
    workspace: KrotovHopfieldWorkspace,
}

impl Layer {
    fn with_weights(p: f32, shape: LayerShape, weights: Vec<f32>) -> Layer {
        let mut effective = vec![0.0; weights.len()];
        effective_weights(p, &weights, &mut effective).unwrap();
        Layer { shape, weights, effective, winner: vec![], rival: vec![], workspace: Default::default() }
    }

    fn normal(p: f32, inputs: usize, hidden: usize, seed: u64) -> Layer {
        let mut weights = vec![0.0; hidden * inputs];
        fill_normal(seed, "weights", 0, &mut weights);
        Layer::with_weights(p, LayerShape { inputs, hidden }, weights)
    }

    fn learn(
        &mut self,
        rule: &KrotovHopfieldRule,
        rate: f32,
        count: usize,
        batch: Batch,
    ) -> KernelResult<f32> {
        self.winner = vec![0; count];
        self.rival = vec![0; count];
        let Layer { shape, weights, effective, winner, rival, workspace } = self;
        minibatch_step(
            &OneThread,
            rule,
            *shape,
            rate,
            count,
            batch,
            weights,
            effective,
            None,
            Ranking::Product,
            winner,
            rival,
            workspace,
        )
        .map(|step| step.largest)
    }

    fn learn_in_turn(&mut self, rule: &KrotovHopfieldRule, rate: f32, samples: &[f32]) -> KernelResult<()> {
        let count = samples.len() / self.shape.inputs;
        let Layer { shape, weights, effective, workspace, .. } = self;
        sequential_step(rule, *shape, rate, count, Batch::Floats(samples), weights, effective, workspace)
    }
}

fn uniform_samples(count: usize, inputs: usize, seed: u64) -> Vec<f32> {
    let mut samples = vec![0.0; count * inputs];
    fill_uniform(seed, "samples", 0, &mut samples);
    samples
}

#[test]
fn only_units_that_won_or_were_rival_change() {
    let mut layer = Layer::normal(3.0, 20, 50, 1);
    let before = layer.weights.clone();
    layer.learn(&RULE, 0.02, 6, Batch::Floats(&uniform_samples(6, 20, 2))).unwrap();
    let mut moved: Vec<u32> = layer.winner.iter().chain(&layer.rival).copied().collect();
    moved.sort_unstable();
    moved.dedup();
    assert_eq!(layer.workspace.touched_units(), moved);
    for unit in 0..50 {
        let row = unit * 20..(unit + 1) * 20;
        let changed = before[row.clone()] != layer.weights[row];
        assert_eq!(changed, moved.contains(&(unit as u32)), "unit {unit}");
    }
}

#[test]
fn contributions_are_summed_in_the_order_of_the_samples() {
    // The second input decides that unit 0 wins. Its first dW is (1e8 - 1e8) + 1 = 1 in this order;
    // from the last sample to the first 1 would vanish beside 1e8.
    let rule = KrotovHopfieldRule { p: 2.0, delta: 0.0, ..RULE };
    let mut layer = Layer::with_weights(2.0, LayerShape { inputs: 2, hidden: 2 }, vec![0.0, 1.0, 0.0, 0.5]);
    layer.learn(&rule, 0.02, 3, Batch::Floats(&[1e8, 1.0, -1e8, 1.0, 1.0, 1.0])).unwrap();
    assert_eq!(layer.winner, [0; 3]);
    assert_eq!(layer.workspace.touched_updates(2)[0], 1.0);
}

#[test]
fn a_small_update_is_divided_by_the_precision() {
    // h = (0.5, 0.25); dW of unit 0 = v - 0.5 w = (0, 0.5), below the precision of 1.
    let rule = KrotovHopfieldRule { p: 2.0, delta: 0.0, precision: 1.0, ..RULE };
    let shape = LayerShape { inputs: 2, hidden: 2 };
    let mut layer = Layer::with_weights(2.0, shape, vec![1.0, 0.0, 0.0, 0.5]);
    let largest = layer.learn(&rule, 0.1, 1, Batch::Floats(&[0.5, 0.5])).unwrap();
    assert_eq!(largest, 0.5);
    assert_eq!(layer.weights, [1.0, 0.05, 0.0, 0.5]);
}

#[test]
fn an_update_of_zero_leaves_the_weights() {
    let mut layer = Layer::normal(3.0, 7, 4, 1);
    let before = layer.weights.clone();
    let rule = KrotovHopfieldRule { precision: f32::MIN_POSITIVE, ..RULE };
    assert_eq!(layer.learn(&rule, 1e3, 2, Batch::Floats(&[0.0; 14])), Ok(0.0));
    assert_eq!(layer.weights, before);
}

#[test]
fn a_winner_shown_one_sample_converges_to_it_at_the_radius() {
    // p = 2: R^2 v = (W v) W has the solution W = R v / |v|; here v = (0.6, 0.8), R = 2.
    let rule = KrotovHopfieldRule { p: 2.0, delta: 0.0, radius: 2.0, ..RULE };
    let mut layer = Layer::with_weights(2.0, LayerShape { inputs: 2, hidden: 2 }, vec![1.0, 0.0, -1.0, 0.0]);
    layer.learn_in_turn(&rule, 0.1, &[0.6, 0.8].repeat(400)).unwrap();
    assert!((layer.weights[0] - 1.2).abs() < 1e-5 && (layer.weights[1] - 1.6).abs() < 1e-5);
    assert_eq!(layer.weights[2..], [-1.0, 0.0]);
}

#[test]
fn sequential_steps_do_not_depend_on_how_the_samples_are_split() {
    let samples = uniform_samples(9, 13, 4);
    let (mut whole, mut parts) = (Layer::normal(2.5, 13, 8, 3), Layer::normal(2.5, 13, 8, 3));
    let rule = KrotovHopfieldRule { p: 2.5, k: 3, ..RULE };
    whole.learn_in_turn(&rule, 0.02, &samples).unwrap();
    for part in samples.chunks(4 * 13) {
        parts.learn_in_turn(&rule, 0.02, part).unwrap();
    }
    assert_eq!(whole.weights, parts.weights);
}

#[test]
fn a_workspace_used_for_a_larger_layer_gives_the_same_bits() {
    let samples = uniform_samples(3, 11, 6);
    let (mut fresh, mut used) = (Layer::normal(3.0, 11, 9, 5), Layer::normal(3.0, 11, 9, 5));
    let mut larger = Layer::normal(3.0, 30, 40, 7);
    larger.learn(&RULE, 0.02, 20, Batch::Floats(&uniform_samples(20, 30, 8))).unwrap();
    used.workspace = larger.workspace;
    fresh.learn(&RULE, 0.02, 3, Batch::Floats(&samples)).unwrap();
    used.learn(&RULE, 0.02, 3, Batch::Floats(&samples)).unwrap();
    assert_eq!(fresh.weights, used.weights);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn the_fast_rule_agrees_with_the_reference(
        inputs in 1usize..40, hidden in 2usize..40, count in 1usize..20, rank in 0usize..40,
        p in prop_oneof![Just(2.0f32), Just(3.0), 2.0f32..5.0], seed in 0u64..10_000
    ) {
        let rule = KrotovHopfieldRule { p, k: 2 + rank % (hidden - 1), delta: 0.3, radius: 0.8, precision: 1e-9 };
        let samples = uniform_samples(count, inputs, seed);
        let mut layer = Layer::normal(p, inputs, hidden, seed);
        let widen = |values: &[f32]| values.iter().map(|&value| value as f64).collect::<Vec<_>>();
        let mut want = widen(&layer.weights);
        let step = reference::minibatch_step(&rule, layer.shape, 0.02, &widen(&samples), &mut want);
        layer.learn(&rule, 0.02, count, Batch::Floats(&samples)).unwrap();
        // Two units may be closer than f32 can tell; such a batch has no common answer.
        let same = |fast: &[u32], exact: &[usize]| fast.iter().zip(exact).all(|(&a, &b)| a as usize == b);
        prop_assume!(same(&layer.winner, &step.winner) && same(&layer.rival, &step.rival));
        let largest = want.iter().fold(0f64, |largest, value| largest.max(value.abs()));
        for (got, want) in layer.weights.iter().zip(&want) {
            prop_assert!((*got as f64 - want).abs() <= 1e-5 * largest);
        }
    }
}

#[test]
fn values_that_are_not_finite_are_blamed_and_change_nothing() {
    let samples = uniform_samples(3, 5, 1);
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut bad_samples = samples.clone();
        bad_samples[5 + 2] = bad;
        let error = refused_by_both(Layer::normal(3.0, 5, 4, 1), &bad_samples);
        assert_eq!(
            (error.expected.as_str(), error.got),
            ("finite inputs", format!("{bad} at sample 1, input 2"))
        );

        let mut weights = Layer::normal(3.0, 5, 4, 1).weights;
        weights[3 * 5 + 4] = bad;
        let layer = Layer::with_weights(3.0, LayerShape { inputs: 5, hidden: 4 }, weights);
        let error = refused_by_both(layer, &samples);
        assert_eq!(
            (error.expected.as_str(), error.got),
            ("finite weights", format!("{bad} at unit 3, input 4"))
        );
    }
}

/// The error of both steps, which must say the same and leave every bit of the layer.
fn refused_by_both(mut layer: Layer, samples: &[f32]) -> KernelError {
    let bits = |layer: &Layer| -> Vec<u32> {
        layer.weights.iter().chain(&layer.effective).map(|value| value.to_bits()).collect()
    };
    let before = bits(&layer);
    let minibatch = layer.learn(&RULE, 0.02, 3, Batch::Floats(samples)).unwrap_err();
    let sequential = layer.learn_in_turn(&RULE, 0.02, samples).unwrap_err();
    assert_eq!(bits(&layer), before);
    assert_eq!((&minibatch.expected, &minibatch.got), (&sequential.expected, &sequential.got));
    minibatch
}

#[test]
fn an_update_beyond_the_range_of_numbers_changes_nothing() {
    let rule = KrotovHopfieldRule { p: 2.0, radius: 32.0, delta: 0.0, ..RULE };
    // h = 2e-38 * 1e38 = 2, but R^p v = 1024 * 1e38. Then h = 10 * 1e37, but R^p v - h W = 1e40 - 1e39,
    // infinity less infinity.
    for (weights, sample) in [([2e-38, 1.5e-38], 1e38), ([10.0, 1.0], 1e37)] {
        let mut layer = Layer::with_weights(2.0, LayerShape { inputs: 1, hidden: 2 }, weights.to_vec());
        let error = layer.learn(&rule, 0.02, 1, Batch::Floats(&[sample])).unwrap_err();
        assert!(error.got.contains("too large"), "{error}");
        assert_eq!(layer.weights, weights);
    }
}

#[test]
fn the_sequential_rule_refuses_a_unit_without_weights_and_reports_divergence() {
    let mut dead =
        Layer::with_weights(3.0, LayerShape { inputs: 2, hidden: 3 }, vec![1.0, 1.0, 0.0, 0.0, 1.0, 2.0]);
    let error = dead.learn_in_turn(&RULE, 0.02, &[1.0, 1.0]).unwrap_err();
    assert_eq!((error.expected.as_str(), error.got.as_str()), ("weights that are not all zero", "unit 1"));

    let mut layer = Layer::normal(3.0, 4, 3, 1);
    let error = layer.learn_in_turn(&RULE, 1e30, &uniform_samples(20, 4, 2)).unwrap_err();
    assert!(error.expected.contains("smaller learning rate"), "{error}");
}

#[test]
fn a_setting_out_of_range_is_named() {
    let refused = |rule: KrotovHopfieldRule, rate: f32| {
        let mut layer = Layer::normal(3.0, 5, 4, 1);
        let before = layer.weights.clone();
        let samples = uniform_samples(3, 5, 1);
        let minibatch = layer.learn(&rule, rate, 3, Batch::Floats(&samples)).unwrap_err();
        let sequential = layer.learn_in_turn(&rule, rate, &samples).unwrap_err();
        assert_eq!((&minibatch.expected, &minibatch.got), (&sequential.expected, &sequential.got));
        assert_eq!(layer.weights, before);
        format!("{}, got {}", minibatch.expected, minibatch.got)
    };
    assert_eq!(refused(KrotovHopfieldRule { p: 1.5, ..RULE }, 0.1), "finite p >= 2, got 1.5");
    assert_eq!(refused(KrotovHopfieldRule { p: f32::INFINITY, ..RULE }, 0.1), "finite p >= 2, got inf");
    assert_eq!(refused(KrotovHopfieldRule { k: 1, ..RULE }, 0.1), "2 <= k <= 4 units, got k = 1");
    assert_eq!(refused(KrotovHopfieldRule { k: 5, ..RULE }, 0.1), "2 <= k <= 4 units, got k = 5");
    assert_eq!(refused(KrotovHopfieldRule { delta: -0.1, ..RULE }, 0.1), "finite delta >= 0, got -0.1");
    assert_eq!(refused(KrotovHopfieldRule { delta: f32::NAN, ..RULE }, 0.1), "finite delta >= 0, got NaN");
    assert_eq!(refused(KrotovHopfieldRule { radius: 0.0, ..RULE }, 0.1), "finite radius > 0, got 0");
    assert_eq!(refused(KrotovHopfieldRule { precision: 0.0, ..RULE }, 0.1), "finite precision > 0, got 0");
    assert_eq!(refused(RULE, f32::NAN), "a finite learning rate, got NaN");
}

#[test]
fn a_wrong_length_or_an_empty_batch_is_named() {
    let mut layer = Layer::normal(3.0, 5, 4, 1);
    let refused = |layer: &mut Layer, count: usize, batch: Batch| {
        let error = layer.learn(&RULE, 0.1, count, batch).unwrap_err();
        format!("{}, got {}", error.expected, error.got)
    };
    assert_eq!(refused(&mut layer, 2, Batch::Floats(&[0.0; 9])), "10 values in samples, got 9");
    assert_eq!(refused(&mut layer, 0, Batch::Floats(&[])), "at least 1 sample, got 0");
    let batch = Batch::Bytes { pixels: &[0; 10], scales: &[1.0] };
    assert_eq!(refused(&mut layer, 2, batch), "2 values in scales, got 1");
    let batch = Batch::Bytes { pixels: &[1; 10], scales: &[1.0, f32::NAN] };
    assert_eq!(refused(&mut layer, 2, batch), "finite values in scales, got NaN at index 1");
    layer.effective.pop();
    assert_eq!(refused(&mut layer, 1, Batch::Floats(&[0.0; 5])), "20 values in effective weights, got 19");
}

#[test]
fn effective_weights_keep_their_sign() {
    let weights = [-2.0, 0.0, 0.5, 3.0];
    for (p, want) in
        [(2.0, [-2.0, 0.0, 0.5, 3.0]), (3.0, [-4.0, 0.0, 0.25, 9.0]), (4.0, [-8.0, 0.0, 0.125, 27.0])]
    {
        let mut out = [f32::NAN; 4];
        effective_weights(p, &weights, &mut out).unwrap();
        assert_eq!(out, want, "p = {p}");
    }
    assert!(effective_weights(1.9, &weights, &mut [0.0; 4]).is_err());
    assert!(effective_weights(3.0, &weights, &mut [0.0; 3]).is_err());
}

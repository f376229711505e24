//! The screen leaves no trace: winners, rivals and weights have the bits of the step without it.

use hebblab_core::KernelResult;
use hebblab_core::krotov_hopfield::screening::{ScreenedWeights, UnitScreen, padded_inputs, refresh};
use hebblab_core::krotov_hopfield::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, RankedBy, Screen, Step,
    effective_weights, minibatch_step,
};
use hebblab_core::random::{fill_normal, fill_uniform};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use proptest::prelude::*;

const RULE: KrotovHopfieldRule =
    KrotovHopfieldRule { p: 3.0, k: 2, delta: 0.4, radius: 1.0, precision: 1e-9 };

#[derive(Clone)]
struct Layer {
    shape: LayerShape,
    weights: Vec<f32>,
    effective: Vec<f32>,
    quantised: Vec<u32>,
    units: Vec<UnitScreen>,
}

impl Layer {
    fn new(p: f32, shape: LayerShape, weights: Vec<f32>) -> Layer {
        let mut effective = vec![0.0; weights.len()];
        effective_weights(p, &weights, &mut effective).unwrap();
        let pairs = padded_inputs(shape.inputs) / 2;
        let mut quantised = vec![0; shape.hidden * pairs];
        let mut units = vec![UnitScreen::default(); shape.hidden];
        let rows = effective.chunks_exact(shape.inputs).zip(quantised.chunks_exact_mut(pairs));
        for ((row, quantised), unit) in rows.zip(&mut units) {
            refresh(row, quantised, unit);
        }
        Layer { shape, weights, effective, quantised, units }
    }

    fn normal(p: f32, inputs: usize, hidden: usize, seed: u64) -> Layer {
        let mut weights = vec![0.0; hidden * inputs];
        fill_normal(seed, "weights", 0, &mut weights);
        Layer::new(p, LayerShape { inputs, hidden }, weights)
    }

    fn step(
        &mut self,
        threads: &dyn Threads,
        rule: &KrotovHopfieldRule,
        images: &Images,
        screened: bool,
    ) -> (Step, Vec<u32>, Vec<u32>) {
        self.try_step(threads, rule, images, screened).unwrap()
    }

    fn try_step(
        &mut self,
        threads: &dyn Threads,
        rule: &KrotovHopfieldRule,
        images: &Images,
        screened: bool,
    ) -> KernelResult<(Step, Vec<u32>, Vec<u32>)> {
        let count = images.scales.len();
        let (mut winner, mut rival) = (vec![0; count], vec![0; count]);
        let screen = ScreenedWeights { quantised: &mut self.quantised, units: &mut self.units };
        let step = minibatch_step(
            threads,
            rule,
            self.shape,
            0.05,
            count,
            Batch::Bytes { pixels: &images.pixels, scales: &images.scales },
            &mut self.weights,
            &mut self.effective,
            if screened { Screen::Used(screen) } else { Screen::Kept(screen) },
            &mut winner,
            &mut rival,
            &mut KrotovHopfieldWorkspace::default(),
        )?;
        Ok((step, winner, rival))
    }
}

#[derive(Clone)]
struct Images {
    pixels: Vec<u8>,
    scales: Vec<f32>,
}

fn images(count: usize, inputs: usize, seed: u64) -> Images {
    let mut uniform = vec![0.0; count * inputs];
    fill_uniform(seed, "pixels", 0, &mut uniform);
    let mut scales = vec![0.0; count];
    fill_uniform(seed, "scales", 0, &mut scales);
    Images {
        pixels: uniform.iter().map(|value| (value * 256.0) as u8).collect(),
        scales: scales.iter().map(|scale| 1e-3 * (0.5 + scale)).collect(),
    }
}

/// Steps of a layer with the screen against a copy without; returns the candidates of the last step.
fn check(mut layer: Layer, rule: &KrotovHopfieldRule, steps: usize, images: impl Fn(u64) -> Images) -> u64 {
    let mut plain = layer.clone();
    let mut last = 0;
    for step in 0..steps {
        let images = images(step as u64);
        let (fast, winner, rival) = layer.step(&OneThread, rule, &images, true);
        let (slow, expected_winner, expected_rival) = plain.step(&OneThread, rule, &images, false);
        assert_eq!((winner, rival), (expected_winner, expected_rival));
        assert_eq!(fast.largest.to_bits(), slow.largest.to_bits());
        assert_eq!(slow.ranked_by, RankedBy::Product);
        let RankedBy::Screen { candidates } = fast.ranked_by else { panic!("expected the screen to rank") };
        assert!(candidates >= (images.scales.len() * rule.k) as u64);
        assert_same_bits(&layer.weights, &plain.weights);
        assert_same_bits(&layer.effective, &plain.effective);
        assert_eq!(layer.quantised, plain.quantised);
        last = candidates;
    }
    last
}

fn assert_same_bits(one: &[f32], other: &[f32]) {
    assert!(one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn leaves_the_bits_of_any_layer(
        inputs in 1usize..70, hidden in 2usize..60, count in 1usize..50, rank in 0usize..16,
        p in prop_oneof![Just(2.0f32), Just(3.0), 2.0f32..5.0], seed in 0u64..10_000
    ) {
        let rule = KrotovHopfieldRule { p, k: 2 + rank % (hidden - 1).min(15), ..RULE };
        check(Layer::normal(p, inputs, hidden, seed), &rule, 3, |step| images(count, inputs, seed + step));
    }

    #[test]
    fn ranks_rows_that_differ_by_one_unit_in_the_last_place(
        inputs in 1usize..600, hidden in 2usize..20, seed in 0u64..10_000
    ) {
        let mut row = vec![0.0; inputs];
        fill_normal(seed, "row", 0, &mut row);
        let mut weights = row.repeat(hidden);
        for (unit, row) in weights.chunks_exact_mut(inputs).enumerate().skip(1) {
            let place = (seed as usize * 31 + unit * 7) % inputs;
            row[place] = f32::from_bits(row[place].to_bits() + 1);
        }
        let layer = Layer::new(2.0, LayerShape { inputs, hidden }, weights);
        check(layer, &RULE_OF_DEGREE_2, 2, |step| images(9, inputs, seed + step));
    }

    #[test]
    fn keeps_every_unit_that_the_bounds_cannot_tell_apart(
        exponent in -12i32..13, inputs in 300usize..700, seed in 0u64..1000
    ) {
        let mut layer = Layer::normal(2.0, inputs, 30, seed);
        for weight in &mut layer.weights {
            *weight *= 10f32.powi(exponent);
        }
        let layer = Layer::new(2.0, layer.shape, layer.weights);
        check(layer, &RULE_OF_DEGREE_2, 1, |_| images(20, inputs, seed));
    }
}

const RULE_OF_DEGREE_2: KrotovHopfieldRule = KrotovHopfieldRule { p: 2.0, ..RULE };

#[test]
fn equal_rows_go_to_the_lower_index() {
    let shape = LayerShape { inputs: 5, hidden: 9 };
    let layer = Layer::new(3.0, shape, [0.3, -0.2, 0.5, 0.1, 0.4].repeat(9));
    let (_, winner, rival) = layer.clone().step(&OneThread, &RULE, &images(7, 5, 1), true);
    assert_eq!((winner, rival), (vec![0; 7], vec![1; 7]));
    assert_eq!(check(layer, &RULE, 1, |_| images(7, 5, 1)), 7 * 9);
}

#[test]
fn an_image_of_zeros_and_a_layer_of_zeros_are_ties() {
    let zeros = |_| Images { pixels: vec![0; 3 * 8], scales: vec![0.5; 3] };
    check(Layer::normal(3.0, 8, 12, 1), &RULE, 2, zeros);
    check(Layer::new(3.0, LayerShape { inputs: 8, hidden: 12 }, vec![0.0; 96]), &RULE, 1, |_| {
        images(3, 8, 1)
    });
}

#[test]
fn few_candidates_are_left_of_a_wide_layer() {
    // 12 bits at 3072 inputs: 6 candidates for a fresh layer on CIFAR-10; the threshold is far from that and from 200.
    let candidates = check(Layer::normal(3.0, 3072, 200, 5), &RULE, 1, |_| images(40, 3072, 6));
    assert!(candidates < 40 * 20, "{candidates} candidates of 40 samples");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (layer, batch) = (Layer::normal(3.0, 131, 77, 3), images(203, 131, 4));
    let alone = layer.clone().step(&OneThread, &RULE, &batch, true);
    let mut expected = layer.clone();
    expected.step(&OneThread, &RULE, &batch, true);
    for count in [2, 3, 5] {
        let mut together = layer.clone();
        assert_eq!(together.step(&NativeThreads(count.try_into().unwrap()), &RULE, &batch, true), alone);
        assert_same_bits(&together.weights, &expected.weights);
        assert_eq!(together.quantised, expected.quantised);
    }
}

#[test]
fn magnitudes_that_bounds_cannot_hold_are_ranked_by_the_product() {
    let tiny = Images { scales: vec![1e-33; 4], ..images(4, 8, 1) };
    let negative = Images { scales: vec![-1e-3; 4], ..images(4, 8, 1) };
    for images in [tiny, negative] {
        let mut layer = Layer::normal(2.0, 8, 3, 1);
        let mut plain = layer.clone();
        let (step, winner, rival) = layer.step(&OneThread, &RULE_OF_DEGREE_2, &images, true);
        assert_eq!(step.ranked_by, RankedBy::Product);
        let (_, expected_winner, expected_rival) = plain.step(&OneThread, &RULE_OF_DEGREE_2, &images, false);
        assert_eq!((winner, rival), (expected_winner, expected_rival));
    }
}

#[test]
fn values_that_leave_the_range_of_f32_are_the_error_of_the_product() {
    let mut layer = Layer::new(2.0, LayerShape { inputs: 8, hidden: 3 }, [3e18, -1e18, 2e18].repeat(8));
    let mut plain = layer.clone();
    let large = Images { scales: vec![1e18; 4], ..images(4, 8, 1) };
    let error = layer.try_step(&OneThread, &RULE_OF_DEGREE_2, &large, true).unwrap_err();
    assert_eq!(error, plain.try_step(&OneThread, &RULE_OF_DEGREE_2, &large, false).unwrap_err());
    assert_same_bits(&layer.weights, &plain.weights);
}

#[test]
fn a_rank_beyond_the_longest_list_is_found_by_the_product() {
    let rule = KrotovHopfieldRule { k: 17, ..RULE };
    let (step, ..) = Layer::normal(3.0, 9, 20, 1).step(&OneThread, &rule, &images(5, 9, 2), true);
    assert_eq!(step.ranked_by, RankedBy::Product);
}

//! Softmax cross-entropy and Adam.

mod common;

use common::{assert_close, sequence};
use hebblab_core::readout::{AdamSettings, adam_step, softmax_cross_entropy};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use proptest::prelude::*;

const PAPER: AdamSettings = AdamSettings { learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

struct Loss {
    mean: f64,
    losses: Vec<f32>,
    gradient: Vec<f32>,
}

fn loss(logits: &[f32], labels: &[u32], gradient_scale: f32) -> Loss {
    let (batch, classes) = (labels.len(), logits.len() / labels.len());
    let (mut losses, mut gradient) = (vec![f32::NAN; batch], vec![f32::NAN; logits.len()]);
    let mean = softmax_cross_entropy(
        &OneThread,
        logits,
        labels,
        batch,
        classes,
        gradient_scale,
        &mut losses,
        &mut gradient,
    )
    .unwrap();
    Loss { mean, losses, gradient }
}

fn refused(logits: &[f32], labels: &[u32], classes: usize) -> String {
    let (mut losses, mut gradient) = (vec![0.0; labels.len()], vec![0.0; logits.len()]);
    softmax_cross_entropy(&OneThread, logits, labels, labels.len(), classes, 1.0, &mut losses, &mut gradient)
        .unwrap_err()
        .to_string()
}

/// The definition, in f64.
fn cross_entropy(logits: &[f64], label: usize) -> f64 {
    logits.iter().map(|logit| logit.exp()).sum::<f64>().ln() - logits[label]
}

fn labelled_batch() -> impl Strategy<Value = (Vec<f32>, Vec<u32>)> {
    (1..6_usize, 1..7_usize).prop_flat_map(|(batch, classes)| {
        (
            prop::collection::vec(-8.0..8.0_f32, batch * classes),
            prop::collection::vec(0..classes as u32, batch),
        )
    })
}

#[test]
fn equal_logits_cost_the_logarithm_of_the_classes() {
    let result = loss(&[3.0; 4], &[2], 1.0);
    assert!((result.mean - 4.0_f64.ln()).abs() < 1e-15);
    assert_eq!(result.gradient, [0.25, 0.25, -0.75, 0.25]);
}

#[test]
fn huge_logits_do_not_overflow() {
    let result = loss(&[3e38, -3e38], &[1], 1.0);
    assert_eq!(result.gradient, [1.0, -1.0]);
    assert!((result.mean / 6e38 - 1.0).abs() < 1e-6);
}

#[test]
fn a_sure_sample_keeps_a_loss_and_a_gradient() {
    // p_other = exp(-50), far below the rounding of 1: loss = -log(1 - p_other), which is p_other to 1e-21.
    let result = loss(&[50.0, 0.0], &[0], 1.0);
    let other = (-50.0_f64).exp();
    for got in [result.losses[0], result.gradient[1], -result.gradient[0]] {
        assert!((f64::from(got) - other).abs() < 1e-6 * other, "got {got}, want {other}");
    }
}

#[test]
fn no_gradient_is_denormal() {
    // exp(-90) = 8e-40 is below f32's normal range.
    assert_eq!(loss(&[90.0, 0.0], &[0], 1.0).gradient, [0.0, 0.0]);
}

#[test]
fn a_single_class_costs_nothing() {
    let result = loss(&[-3.0], &[0], 1.0);
    assert_eq!((result.mean, result.gradient), (0.0, vec![0.0]));
}

#[test]
fn labels_and_logits_that_make_no_sense_are_refused() {
    assert_eq!(
        refused(&[0.0; 4], &[1, 2], 2),
        "softmaxCrossEntropy: expected labels below 2, got 2 at index 1"
    );
    assert_eq!(
        refused(&[0.0, 1.0, f32::NAN, 0.0], &[0, 0], 2),
        "softmaxCrossEntropy: expected finite logits, got NaN in sample 1, class 0"
    );
    assert!(refused(&[0.0, f32::INFINITY], &[0], 2).contains("finite logits"));
    assert!(refused(&[], &[], 2).contains("at least one sample"));
    assert!(refused(&[0.0; 3], &[0], 2).contains("2 values in logits"));
}

#[test]
fn the_first_adam_step_has_the_size_of_the_learning_rate() {
    let mut parameters = [1.0, 1.0, 1.0];
    adam_step(&OneThread, &PAPER, 1, &mut parameters, &[4.0, -1e-3, 0.0], &mut [0.0; 3], &mut [0.0; 3])
        .unwrap();
    for (got, want) in parameters.iter().zip([0.999, 1.001, 1.0]) {
        assert!((got - want).abs() < 1e-6, "got {got}, want {want}");
    }
}

#[test]
fn moments_of_a_dead_unit_decay_to_exactly_zero() {
    let (mut parameters, mut first, mut second) = ([1.0], [1e-30], [1e-37]);
    for step in 1..4000 {
        adam_step(&OneThread, &PAPER, step, &mut parameters, &[0.0], &mut first, &mut second).unwrap();
        for moment in [first[0], second[0]] {
            assert!(moment == 0.0 || moment >= f32::MIN_POSITIVE);
        }
    }
    assert_eq!((first, second), ([0.0], [0.0]));
}

#[test]
fn adam_takes_what_is_below_the_normal_range_for_zero_and_nothing_larger() {
    let step = |gradient: f32, start: f32| -> [u32; 3] {
        let (mut weights, mut first, mut second) = ([start], [start], [start]);
        adam_step(&OneThread, &PAPER, 3, &mut weights, &[gradient], &mut first, &mut second).unwrap();
        [weights[0].to_bits(), first[0].to_bits(), second[0].to_bits()]
    };
    let (smallest, below) = (f32::MIN_POSITIVE, f32::MIN_POSITIVE / 2.0);
    assert_eq!(step(below, below), step(0.0, 0.0));
    // Results in the normal range, which half the smallest value would change.
    assert_eq!(step(20.0 * smallest, below), step(20.0 * smallest, 0.0));
    assert_eq!(step(below, 2.0 * smallest), step(0.0, 2.0 * smallest));
    // beta1 m + (1 - beta1) g with all in the normal range; 0.9 and 0.1 are the f32 of the settings.
    let kept = 16.0 * smallest;
    let [_, first, _] = step(kept, kept);
    assert_eq!(first, (0.9_f32 * kept + (1.0 - 0.9_f32) * kept).to_bits());
    // The smallest normal moment still counts: 0.9 of it is too small to be kept, 0.9 of it and 0.1 of a larger one not.
    let mut first = [smallest];
    adam_step(&OneThread, &PAPER, 1, &mut [1.0], &[100.0 * smallest], &mut first, &mut [0.0]).unwrap();
    assert_eq!(first[0].to_bits(), (0.9_f32 * smallest + (1.0 - 0.9_f32) * (100.0 * smallest)).to_bits());
}

#[test]
fn adam_refuses_what_it_cannot_use_and_changes_nothing() {
    let (mut parameters, mut first, mut second) = ([1.0, 2.0], [0.5; 2], [0.25; 2]);
    let mut attempt = |settings: AdamSettings, step, gradient: &[f32]| {
        let result =
            adam_step(&OneThread, &settings, step, &mut parameters, gradient, &mut first, &mut second);
        assert_eq!((parameters, first, second), ([1.0, 2.0], [0.5; 2], [0.25; 2]));
        result.unwrap_err().to_string()
    };
    let fine = [0.1, 0.1];
    assert_eq!(attempt(PAPER, 0, &fine), "adamStep: expected a step counted from 1, got 0");
    assert_eq!(
        attempt(AdamSettings { beta2: 1.0, ..PAPER }, 1, &fine),
        "adamStep: expected beta2 in [0, 1), got 1"
    );
    assert!(attempt(AdamSettings { epsilon: 0.0, ..PAPER }, 1, &fine).contains("epsilon"));
    assert!(attempt(AdamSettings { learning_rate: f32::NAN, ..PAPER }, 1, &fine).contains("learning rate"));
    assert!(attempt(PAPER, 1, &[0.1]).contains("2 values in gradient"));
    assert!(attempt(PAPER, 1, &[0.1, f32::NAN]).contains("NaN at index 1"));
    assert!(attempt(PAPER, 1, &[1e30, 0.0]).contains("finite squares"));
}

#[test]
fn every_number_of_threads_gives_the_same_bits() {
    let (batch, classes) = (1003, 10);
    let logits: Vec<f32> = sequence(batch * classes, 1).iter().map(|value| 9.0 * value).collect();
    let labels: Vec<u32> = (0..batch as u32).map(|sample| sample % 10).collect();
    let length = 100_001;
    let results = |threads: &dyn Threads| {
        let (mut losses, mut gradient) = (vec![f32::NAN; batch], vec![f32::NAN; batch * classes]);
        let mean = softmax_cross_entropy(
            threads,
            &logits,
            &labels,
            batch,
            classes,
            1e-3,
            &mut losses,
            &mut gradient,
        )
        .unwrap();
        let (mut weights, mut first, mut second) =
            (sequence(length, 2), sequence(length, 3), vec![0.5; length]);
        let steps = sequence(length, 4);
        adam_step(threads, &PAPER, 3, &mut weights, &steps, &mut first, &mut second).unwrap();
        let bits = [losses, gradient, weights, first, second].concat().into_iter().map(f32::to_bits);
        (mean.to_bits(), bits.collect::<Vec<u32>>())
    };
    let alone = results(&OneThread);
    for count in [2, 3, 5] {
        assert!(results(&NativeThreads(count.try_into().unwrap())) == alone, "{count} threads");
    }
    // A gradient that cannot be used is found wherever it stands.
    let mut steps = vec![0.5; length];
    steps[length - 2] = f32::INFINITY;
    let (mut weights, mut first, mut second) = (vec![1.0; length], vec![0.0; length], vec![0.0; length]);
    let threads = NativeThreads(2.try_into().unwrap());
    let refused = adam_step(&threads, &PAPER, 1, &mut weights, &steps, &mut first, &mut second);
    assert!(refused.unwrap_err().to_string().ends_with("got inf at index 99999"));
    assert_eq!(weights, vec![1.0; length]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_gradient_of_a_sample_sums_to_zero((logits, labels) in labelled_batch()) {
        let classes = logits.len() / labels.len();
        for row in loss(&logits, &labels, 1.0).gradient.chunks_exact(classes) {
            let sum: f64 = row.iter().map(|value| f64::from(*value)).sum();
            prop_assert!(sum.abs() < 1e-7 * classes as f64);
        }
    }

    #[test]
    fn losses_are_the_definition_and_gradients_its_differences((logits, labels) in labelled_batch()) {
        let classes = logits.len() / labels.len();
        let result = loss(&logits, &labels, 0.5);
        let mut total = 0.0;
        for (sample, label) in labels.iter().enumerate() {
            let row: Vec<f64> =
                logits[sample * classes..(sample + 1) * classes].iter().map(|&logit| f64::from(logit)).collect();
            let at = |class: usize, step: f64| {
                let mut moved = row.clone();
                moved[class] += step;
                cross_entropy(&moved, *label as usize)
            };
            let want = cross_entropy(&row, *label as usize);
            total += want;
            prop_assert!((f64::from(result.losses[sample]) - want).abs() <= 1e-6 * want.max(1e-6));
            for class in 0..classes {
                let step = 1e-5;
                let slope = (at(class, step) - at(class, -step)) / (2.0 * step);
                let got = f64::from(result.gradient[sample * classes + class]);
                prop_assert!((got - 0.5 * slope).abs() < 1e-8 + 1e-7 * slope.abs(), "got {}, want {}", got, 0.5 * slope);
            }
        }
        prop_assert!((result.mean - total / labels.len() as f64).abs() < 1e-12);
    }

    #[test]
    fn adam_follows_the_algorithm(
        gradients in prop::collection::vec(prop::collection::vec(-2.0..2.0_f32, 3), 1..60),
        learning_rate in 1e-4..1e-1_f32,
        beta1 in 0.0..0.99_f32,
        beta2 in 0.5..0.9999_f32,
    ) {
        let settings = AdamSettings { learning_rate, beta1, beta2, epsilon: 1e-8 };
        let start = [1.0_f32, -2.0, 0.5];
        let (mut parameters, mut first, mut second) = (start, [0.0; 3], [0.0; 3]);
        for (index, gradient) in gradients.iter().enumerate() {
            adam_step(&OneThread, &settings, index as u32 + 1, &mut parameters, gradient, &mut first, &mut second).unwrap();
        }
        for place in 0..3 {
            let own = gradients.iter().map(|gradient| f64::from(gradient[place]));
            let want = scalar_adam(&settings, f64::from(start[place]), own);
            // Each step rounds by 6e-8 of the parameter, and its own size by about 1e-6.
            let slack = gradients.len() as f64 * (2e-7 + 1e-5 * f64::from(learning_rate));
            prop_assert!((f64::from(parameters[place]) - want).abs() <= slack, "got {}, want {want}", parameters[place]);
        }
    }
}

/// Algorithm 1 of Kingma & Ba 2015, line by line, for one parameter in f64.
fn scalar_adam(settings: &AdamSettings, start: f64, gradients: impl Iterator<Item = f64>) -> f64 {
    let alpha = f64::from(settings.learning_rate);
    let (beta1, beta2) = (f64::from(settings.beta1), f64::from(settings.beta2));
    let (mut theta, mut m, mut v, mut t) = (start, 0.0, 0.0, 0);
    for g in gradients {
        t += 1;
        m = beta1 * m + (1.0 - beta1) * g;
        v = beta2 * v + (1.0 - beta2) * g * g;
        let m_hat = m / (1.0 - beta1.powi(t));
        let v_hat = v / (1.0 - beta2.powi(t));
        theta -= alpha * m_hat / (v_hat.sqrt() + f64::from(settings.epsilon));
    }
    theta
}

#[test]
fn a_gradient_scale_multiplies_every_entry() {
    let logits = [0.3, -1.0, 2.0, 0.1, 0.2, 0.4];
    let whole = loss(&logits, &[0, 2], 1.0);
    let half = loss(&logits, &[0, 2], 0.5);
    let doubled: Vec<f64> = half.gradient.iter().map(|value| 2.0 * f64::from(*value)).collect();
    let want: Vec<f64> = whole.gradient.iter().map(|value| f64::from(*value)).collect();
    assert_close("gradient", &doubled, &want, 0.0);
    assert_eq!(whole.mean, half.mean);
}

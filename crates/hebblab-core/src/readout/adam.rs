//! The Adam optimiser: Kingma & Ba 2015 (arXiv 1412.6980), algorithm 1.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::activations::{PART, flush_denormal};
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::threads::{SharedOutput, Threads};

const OPERATION: &str = "adamStep";

/// The paper's alpha, beta_1, beta_2 and epsilon; it suggests 1e-3, 0.9, 0.999 and 1e-8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamSettings {
    /// Finite, >= 0.
    pub learning_rate: f32,
    /// In [0, 1).
    pub beta1: f32,
    /// In [0, 1).
    pub beta2: f32,
    /// Finite, > 0.
    pub epsilon: f32,
}

/// One update of `parameters` by `gradient`; `step` is the paper's t and counts from 1.
///
/// The four arrays are equally long; both moments start as zeros and belong to the caller. What is below f32's
/// normal range counts as 0, and becomes it where written: denormals would slow this step and every later one.
///
/// # Errors
/// Lengths that differ, settings outside their ranges, step 0, a gradient whose square is not finite.
/// Nothing is changed then.
///
/// ```
/// # use hebblab_core::{readout::{AdamSettings, adam_step}, threads::OneThread};
/// let settings = AdamSettings { learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/// let (mut weights, mut first, mut second) = ([1.0], [0.0], [0.0]);
/// adam_step(&OneThread, &settings, 1, &mut weights, &[0.5], &mut first, &mut second).unwrap();
/// assert!((weights[0] - 0.999).abs() < 1e-6);
/// ```
pub fn adam_step(
    threads: &dyn Threads,
    settings: &AdamSettings,
    step: u32,
    parameters: &mut [f32],
    gradient: &[f32],
    first_moment: &mut [f32],
    second_moment: &mut [f32],
) -> KernelResult<()> {
    check(settings, step)?;
    ensure_length(OPERATION, "gradient", parameters.len(), gradient.len())?;
    ensure_length(OPERATION, "firstMoment", parameters.len(), first_moment.len())?;
    ensure_length(OPERATION, "secondMoment", parameters.len(), second_moment.len())?;
    refuse_infinite_squares(threads, gradient)?;

    let AdamSettings { learning_rate, beta1, beta2, .. } = *settings;
    // 1 - beta^t cancels for small t: formed in f64.
    let first_correction = 1.0 - libm::pow(f64::from(beta1), f64::from(step));
    let second_correction = 1.0 - libm::pow(f64::from(beta2), f64::from(step));
    let rate = (f64::from(learning_rate) / first_correction) as f32;
    let second_scale = (1.0 / second_correction) as f32;
    let outputs = [parameters, first_moment, second_moment].map(SharedOutput::new);
    threads.run(gradient.len().div_ceil(PART), &|piece, _| {
        let range = piece * PART..gradient.len().min((piece + 1) * PART);
        // SAFETY: each piece has a range of its own.
        let outputs = outputs.each_ref().map(|output| unsafe { output.part(range.clone()) });
        update(settings, rate, second_scale, &gradient[range], outputs);
    })
}

fn update(
    settings: &AdamSettings,
    rate: f32,
    second_scale: f32,
    gradient: &[f32],
    [parameters, first_moment, second_moment]: [&mut [f32]; 3],
) {
    let AdamSettings { beta1, beta2, epsilon, .. } = *settings;
    let (keep1, keep2) = (1.0 - beta1, 1.0 - beta2);
    for (((parameter, g), m), v) in parameters.iter_mut().zip(gradient).zip(first_moment).zip(second_moment) {
        // What is read may come from elsewhere, as a checkpoint's moments.
        let g = flush_denormal(*g);
        *m = flush_denormal(beta1 * flush_denormal(*m) + keep1 * g);
        *v = flush_denormal(beta2 * flush_denormal(*v) + keep2 * (g * g));
        let update = rate * *m / ((*v * second_scale).sqrt() + epsilon);
        *parameter = flush_denormal(flush_denormal(*parameter) - update);
    }
}

fn refuse_infinite_squares(threads: &dyn Threads, gradient: &[f32]) -> KernelResult<()> {
    let is_finite = |value: &f32| (value * value).is_finite();
    let all_finite = AtomicBool::new(true);
    threads.run(gradient.len().div_ceil(PART), &|piece, _| {
        let part = &gradient[piece * PART..gradient.len().min((piece + 1) * PART)];
        // Without a way out of the loop, which then takes several values at a time.
        if !part.iter().fold(true, |all, value| all & is_finite(value)) {
            all_finite.store(false, Ordering::Relaxed);
        }
    })?;
    if all_finite.into_inner() {
        return Ok(());
    }
    let index = gradient.iter().position(|value| !is_finite(value)).unwrap_or_default();
    Err(KernelError {
        operation: OPERATION,
        expected: "a gradient with finite squares".into(),
        got: format!("{} at index {index}", gradient[index]),
    })
}

fn check(settings: &AdamSettings, step: u32) -> KernelResult<()> {
    let AdamSettings { learning_rate, beta1, beta2, epsilon } = *settings;
    ensure(step >= 1, OPERATION, || "a step counted from 1".into(), || step.to_string())?;
    ensure(
        learning_rate.is_finite() && learning_rate >= 0.0,
        OPERATION,
        || "a finite learning rate >= 0".into(),
        || learning_rate.to_string(),
    )?;
    for (name, beta) in [("beta1", beta1), ("beta2", beta2)] {
        ensure((0.0..1.0).contains(&beta), OPERATION, || format!("{name} in [0, 1)"), || beta.to_string())?;
    }
    ensure(
        epsilon.is_finite() && epsilon > 0.0,
        OPERATION,
        || "a finite epsilon > 0".into(),
        || epsilon.to_string(),
    )
}

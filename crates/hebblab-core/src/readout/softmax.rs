//! Softmax cross-entropy of a batch of logits.

use crate::activations::flush_denormal;
use crate::buffers::zeros;
use crate::error::{KernelError, KernelResult, ensure, ensure_length};
use crate::threads::{SharedOutput, Threads};

const OPERATION: &str = "softmaxCrossEntropy";
/// Logits of a piece: each takes some twenty nanoseconds.
const PART: usize = 2048;

/// Mean over the batch of `log(sum_c exp(logit_c)) - logit_label`, in nats.
///
/// `logits` and `gradient` are [batch, classes], `labels` and `losses` are `[batch]`. `losses` receives
/// each sample's own loss, `gradient` receives `(softmax - one-hot) * gradient_scale`: with
/// `gradient_scale` = 1 each sample's own gradient, with 1 / batch that of the mean.
///
/// The label's entry is minus the sum of the other probabilities rather than `probability - 1`, and the
/// loss is formed from that sum too: both keep their relative precision for a sample that is classified
/// almost surely, down to f32's normal range, so that attacks still see a gradient.
///
/// # Errors
/// Lengths that do not fit, an empty batch or no classes, a label >= classes, a non-finite logit or scale, memory that is
/// exhausted.
///
/// ```
/// # use hebblab_core::{readout::softmax_cross_entropy, threads::OneThread};
/// let (mut losses, mut gradient) = ([0.0], [0.0; 2]);
/// let logits = [0.0, 0.0];
/// let mean =
///     softmax_cross_entropy(&OneThread, &logits, &[1], 1, 2, 1.0, &mut losses, &mut gradient).unwrap();
/// assert!((mean - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(gradient, [0.5, -0.5]);
/// ```
pub fn softmax_cross_entropy(
    threads: &dyn Threads,
    logits: &[f32],
    labels: &[u32],
    batch: usize,
    classes: usize,
    gradient_scale: f32,
    losses: &mut [f32],
    gradient: &mut [f32],
) -> KernelResult<f64> {
    ensure(
        batch >= 1 && classes >= 1,
        OPERATION,
        || "at least one sample and one class".into(),
        || format!("{batch} samples, {classes} classes"),
    )?;
    ensure_length(OPERATION, "logits", batch * classes, logits.len())?;
    ensure_length(OPERATION, "labels", batch, labels.len())?;
    ensure_length(OPERATION, "losses", batch, losses.len())?;
    ensure_length(OPERATION, "gradient", batch * classes, gradient.len())?;
    ensure(
        gradient_scale.is_finite(),
        OPERATION,
        || "a finite gradient scale".into(),
        || gradient_scale.to_string(),
    )?;
    check_samples(logits, labels, classes)?;

    let scale = f64::from(gradient_scale);
    // Unrounded, and summed in their order, whoever found them.
    let mut exact_losses: Vec<f64> = zeros(OPERATION, batch)?;
    let samples = PART.div_ceil(classes);
    let exact = SharedOutput::new(&mut exact_losses);
    let gradients = SharedOutput::new(gradient);
    threads.run(batch.div_ceil(samples), &|piece, _| {
        let range = piece * samples..batch.min((piece + 1) * samples);
        // SAFETY: each piece has samples of its own.
        let (exact, gradients) = unsafe {
            (exact.part(range.clone()), gradients.part(range.start * classes..range.end * classes))
        };
        for ((sample, loss), gradient) in range.zip(exact).zip(gradients.chunks_exact_mut(classes)) {
            let logits = &logits[sample * classes..][..classes];
            *loss = sample_loss(logits, labels[sample] as usize, scale, gradient);
        }
    })?;
    let mut total = 0.0;
    for (loss, exact) in losses.iter_mut().zip(exact_losses) {
        *loss = flush_denormal(exact as f32);
        total += exact;
    }
    Ok(total / batch as f64)
}

fn sample_loss(logits: &[f32], label: usize, scale: f64, gradient: &mut [f32]) -> f64 {
    let largest = logits.iter().fold(f32::NEG_INFINITY, |kept, logit| kept.max(*logit));
    let exponential = |logit: f32| libm::exp(f64::from(logit) - f64::from(largest));
    let label_exponential = exponential(logits[label]);
    let mut others = 0.0;
    for (class, logit) in logits.iter().enumerate() {
        if class != label {
            others += exponential(*logit);
        }
    }
    let factor = scale / (label_exponential + others);
    for (class, logit) in logits.iter().enumerate() {
        let value = if class == label { -others * factor } else { exponential(*logit) * factor };
        gradient[class] = flush_denormal(value as f32);
    }
    if logits[label] == largest {
        // The label's own exponential is 1: log(1 + others) keeps what 1 + others would round away.
        libm::log1p(others)
    } else {
        libm::log(label_exponential + others) + (f64::from(largest) - f64::from(logits[label]))
    }
}

fn check_samples(logits: &[f32], labels: &[u32], classes: usize) -> KernelResult<()> {
    if let Some(index) = logits.iter().position(|logit| !logit.is_finite()) {
        return Err(KernelError {
            operation: OPERATION,
            expected: "finite logits".into(),
            got: format!("{} in sample {}, class {}", logits[index], index / classes, index % classes),
        });
    }
    match labels.iter().position(|label| *label as usize >= classes) {
        None => Ok(()),
        Some(sample) => Err(KernelError {
            operation: OPERATION,
            expected: format!("labels below {classes}"),
            got: format!("{} at index {sample}", labels[sample]),
        }),
    }
}

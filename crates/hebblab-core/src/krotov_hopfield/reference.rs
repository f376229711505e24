//! Both rules as the paper writes them: dense, in f64, one line per equation. Arguments must be valid.

use super::{KrotovHopfieldRule, LayerShape};
use crate::competition::reference::ranking;

/// Everything a minibatch step computes on its way. g and the pre-activations are [batch, hidden].
#[derive(Debug, Clone)]
pub struct MinibatchStep {
    pub preactivations: Vec<f64>,
    pub winner: Vec<usize>,
    pub rival: Vec<usize>,
    /// dW [hidden, inputs].
    pub update: Vec<f64>,
    /// max |dW|.
    pub largest: f64,
}

/// The minibatch rule (arXiv 2405.00679, A2). `samples` are [batch, inputs], `weights` [hidden, inputs].
pub fn minibatch_step(
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f64,
    samples: &[f64],
    weights: &mut [f64],
) -> MinibatchStep {
    let LayerShape { inputs, hidden } = shape;
    let batch = samples.len() / inputs;

    // h_b = W~ v_b
    let effective = effective_weights(rule.p as f64, weights);
    let mut preactivations = vec![0.0; batch * hidden];
    for b in 0..batch {
        for unit in 0..hidden {
            preactivations[b * hidden + unit] =
                dot(&effective[unit * inputs..][..inputs], &samples[b * inputs..][..inputs]);
        }
    }

    // g[b, top] = 1; g[b, k-th largest] = -Delta; else 0
    let (mut winner, mut rival) = (Vec::new(), Vec::new());
    let mut g = vec![0.0; batch * hidden];
    for b in 0..batch {
        let ranked = ranking(&preactivations[b * hidden..][..hidden]);
        winner.push(ranked[0]);
        rival.push(ranked[rule.k - 1]);
        g[b * hidden + ranked[0]] = 1.0;
        g[b * hidden + ranked[rule.k - 1]] = -rule.delta as f64;
    }

    // dW = R^p g^T V - (sum_b g_b * h_b)[:, None] * W
    let radius_power = (rule.radius as f64).powf(rule.p as f64);
    let mut update = vec![0.0; hidden * inputs];
    for unit in 0..hidden {
        let decay: f64 = (0..batch).map(|b| g[b * hidden + unit] * preactivations[b * hidden + unit]).sum();
        for input in 0..inputs {
            let towards: f64 = (0..batch).map(|b| g[b * hidden + unit] * samples[b * inputs + input]).sum();
            update[unit * inputs + input] = radius_power * towards - decay * weights[unit * inputs + input];
        }
    }

    // W += eps dW / max(max|dW|, precision)
    let largest = update.iter().fold(0.0, |largest: f64, change| largest.max(change.abs()));
    for (weight, change) in weights.iter_mut().zip(&update) {
        *weight += learning_rate * change / largest.max(rule.precision as f64);
    }
    MinibatchStep { preactivations, winner, rival, update, largest }
}

/// The sequential rule (Krotov & Hopfield 2019, eq. 3, 9 and 10): one sample at a time.
pub fn sequential_step(
    rule: &KrotovHopfieldRule,
    shape: LayerShape,
    learning_rate: f64,
    samples: &[f64],
    weights: &mut [f64],
) {
    let LayerShape { inputs, hidden } = shape;
    let p = rule.p as f64;
    let radius_power = (rule.radius as f64).powf(p);
    for sample in samples.chunks_exact(inputs) {
        let effective = effective_weights(p, weights);
        let h: Vec<f64> = effective.chunks_exact(inputs).map(|row| dot(row, sample)).collect();

        // Q = h / <W, W>^((p - 1) / p), <W, W> = sum_i |W_i|^p
        let norm_power = |row: &[f64]| row.iter().map(|weight| weight.abs().powf(p)).sum::<f64>();
        let q: Vec<f64> = (0..hidden)
            .map(|unit| h[unit] / norm_power(&weights[unit * inputs..][..inputs]).powf((p - 1.0) / p))
            .collect();

        // W += eps g (R^p v - h W)
        let ranked = ranking(&q);
        for (unit, g) in [(ranked[0], 1.0), (ranked[rule.k - 1], -rule.delta as f64)] {
            for (weight, value) in weights[unit * inputs..][..inputs].iter_mut().zip(sample) {
                *weight += learning_rate * g * (radius_power * value - h[unit] * *weight);
            }
        }
    }
}

/// W~ = W |W|^(p - 2)
pub fn effective_weights(p: f64, weights: &[f64]) -> Vec<f64> {
    weights.iter().map(|weight| weight * weight.abs().powf(p - 2.0)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

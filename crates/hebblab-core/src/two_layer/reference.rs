//! The two-layer network with the chain rule written out, in f64: what every autodiff is compared with.

use super::TwoLayerShape;

/// Weights are [in, out]; a layer without bias has zeros.
pub struct Network {
    pub shape: TwoLayerShape,
    /// n of `ReLU(z)^n`.
    pub power: f64,
    pub hidden_weights: Vec<f64>,
    pub hidden_bias: Vec<f64>,
    pub readout_weights: Vec<f64>,
    pub readout_bias: Vec<f64>,
}

pub struct Results {
    /// [batch, classes].
    pub logits: Vec<f64>,
    /// Mean over the batch, in nats.
    pub cross_entropy: f64,
    /// Gradients of the mean, in the shape of the parameters.
    pub hidden_weights: Vec<f64>,
    pub hidden_bias: Vec<f64>,
    pub readout_weights: Vec<f64>,
    pub readout_bias: Vec<f64>,
    /// [batch, inputs]: the gradient of each sample's own cross-entropy.
    pub inputs: Vec<f64>,
}

/// Forward and backward, one sample after the other. `inputs` is [labels.len(), inputs]. At z = 0 the slope
/// of `ReLU(z)^n` is taken as 0.
pub fn evaluate(network: &Network, inputs: &[f64], labels: &[u32]) -> Results {
    let TwoLayerShape { inputs: input_width, hidden, classes } = network.shape;
    let batch = labels.len();
    let share = 1.0 / batch as f64;
    let mut results = Results {
        logits: Vec::with_capacity(batch * classes),
        cross_entropy: 0.0,
        hidden_weights: vec![0.0; input_width * hidden],
        hidden_bias: vec![0.0; hidden],
        readout_weights: vec![0.0; hidden * classes],
        readout_bias: vec![0.0; classes],
        inputs: vec![0.0; batch * input_width],
    };
    for sample in 0..batch {
        let x = &inputs[sample * input_width..(sample + 1) * input_width];
        let label = labels[sample] as usize;

        // z = x W1 + b1, a = ReLU(z)^n, logits = a W2 + b2
        let z: Vec<f64> = (0..hidden)
            .map(|j| {
                network.hidden_bias[j]
                    + (0..input_width).map(|i| x[i] * network.hidden_weights[i * hidden + j]).sum::<f64>()
            })
            .collect();
        let power = |base: f64, exponent: f64| if base > 0.0 { libm::pow(base, exponent) } else { 0.0 };
        let a: Vec<f64> = z.iter().map(|z| power(*z, network.power)).collect();
        let logits: Vec<f64> = (0..classes)
            .map(|c| {
                network.readout_bias[c]
                    + (0..hidden).map(|j| a[j] * network.readout_weights[j * classes + c]).sum::<f64>()
            })
            .collect();

        // loss = log sum_c exp(logit_c) - logit_label, d loss / d logit = softmax - one-hot
        let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logits.iter().map(|logit| libm::exp(logit - largest)).sum();
        results.cross_entropy += share * (largest + libm::log(sum) - logits[label]);
        let logit_gradient: Vec<f64> = (0..classes)
            .map(|c| libm::exp(logits[c] - largest) / sum - if c == label { 1.0 } else { 0.0 })
            .collect();

        // d loss / d z_j = n z_j^(n-1) sum_c W2_jc d loss / d logit_c
        let z_gradient: Vec<f64> = (0..hidden)
            .map(|j| {
                let weights = &network.readout_weights[j * classes..(j + 1) * classes];
                let sum: f64 = weights.iter().zip(&logit_gradient).map(|(w, g)| w * g).sum();
                network.power * power(z[j], network.power - 1.0) * sum
            })
            .collect();

        for c in 0..classes {
            results.readout_bias[c] += share * logit_gradient[c];
            for j in 0..hidden {
                results.readout_weights[j * classes + c] += share * a[j] * logit_gradient[c];
            }
        }
        for j in 0..hidden {
            results.hidden_bias[j] += share * z_gradient[j];
            for i in 0..input_width {
                results.hidden_weights[i * hidden + j] += share * x[i] * z_gradient[j];
                results.inputs[sample * input_width + i] +=
                    network.hidden_weights[i * hidden + j] * z_gradient[j];
            }
        }
        results.logits.extend(logits);
    }
    results
}

//! The definition of the unbiased covariance: two passes in f64.

/// `samples` is [count, features] with `count >= 2`, `out` is [features, features].
pub fn covariance(samples: &[f32], count: usize, features: usize, out: &mut [f64]) {
    let value = |sample: usize, feature: usize| f64::from(samples[sample * features + feature]);
    let means: Vec<f64> = (0..features)
        .map(|feature| (0..count).map(|sample| value(sample, feature)).sum::<f64>() / count as f64)
        .collect();
    for row in 0..features {
        for column in 0..features {
            let sum: f64 = (0..count)
                .map(|sample| (value(sample, row) - means[row]) * (value(sample, column) - means[column]))
                .sum();
            out[row * features + column] = sum / (count - 1) as f64;
        }
    }
}

//! Geometries and values for tests of kernels on images.

#![allow(dead_code, reason = "every test file uses its own part")]

use hebblab_core::convolution::Axis;
use proptest::prelude::*;

/// Values in (-1, 1) from a multiplicative congruential sequence.
pub fn sequence(length: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..length).map(|_| next()).collect()
}

/// Small axes with any stride, dilation and padding; outputs can be without any input.
pub fn axes() -> impl Strategy<Value = Axis> {
    (1usize..14, 0usize..8, 0usize..6, 1usize..4, 1usize..4, -2isize..5).prop_map(
        |(inputs, outputs, taps, stride, dilation, pad)| Axis {
            inputs,
            outputs,
            taps,
            stride,
            dilation,
            pad,
        },
    )
}

pub fn channels() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1usize), Just(2), Just(3), Just(4), Just(5), Just(16), Just(33)]
}

/// An axis with as many outputs as there are inputs over the stride, padded on both sides ("same").
pub fn same(inputs: usize, taps: usize, stride: usize, dilation: usize) -> Axis {
    let outputs = inputs.div_ceil(stride);
    let padding = ((outputs - 1) * stride + (taps - 1) * dilation + 1).saturating_sub(inputs);
    Axis { inputs, outputs, taps, stride, dilation, pad: (padding / 2) as isize }
}

//! Convolutions and their gradients against sums over all indices, and the promises about bits.

mod common;
mod images;

use common::{TOLERANCE, array, array_f32, assert_close, load, shape, widen};
use hebblab_core::KernelResult;
use hebblab_core::convolution::{
    Activation, Axis, ConvolutionWorkspace, Geometry, conv2d, conv2d_backprop_filter, conv2d_backprop_input,
    depthwise_conv2d, depthwise_conv2d_backprop_filter, depthwise_conv2d_backprop_input, reference,
};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use images::{axes, channels, same, sequence};
use proptest::prelude::*;

/// The three arrays of a geometry.
struct Arrays {
    input: Vec<f32>,
    filter: Vec<f32>,
    output: Vec<f32>,
}

/// Kernels that compute a convolution, its gradient by the input, and its gradient by the filter.
struct Family {
    filter_length: fn(&Geometry) -> usize,
    forward: Run,
    by_input: Run,
    by_filter: Run,
    reference: [Reference; 3],
}

type Run =
    fn(&dyn Threads, &Geometry, &[f32], &[f32], &mut [f32], &mut ConvolutionWorkspace) -> KernelResult<()>;
type Reference = fn(&Geometry, &[f32], &[f32]) -> Vec<f64>;

const DENSE: Family = Family {
    filter_length: |geometry| geometry.taps() * geometry.in_channels * geometry.out_channels,
    forward: |threads, geometry, input, filter, out, workspace| {
        conv2d(threads, geometry, input, filter, Activation::default(), out, workspace)
    },
    by_input: conv2d_backprop_input,
    by_filter: conv2d_backprop_filter,
    reference: [reference::conv2d, reference::conv2d_backprop_input, reference::conv2d_backprop_filter],
};

const DEPTHWISE: Family = Family {
    filter_length: |geometry| geometry.taps() * geometry.out_channels,
    forward: |threads, geometry, input, filter, out, workspace| {
        depthwise_conv2d(threads, geometry, input, filter, Activation::default(), out, workspace)
    },
    by_input: depthwise_conv2d_backprop_input,
    by_filter: depthwise_conv2d_backprop_filter,
    reference: [
        reference::depthwise_conv2d,
        reference::depthwise_conv2d_backprop_input,
        reference::depthwise_conv2d_backprop_filter,
    ],
};

/// What the kernels of a family can compute from the others of the three arrays.
const RESULTS: [&str; 3] = ["output", "input gradient", "filter gradient"];

impl Family {
    fn arrays(&self, geometry: &Geometry, seed: u64) -> Arrays {
        Arrays {
            input: sequence(geometry.input_length(), seed),
            filter: sequence((self.filter_length)(geometry), seed + 1),
            output: sequence(geometry.output_length(), seed + 2),
        }
    }

    /// The result with this index in [`RESULTS`]; it is NaN before.
    fn run(
        &self,
        result: usize,
        threads: &dyn Threads,
        geometry: &Geometry,
        arrays: &Arrays,
        workspace: &mut ConvolutionWorkspace,
    ) -> Vec<f32> {
        let Arrays { input, filter, output } = arrays;
        let (run, first, second, like) = match result {
            0 => (self.forward, input, filter, output),
            1 => (self.by_input, output, filter, input),
            _ => (self.by_filter, input, output, filter),
        };
        let mut out = vec![f32::NAN; like.len()];
        run(threads, geometry, first, second, &mut out, workspace).unwrap();
        out
    }

    fn reference(&self, result: usize, geometry: &Geometry, arrays: &Arrays) -> Vec<f64> {
        let Arrays { input, filter, output } = arrays;
        match result {
            0 => self.reference[0](geometry, input, filter),
            1 => self.reference[1](geometry, output, filter),
            _ => self.reference[2](geometry, input, output),
        }
    }
}

/// A bound that holds for any order of summation: |error| <= n u / (1 - n u) sum |a| |b| (Higham 2002, eq. 3.5).
fn check_against_references(family: &Family, geometry: &Geometry, seed: u64) {
    let operands = family.arrays(geometry, seed);
    let magnitude = |values: &[f32]| values.iter().map(|value| value.abs()).collect();
    let magnitudes = Arrays {
        input: magnitude(&operands.input),
        filter: magnitude(&operands.filter),
        output: magnitude(&operands.output),
    };
    let sizes = [
        geometry.taps() * geometry.in_channels,
        geometry.taps() * geometry.out_channels,
        geometry.batch * geometry.rows.outputs * geometry.columns.outputs,
    ];
    let mut workspace = ConvolutionWorkspace::default();
    for (result, size) in sizes.into_iter().enumerate() {
        let got = family.run(result, &OneThread, geometry, &operands, &mut workspace);
        let exact = family.reference(result, geometry, &operands);
        let magnitude = family.reference(result, geometry, &magnitudes);
        let unit = (size + 2) as f64 * 2f64.powi(-24) * 1.01;
        for index in 0..exact.len() {
            let error = (f64::from(got[index]) - exact[index]).abs();
            assert!(
                error <= unit * magnitude[index],
                "{} {geometry:?} [{index}]: {} against {}",
                RESULTS[result],
                got[index],
                exact[index]
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn agrees_with_sums_over_all_indices(
        batch in 0usize..4, in_channels in channels(), out_channels in channels(),
        rows in axes(), columns in axes(), seed in 0u64..1000
    ) {
        check_against_references(&DENSE, &Geometry { batch, in_channels, out_channels, rows, columns }, seed);
    }

    #[test]
    fn depthwise_agrees_with_sums_over_all_indices(
        batch in 0usize..4, in_channels in channels(), multiplier in 1usize..4,
        rows in axes(), columns in axes(), seed in 0u64..1000
    ) {
        let out_channels = in_channels * multiplier;
        check_against_references(&DEPTHWISE, &Geometry { batch, in_channels, out_channels, rows, columns }, seed);
    }
}

fn square(batch: usize, in_channels: usize, out_channels: usize, axis: Axis) -> Geometry {
    Geometry { batch, in_channels, out_channels, rows: axis, columns: axis }
}

/// Many strips of an image, many images in a piece, several groups of runs, several blocks of strips.
fn large() -> Vec<Geometry> {
    vec![
        square(1, 3, 16, same(97, 5, 1, 1)),
        square(37, 2, 9, same(6, 3, 1, 1)),
        square(3, 130, 12, same(7, 3, 2, 1)),
        square(2, 300, 5, same(5, 2, 1, 2)),
        square(40, 16, 40, same(14, 5, 1, 1)),
        Geometry {
            batch: 2,
            in_channels: 17,
            out_channels: 10,
            rows: same(1, 1, 1, 1),
            columns: same(5000, 7, 3, 1),
        },
    ]
}

/// The same with as many out channels as depthwise convolutions can have.
fn large_depthwise() -> impl Iterator<Item = Geometry> {
    let thrice = |geometry: Geometry| Geometry { out_channels: 3 * geometry.in_channels, ..geometry };
    let once = |geometry: Geometry| Geometry { out_channels: geometry.in_channels, ..geometry };
    large().into_iter().map(once).chain(large().into_iter().map(thrice))
}

fn all_large() -> impl Iterator<Item = (&'static Family, Geometry)> {
    let dense = large().into_iter().map(|geometry| (&DENSE, geometry));
    dense.chain(large_depthwise().map(|geometry| (&DEPTHWISE, geometry)))
}

#[test]
fn agrees_where_images_filters_or_batches_are_cut() {
    for (family, geometry) in all_large() {
        check_against_references(family, &geometry, 3);
    }
}

#[test]
fn has_the_same_bits_on_any_number_of_threads() {
    for (family, geometry) in all_large() {
        let operands = family.arrays(&geometry, 5);
        for result in 0..RESULTS.len() {
            let run = |threads: &dyn Threads| -> Vec<u32> {
                let values =
                    family.run(result, threads, &geometry, &operands, &mut ConvolutionWorkspace::default());
                values.into_iter().map(f32::to_bits).collect()
            };
            let alone = run(&OneThread);
            for count in [1, 2, 3, 5] {
                let threads = NativeThreads(count.try_into().unwrap());
                assert_eq!(run(&threads), alone, "{} {geometry:?}", RESULTS[result]);
            }
        }
    }
}

#[test]
fn an_image_has_the_same_bits_alone_and_among_others() {
    for (family, geometry) in all_large() {
        let all = family.arrays(&geometry, 7);
        let one = Geometry { batch: 1, ..geometry };
        for result in 0..2 {
            let mut workspace = ConvolutionWorkspace::default();
            let together = family.run(result, &OneThread, &geometry, &all, &mut workspace);
            for image in [0, geometry.batch - 1] {
                let part = |values: &[f32], length: usize| values[image * length..][..length].to_vec();
                let operands = Arrays {
                    input: part(&all.input, one.input_length()),
                    filter: all.filter.clone(),
                    output: part(&all.output, one.output_length()),
                };
                let alone = family.run(result, &OneThread, &one, &operands, &mut workspace);
                assert_eq!(alone, part(&together, alone.len()), "{} {geometry:?}", RESULTS[result]);
            }
        }
    }
}

#[test]
fn a_bias_and_relu_follow_the_sum() {
    type Forward = fn(
        &dyn Threads,
        &Geometry,
        &[f32],
        &[f32],
        Activation,
        &mut [f32],
        &mut ConvolutionWorkspace,
    ) -> KernelResult<()>;
    let cases: [(&Family, Forward, Geometry); 3] = [
        (&DENSE, conv2d, square(2, 3, 11, same(6, 3, 1, 1))),
        (&DENSE, conv2d, square(1, 130, 3, same(5, 3, 2, 1))),
        (&DEPTHWISE, depthwise_conv2d, square(2, 11, 22, same(6, 3, 1, 1))),
    ];
    for (family, run, geometry) in cases {
        let operands = family.arrays(&geometry, 9);
        let bias = sequence(geometry.out_channels, 10);
        let plain = family.run(0, &OneThread, &geometry, &operands, &mut ConvolutionWorkspace::default());
        for relu in [false, true] {
            let mut out = vec![f32::NAN; geometry.output_length()];
            let activation = Activation { bias: Some(&bias), relu };
            let Arrays { input, filter, .. } = &operands;
            let mut workspace = ConvolutionWorkspace::default();
            run(&OneThread, &geometry, input, filter, activation, &mut out, &mut workspace).unwrap();
            for (index, (got, sum)) in out.iter().zip(&plain).enumerate() {
                let value = sum + bias[index % bias.len()];
                let want = if relu { value.max(0.0) } else { value };
                assert_eq!(*got, want, "[{index}]");
            }
        }
    }
}

#[test]
fn relu_keeps_what_is_not_a_number() {
    let geometry = square(1, 1, 1, same(1, 1, 1, 1));
    let mut out = [0.0];
    let activation = Activation { bias: None, relu: true };
    let mut workspace = ConvolutionWorkspace::default();
    conv2d(&OneThread, &geometry, &[f32::NAN], &[1.0], activation, &mut out, &mut workspace).unwrap();
    assert!(out[0].is_nan());
}

#[test]
fn subnormal_operands_count_as_zero() {
    let subnormal = f32::MIN_POSITIVE / 2.0;
    let fill = |values: &[f32], value: f32| vec![value; values.len()];
    let axis = same(5, 3, 1, 1);
    for (family, geometry) in [(&DENSE, square(2, 3, 10, axis)), (&DEPTHWISE, square(2, 5, 10, axis))] {
        let like = family.arrays(&geometry, 1);
        for result in 0..RESULTS.len() {
            // One of the two operands of every product is subnormal, the other large.
            let operands_of = [[0, 1], [2, 1], [0, 2]][result];
            for small in operands_of {
                let value = |place: usize| if place == small { subnormal } else { 1e30 };
                let operands = Arrays {
                    input: fill(&like.input, value(0)),
                    filter: fill(&like.filter, value(1)),
                    output: fill(&like.output, value(2)),
                };
                let got = family.run(
                    result,
                    &OneThread,
                    &geometry,
                    &operands,
                    &mut ConvolutionWorkspace::default(),
                );
                assert!(got.iter().all(|value| *value == 0.0), "{} {small}", RESULTS[result]);
            }
        }
    }
}

#[test]
fn agrees_with_the_reference_vectors() {
    for case in load("conv")["cases"].as_array().unwrap() {
        let (x, filter, y) = (shape(&case["x"]), shape(&case["filter"]), shape(&case["y"]));
        let stride = case["stride"].as_u64().unwrap() as usize;
        let axis = |index: usize| {
            let pad =
                if case["pad"] == "same" { same(x[1 + index], filter[index], stride, 1).pad } else { 0 };
            Axis {
                inputs: x[1 + index],
                outputs: y[1 + index],
                taps: filter[index],
                stride,
                dilation: 1,
                pad,
            }
        };
        let geometry =
            Geometry { batch: x[0], in_channels: x[3], out_channels: y[3], rows: axis(0), columns: axis(1) };
        let operands = Arrays {
            input: array_f32(&case["x"]),
            filter: array_f32(&case["filter"]),
            output: array_f32(&case["dy"]),
        };
        let mut workspace = ConvolutionWorkspace::default();
        let bias = array_f32(&case["bias"]);
        let activation = Activation { bias: Some(&bias), relu: false };
        let mut out = vec![f32::NAN; geometry.output_length()];
        let Arrays { input, filter, .. } = &operands;
        conv2d(&OneThread, &geometry, input, filter, activation, &mut out, &mut workspace).unwrap();
        assert_close("y", &widen(&out), &array(&case["y"]), TOLERANCE);
        for (result, name) in [(1, "dx"), (2, "dfilter")] {
            let got = DENSE.run(result, &OneThread, &geometry, &operands, &mut workspace);
            assert_close(name, &widen(&got), &array(&case[name]), TOLERANCE);
        }
    }
}

#[test]
fn wrong_lengths_and_steps_of_zero_are_named() {
    let geometry = square(1, 1, 1, same(3, 2, 1, 1));
    let run = |geometry: &Geometry, filter: &[f32]| {
        let mut workspace = ConvolutionWorkspace::default();
        conv2d(&OneThread, geometry, &[0.0; 9], filter, Activation::default(), &mut [0.0; 9], &mut workspace)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(run(&geometry, &[0.0; 5]), "conv2d: expected 4 values in the filter or its gradient, got 5");
    let still = square(1, 1, 1, Axis { stride: 0, ..geometry.rows });
    assert!(run(&still, &[0.0; 4]).starts_with("conv2d: expected strides and dilations above 0, got"));
    let huge = square(1, 1, 1, Axis { dilation: 1 << 30, ..geometry.rows });
    assert!(run(&huge, &[0.0; 4]).starts_with("conv2d: expected padded images below 2^31 values, got"));
}

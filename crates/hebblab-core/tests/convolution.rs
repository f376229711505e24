//! Convolutions and their gradients against sums over all indices, and the promises about bits.

mod common;
mod images;

use common::{TOLERANCE, array, array_f32, assert_close, load, shape, widen};
use hebblab_core::KernelResult;
use hebblab_core::convolution::{
    Activation, Axis, ConvolutionWorkspace, Geometry, conv2d, conv2d_backprop_filter, conv2d_backprop_input,
    reference,
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

fn arrays(geometry: &Geometry, seed: u64) -> Arrays {
    let filter = geometry.taps() * geometry.in_channels * geometry.out_channels;
    Arrays {
        input: sequence(geometry.input_length(), seed),
        filter: sequence(filter, seed + 1),
        output: sequence(geometry.output_length(), seed + 2),
    }
}

/// Each kernel of the module on the operands of [`Arrays`]; the result is NaN before.
const KERNELS: [(&str, Kernel, Reference); 3] = [
    (
        "conv2d",
        |threads, geometry, arrays, workspace| {
            let mut out = vec![f32::NAN; geometry.output_length()];
            let none = Activation::default();
            conv2d(threads, geometry, &arrays.input, &arrays.filter, none, &mut out, workspace)?;
            Ok(out)
        },
        |geometry, arrays| reference::conv2d(geometry, &arrays.input, &arrays.filter),
    ),
    (
        "conv2d_backprop_input",
        |threads, geometry, arrays, workspace| {
            let mut out = vec![f32::NAN; geometry.input_length()];
            conv2d_backprop_input(threads, geometry, &arrays.output, &arrays.filter, &mut out, workspace)?;
            Ok(out)
        },
        |geometry, arrays| reference::conv2d_backprop_input(geometry, &arrays.output, &arrays.filter),
    ),
    (
        "conv2d_backprop_filter",
        |threads, geometry, arrays, workspace| {
            let mut out = vec![f32::NAN; arrays.filter.len()];
            conv2d_backprop_filter(threads, geometry, &arrays.input, &arrays.output, &mut out, workspace)?;
            Ok(out)
        },
        |geometry, arrays| reference::conv2d_backprop_filter(geometry, &arrays.input, &arrays.output),
    ),
];
type Kernel = fn(&dyn Threads, &Geometry, &Arrays, &mut ConvolutionWorkspace) -> KernelResult<Vec<f32>>;
type Reference = fn(&Geometry, &Arrays) -> Vec<f64>;

/// A bound that holds for any order of summation: |error| <= n u / (1 - n u) sum |a| |b| (Higham 2002, eq. 3.5).
fn check_against_references(geometry: &Geometry, seed: u64) {
    let operands = arrays(geometry, seed);
    let magnitudes = Arrays {
        input: operands.input.iter().map(|value| value.abs()).collect(),
        filter: operands.filter.iter().map(|value| value.abs()).collect(),
        output: operands.output.iter().map(|value| value.abs()).collect(),
    };
    let sizes = [
        geometry.taps() * geometry.in_channels,
        geometry.taps() * geometry.out_channels,
        geometry.batch * geometry.rows.outputs * geometry.columns.outputs,
    ];
    let mut workspace = ConvolutionWorkspace::default();
    for ((name, kernel, reference), size) in KERNELS.into_iter().zip(sizes) {
        let got = kernel(&OneThread, geometry, &operands, &mut workspace).unwrap();
        let (exact, magnitude) = (reference(geometry, &operands), reference(geometry, &magnitudes));
        let unit = (size + 2) as f64 * 2f64.powi(-24) * 1.01;
        for index in 0..exact.len() {
            let error = (f64::from(got[index]) - exact[index]).abs();
            assert!(
                error <= unit * magnitude[index],
                "{name} {geometry:?} [{index}]: {} against {}",
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
        check_against_references(&Geometry { batch, in_channels, out_channels, rows, columns }, seed);
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

#[test]
fn agrees_where_images_filters_or_batches_are_cut() {
    for geometry in large() {
        check_against_references(&geometry, 3);
    }
}

#[test]
fn has_the_same_bits_on_any_number_of_threads() {
    for geometry in large() {
        let operands = arrays(&geometry, 5);
        for (name, kernel, _) in KERNELS {
            let run = |threads: &dyn Threads| -> Vec<u32> {
                let result = kernel(threads, &geometry, &operands, &mut ConvolutionWorkspace::default());
                result.unwrap().into_iter().map(f32::to_bits).collect()
            };
            let alone = run(&OneThread);
            for count in [1, 2, 3, 5] {
                assert_eq!(run(&NativeThreads(count.try_into().unwrap())), alone, "{name} {geometry:?}");
            }
        }
    }
}

#[test]
fn an_image_has_the_same_bits_alone_and_among_others() {
    for geometry in large() {
        let all = arrays(&geometry, 7);
        let one = Geometry { batch: 1, ..geometry };
        for (name, kernel, _) in &KERNELS[..2] {
            let mut workspace = ConvolutionWorkspace::default();
            let together = kernel(&OneThread, &geometry, &all, &mut workspace).unwrap();
            for image in [0, geometry.batch - 1] {
                let part = |values: &[f32], length: usize| values[image * length..][..length].to_vec();
                let operands = Arrays {
                    input: part(&all.input, one.input_length()),
                    filter: all.filter.clone(),
                    output: part(&all.output, one.output_length()),
                };
                let alone = kernel(&OneThread, &one, &operands, &mut workspace).unwrap();
                assert_eq!(alone, part(&together, alone.len()), "{name} {geometry:?}");
            }
        }
    }
}

#[test]
fn a_bias_and_relu_follow_the_sum() {
    for geometry in [square(2, 3, 11, same(6, 3, 1, 1)), square(1, 130, 3, same(5, 3, 2, 1))] {
        let operands = arrays(&geometry, 9);
        let bias = sequence(geometry.out_channels, 10);
        let plain =
            KERNELS[0].1(&OneThread, &geometry, &operands, &mut ConvolutionWorkspace::default()).unwrap();
        for relu in [false, true] {
            let mut out = vec![f32::NAN; geometry.output_length()];
            let activation = Activation { bias: Some(&bias), relu };
            let Arrays { input, filter, .. } = &operands;
            let mut workspace = ConvolutionWorkspace::default();
            conv2d(&OneThread, &geometry, input, filter, activation, &mut out, &mut workspace).unwrap();
            for (index, (got, sum)) in out.iter().zip(&plain).enumerate() {
                let value = sum + bias[index % bias.len()];
                // The bias can be added before the last group of products is: one rounding more or less.
                let want = if relu { value.max(0.0) } else { value };
                assert!((got - want).abs() <= 1e-5, "[{index}]: {got} against {want}");
                assert!(!relu || *got >= 0.0);
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
    let geometry = square(2, 3, 10, same(5, 3, 1, 1));
    let large = arrays(&geometry, 1);
    let fill = |values: &[f32], value: f32| vec![value; values.len()];
    for (name, kernel, _) in KERNELS {
        // One of the two operands of every product is subnormal, the other large.
        for small in 0..3 {
            let value = |place: usize| if place == small { subnormal } else { 1e30 };
            let operands = Arrays {
                input: fill(&large.input, value(0)),
                filter: fill(&large.filter, value(1)),
                output: fill(&large.output, value(2)),
            };
            let unused = match name {
                "conv2d" => 2,
                "conv2d_backprop_input" => 0,
                _ => 1,
            };
            if small != unused {
                let got =
                    kernel(&OneThread, &geometry, &operands, &mut ConvolutionWorkspace::default()).unwrap();
                assert!(got.iter().all(|value| *value == 0.0), "{name} {small}");
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
        for (name, kernel) in [("dx", KERNELS[1].1), ("dfilter", KERNELS[2].1)] {
            let got = kernel(&OneThread, &geometry, &operands, &mut workspace).unwrap();
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

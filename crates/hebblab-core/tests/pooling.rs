//! Pooling and its gradients against their definitions, and the promises about bits.

mod common;
mod images;

use common::{TOLERANCE, array, array_f32, assert_close, load, shape, widen};
use hebblab_core::convolution::{Axis, ConvolutionWorkspace, Geometry, conv2d_backprop_input};
use hebblab_core::pooling::{
    Divisor, average_pool, average_pool_backprop, max_pool, max_pool_backprop, reference,
};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use images::{axes, channels, same, sequence};
use proptest::prelude::*;

fn geometry(batch: usize, channels: usize, rows: Axis, columns: Axis) -> Geometry {
    Geometry { batch, in_channels: channels, out_channels: channels, rows, columns }
}

/// The results of all kernels, one behind the other; each is NaN before.
fn run_all(threads: &dyn Threads, geometry: &Geometry, input: &[f32], output: &[f32]) -> [Vec<f32>; 5] {
    let empty = |length: usize| vec![f32::NAN; length];
    let [mut largest, mut mean] = [(); 2].map(|()| empty(output.len()));
    let [mut to_largest, mut to_window, mut to_filter] = [(); 3].map(|()| empty(input.len()));
    max_pool(threads, geometry, input, &mut largest).unwrap();
    average_pool(threads, geometry, input, &mut mean).unwrap();
    max_pool_backprop(threads, geometry, input, output, &mut to_largest).unwrap();
    average_pool_backprop(threads, geometry, output, Divisor::Window, &mut to_window).unwrap();
    average_pool_backprop(threads, geometry, output, Divisor::Filter, &mut to_filter).unwrap();
    [largest, mean, to_largest, to_window, to_filter]
}

fn check_against_references(geometry: &Geometry, input: &[f32], output: &[f32]) {
    let [largest, mean, to_largest, to_window, to_filter] = run_all(&OneThread, geometry, input, output);
    assert_eq!(largest, reference::max_pool(geometry, input), "{geometry:?}");
    let pairs = [
        (mean, reference::average_pool(geometry, input)),
        (to_largest, reference::max_pool_backprop(geometry, input, output)),
        (to_window, reference::average_pool_backprop(geometry, output, Divisor::Window)),
        (to_filter, reference::average_pool_backprop(geometry, output, Divisor::Filter)),
    ];
    // At most 25 values of magnitude 1 are summed, each rounded to 2^-24 of at most 25.
    for (index, (got, want)) in pairs.iter().enumerate() {
        for (got, want) in got.iter().zip(want) {
            let same = got.is_nan() && want.is_nan();
            assert!(
                same || (f64::from(*got) - want).abs() <= 625.0 * 2f64.powi(-24),
                "{index} {geometry:?}: {got} against {want}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn agrees_with_the_definitions(
        batch in 0usize..4, channels in channels(), rows in axes(), columns in axes(), seed in 0u64..1000
    ) {
        let geometry = geometry(batch, channels, rows, columns);
        let output = sequence(geometry.output_length(), seed + 1);
        check_against_references(&geometry, &sequence(geometry.input_length(), seed), &output);
    }

    #[test]
    fn the_first_of_equal_values_is_the_largest(
        batch in 1usize..3, channels in channels(), rows in axes(), columns in axes(), seed in 0u64..1000
    ) {
        let geometry = geometry(batch, channels, rows, columns);
        let output = sequence(geometry.output_length(), seed + 1);
        let some = [0.0, 1.0, f32::NEG_INFINITY, f32::NAN];
        let few: Vec<f32> = sequence(geometry.input_length(), seed)
            .iter()
            .map(|value| some[((value + 1.0) * 2.0) as usize % 4])
            .collect();
        let mut out = vec![f32::NAN; output.len()];
        max_pool(&OneThread, &geometry, &few, &mut out).unwrap();
        prop_assert_eq!(&out, &reference::max_pool(&geometry, &few));
        let mut gradient = vec![f32::NAN; few.len()];
        max_pool_backprop(&OneThread, &geometry, &few, &output, &mut gradient).unwrap();
        let want = reference::max_pool_backprop(&geometry, &few, &output);
        for (got, want) in gradient.iter().zip(want) {
            prop_assert!((f64::from(*got) - want).abs() <= 625.0 * 2f64.powi(-24));
        }
    }
}

#[test]
fn has_the_same_bits_on_any_number_of_threads_and_alone_as_among_others() {
    let (rows, columns) = (same(33, 3, 2, 1), same(31, 2, 1, 1));
    let many = geometry(5, 70, rows, columns);
    let (input, output) = (sequence(many.input_length(), 1), sequence(many.output_length(), 2));
    check_against_references(&many, &input, &output);
    let bits = |results: [Vec<f32>; 5]| results.map(|values| values.into_iter().map(f32::to_bits).collect());
    let together: [Vec<u32>; 5] = bits(run_all(&OneThread, &many, &input, &output));
    for count in [1, 2, 3, 5] {
        let threads = NativeThreads(count.try_into().unwrap());
        assert_eq!(bits(run_all(&threads, &many, &input, &output)), together, "{count} threads");
    }
    let one = Geometry { batch: 1, ..many };
    let last = |values: &[f32], length: usize| values[values.len() - length..].to_vec();
    let (input, output) = (last(&input, one.input_length()), last(&output, one.output_length()));
    for (alone, together) in bits(run_all(&OneThread, &one, &input, &output)).iter().zip(&together) {
        assert_eq!(alone[..], together[together.len() - alone.len()..]);
    }
}

#[test]
fn agrees_with_the_reference_vectors() {
    for case in load("conv")["cases"].as_array().unwrap() {
        let (input, output) = (shape(&case["y"]), shape(&case["reluMaxPool2"]));
        let axis = |index: usize| Axis {
            inputs: input[1 + index],
            outputs: output[1 + index],
            taps: 2,
            stride: 2,
            dilation: 1,
            pad: 0,
        };
        let geometry = geometry(input[0], input[3], axis(0), axis(1));
        let relu: Vec<f32> = array_f32(&case["y"]).into_iter().map(|value| value.max(0.0)).collect();
        let mut out = vec![f32::NAN; geometry.output_length()];
        max_pool(&OneThread, &geometry, &relu, &mut out).unwrap();
        assert_close("reluMaxPool2", &widen(&out), &array(&case["reluMaxPool2"]), TOLERANCE);

        let mut gradient = vec![f32::NAN; relu.len()];
        max_pool_backprop(&OneThread, &geometry, &relu, &array_f32(&case["dPool"]), &mut gradient).unwrap();
        for (gradient, value) in gradient.iter_mut().zip(&relu) {
            *gradient = if *value > 0.0 { *gradient } else { 0.0 };
        }
        let (images, filter) = (shape(&case["x"]), shape(&case["filter"]));
        let stride = case["stride"].as_u64().unwrap() as usize;
        let axis = |index: usize| {
            let (inputs, outputs, taps) = (images[1 + index], input[1 + index], filter[index]);
            let pad = if case["pad"] == "same" { same(inputs, taps, stride, 1).pad } else { 0 };
            Axis { inputs, outputs, taps, stride, dilation: 1, pad }
        };
        let convolved = Geometry {
            batch: images[0],
            in_channels: images[3],
            out_channels: input[3],
            rows: axis(0),
            columns: axis(1),
        };
        let filter = array_f32(&case["filter"]);
        let mut through = vec![f32::NAN; convolved.input_length()];
        let mut workspace = ConvolutionWorkspace::default();
        conv2d_backprop_input(&OneThread, &convolved, &gradient, &filter, &mut through, &mut workspace)
            .unwrap();
        assert_close("dxThroughPool", &widen(&through), &array(&case["dxThroughPool"]), TOLERANCE);
    }
}

#[test]
fn other_numbers_of_out_channels_are_refused() {
    let rows = same(1, 1, 1, 1);
    let wrong = Geometry { out_channels: 3, ..geometry(1, 2, rows, rows) };
    let error = max_pool(&OneThread, &wrong, &[0.0; 2], &mut [0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "maxPool: expected 2 out channels, as many as in channels, got 3");
}

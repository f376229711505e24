//! Products with what follows them: the bits of separate passes.

mod common;

use common::sequence;
use hebblab_core::activations::{add_row_bias, relu_power};
use hebblab_core::gemm::{Activation, Epilogue, Form, GemmShape, GemmWorkspace, gemm, gemm_fused};
use hebblab_core::threads::{NativeThreads, OneThread};

const ACTIVATIONS: [Activation; 4] =
    [Activation::None, Activation::Relu, Activation::ReluPower(4.5), Activation::ReluPower(0.3)];

fn shape(rows: usize, columns: usize, inner: usize) -> GemmShape {
    GemmShape { rows, columns, inner }
}

/// Product, then scale, then bias, then activation, each over all of the output.
fn in_separate_passes(
    form: Form,
    shape: GemmShape,
    [a, b]: [&[f32]; 2],
    epilogue: &Epilogue,
    out: &mut [f32],
) {
    gemm(&OneThread, form, shape, a, b, out, &mut GemmWorkspace::default()).unwrap();
    if let Some(row_scale) = epilogue.row_scale {
        for (row, scale) in out.chunks_exact_mut(shape.columns).zip(row_scale) {
            row.iter_mut().for_each(|value| *value *= scale);
        }
    }
    if let Some(bias) = epilogue.bias {
        add_row_bias(&OneThread, out, shape.rows, shape.columns, bias).unwrap();
    }
    match epilogue.activation {
        Activation::None => {}
        Activation::Relu => relu_power(&OneThread, out, 1.0).unwrap(),
        Activation::ReluPower(power) => relu_power(&OneThread, out, power).unwrap(),
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn give_the_bits_of_separate_passes_on_any_number_of_threads() {
    // Few columns, several blocks of depth, several pieces, no depth at all.
    for shape in [
        shape(1, 1, 1),
        shape(3, 5, 0),
        shape(70, 10, 300),
        shape(5, 33, 7),
        shape(203, 131, 67),
        shape(91, 45, 1100),
    ] {
        let GemmShape { rows, columns, inner } = shape;
        let (a, b) = (sequence(rows * inner, 1), sequence(inner * columns, 2));
        let (scales, biases) = (sequence(rows, 3), sequence(columns, 4));
        for form in [Form::NN, Form::NT, Form::TN, Form::TT] {
            for activation in ACTIVATIONS {
                for (row_scale, bias) in [
                    (None, None),
                    (Some(&scales[..]), None),
                    (None, Some(&biases[..])),
                    (Some(&scales[..]), Some(&biases[..])),
                ] {
                    let epilogue = Epilogue { row_scale, bias, activation };
                    let mut separate = vec![f32::NAN; rows * columns];
                    in_separate_passes(form, shape, [&a, &b], &epilogue, &mut separate);
                    for count in [1, 2, 3, 5] {
                        let threads = NativeThreads(count.try_into().unwrap());
                        let mut fused = vec![f32::NAN; rows * columns];
                        let mut workspace = GemmWorkspace::default();
                        gemm_fused(&threads, form, shape, &a, &b, &epilogue, &mut fused, &mut workspace)
                            .unwrap();
                        assert_eq!(bits(&fused), bits(&separate), "{form:?} {shape:?} {epilogue:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_activation_flushes_what_is_below_the_normal_range_and_keeps_what_is_no_number() {
    let small = f32::MIN_POSITIVE;
    for columns in [1, 11] {
        let bias = vec![-0.5 * small; columns];
        let epilogue = Epilogue { bias: Some(&bias), activation: Activation::Relu, ..Epilogue::default() };
        let mut out = vec![1.0; 3 * columns];
        gemm_fused(
            &OneThread,
            Form::NN,
            shape(3, columns, 1),
            &[small, 2.0 * small, f32::NAN],
            &vec![1.0; columns],
            &epilogue,
            &mut out,
            &mut GemmWorkspace::default(),
        )
        .unwrap();
        assert!(out[..columns].iter().all(|&value| value == 0.0));
        assert!(out[columns..2 * columns].iter().all(|&value| value == 1.5 * small));
        assert!(out[2 * columns..].iter().all(|value| value.is_nan()));
    }
}

#[test]
fn refuse_what_does_not_fit() {
    let attempt = |epilogue: Epilogue| {
        let mut workspace = GemmWorkspace::default();
        let (a, b, mut out) = ([0.0; 2], [0.0; 3], [0.0; 6]);
        gemm_fused(&OneThread, Form::NN, shape(2, 3, 1), &a, &b, &epilogue, &mut out, &mut workspace)
            .unwrap_err()
            .to_string()
    };
    let bias = Epilogue { bias: Some(&[0.0; 2]), ..Epilogue::default() };
    assert_eq!(attempt(bias), "gemm: expected 3 values in bias, got 2");
    let scale = Epilogue { row_scale: Some(&[0.0; 3]), ..Epilogue::default() };
    assert_eq!(attempt(scale), "gemm: expected 2 values in rowScale, got 3");
    let power = Epilogue { activation: Activation::ReluPower(0.0), ..Epilogue::default() };
    assert_eq!(attempt(power), "gemm: expected a power that is positive and finite, got 0");
}

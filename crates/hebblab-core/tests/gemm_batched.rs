//! Products of many pairs of matrices.

mod common;

use common::sequence;
use hebblab_core::gemm::{
    Activation, Epilogue, Form, GemmShape, GemmWorkspace, batched_gemm, gemm_fused, reference,
};
use hebblab_core::threads::{NativeThreads, OneThread};

const FORMS: [Form; 4] = [Form::NN, Form::NT, Form::TN, Form::TT];

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn are_the_products_of_the_pairs() {
    // Whole numbers, so that every order of summation gives the same.
    let shape = GemmShape { rows: 2, columns: 3, inner: 4 };
    let values = |length: usize| -> Vec<f32> { (0..length).map(|value| (value % 7) as f32 - 3.0).collect() };
    let (a, b) = (values(3 * 8), values(2 * 12));
    let (a_of, b_of) = ([2, 0, 1, 1], [0, 1, 1, 0]);
    for form in FORMS {
        let mut want = vec![0.0; 4 * 6];
        for (pair, want) in want.chunks_exact_mut(6).enumerate() {
            let (a, b) = (&a[8 * a_of[pair] as usize..][..8], &b[12 * b_of[pair] as usize..][..12]);
            reference::gemm(form, shape, a, b, want);
        }
        let mut got = vec![f32::NAN; 4 * 6];
        batched_gemm(
            &OneThread,
            form,
            shape,
            [&a, &b],
            [&a_of, &b_of],
            &Epilogue::default(),
            &mut got,
            &mut Vec::new(),
        )
        .unwrap();
        assert_eq!(got, want, "{form:?}");
    }
}

#[test]
fn have_the_bits_of_single_products_on_any_number_of_threads() {
    // Tiny, thin, several to a piece, one to a piece, and too large to be shared out whole.
    for (count, rows, columns, inner) in [
        (5, 1, 1, 1),
        (40, 20, 7, 30),
        (70, 33, 21, 19),
        (3, 150, 130, 90),
        (2, 170, 160, 160),
        (4, 3, 11, 0),
    ] {
        let shape = GemmShape { rows, columns, inner };
        let (a, b) = (sequence(count * rows * inner, 1), sequence(count * inner * columns, 2));
        let bias = sequence(columns, 3);
        let scale = sequence(rows, 4);
        let each: Vec<u32> = (0..count as u32).collect();
        let first = vec![0; count];
        for form in FORMS {
            for row_scale in [None, Some(&scale[..])] {
                for [a_of, b_of] in [[&each, &each], [&each, &first], [&first, &each]] {
                    let epilogue = Epilogue { row_scale, bias: Some(&bias), activation: Activation::Relu };
                    let mut want = vec![f32::NAN; count * rows * columns];
                    for (pair, want) in want.chunks_exact_mut(rows * columns).enumerate() {
                        let a = &a[a_of[pair] as usize * rows * inner..][..rows * inner];
                        let b = &b[b_of[pair] as usize * inner * columns..][..inner * columns];
                        let mut workspace = GemmWorkspace::default();
                        gemm_fused(&OneThread, form, shape, a, b, &epilogue, want, &mut workspace).unwrap();
                    }
                    for threads in [1, 2, 3, 5] {
                        let threads = NativeThreads(threads.try_into().unwrap());
                        let mut got = vec![f32::NAN; count * rows * columns];
                        batched_gemm(
                            &threads,
                            form,
                            shape,
                            [&a, &b],
                            [a_of, b_of],
                            &epilogue,
                            &mut got,
                            &mut Vec::new(),
                        )
                        .unwrap();
                        assert_eq!(bits(&got), bits(&want), "{count} of {form:?} {shape:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn refuse_matrices_that_are_not_there() {
    let shape = GemmShape { rows: 1, columns: 1, inner: 2 };
    let attempt = |a_of: &[u32], b_of: &[u32], out: &mut [f32]| {
        let (a, b) = ([0.0; 4], [0.0; 6]);
        batched_gemm(
            &OneThread,
            Form::NN,
            shape,
            [&a, &b],
            [a_of, b_of],
            &Epilogue::default(),
            out,
            &mut Vec::new(),
        )
        .map_err(|error| error.to_string())
    };
    assert_eq!(attempt(&[1, 0], &[2, 2], &mut [0.0; 2]), Ok(()));
    let message = |text: &str| Err(text.to_string());
    assert_eq!(
        attempt(&[2], &[0], &mut [0.0]),
        message("gemm: expected pairs of the 2 matrices in a, got 2")
    );
    assert_eq!(
        attempt(&[0], &[3], &mut [0.0]),
        message("gemm: expected pairs of the 3 matrices in b, got 3")
    );
    assert_eq!(attempt(&[0], &[0], &mut [0.0; 2]), message("gemm: expected 1 values in out, got 2"));
    assert!(attempt(&[0], &[0, 0], &mut [0.0]).is_err());
}

//! The matrix product against a float64 loop, and the promise that rows do not feel each other.

mod common;

use common::sequence;
use hebblab_core::gemm::{Form, GemmShape, GemmWorkspace, gemm, reference};
use hebblab_core::threads::{NativeThreads, OneThread};
use proptest::prelude::*;

const FORMS: [Form; 4] = [Form::NN, Form::NT, Form::TN, Form::TT];

/// op(a) op(b) in float64, and sum |a| |b|, which bounds the rounding of any order of summation.
fn float64_product(form: Form, shape: GemmShape, a: &[f32], b: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let GemmShape { rows, columns, inner } = shape;
    let (mut sums, mut magnitudes) = (vec![0.0; rows * columns], vec![0.0; rows * columns]);
    for row in 0..rows {
        for column in 0..columns {
            for index in 0..inner {
                let left = if form.transposes_a() { a[index * rows + row] } else { a[row * inner + index] };
                let right =
                    if form.transposes_b() { b[column * inner + index] } else { b[index * columns + column] };
                let product = left as f64 * right as f64;
                sums[row * columns + column] += product;
                magnitudes[row * columns + column] += product.abs();
            }
        }
    }
    (sums, magnitudes)
}

fn check_against_float64(form: Form, shape: GemmShape, seed: u64) {
    let GemmShape { rows, columns, inner } = shape;
    let (a, b) = (sequence(rows * inner, seed), sequence(inner * columns, seed + 1));
    let (exact, magnitude) = float64_product(form, shape, &a, &b);
    // |error| <= inner * 2^-24 / (1 - inner * 2^-24) * sum |a| |b| for any order (Higham 2002, eq. 3.5).
    let unit = (inner + 1) as f64 * 2f64.powi(-24) * 1.01;
    let mut fast = vec![f32::NAN; rows * columns];
    let mut plain = vec![f32::NAN; rows * columns];
    gemm(&OneThread, form, shape, &a, &b, &mut fast, &mut GemmWorkspace::default()).unwrap();
    reference::gemm(form, shape, &a, &b, &mut plain);
    for index in 0..rows * columns {
        for (name, got) in [("fast", fast[index]), ("reference", plain[index])] {
            let error = (got as f64 - exact[index]).abs();
            assert!(
                error <= unit * magnitude[index],
                "{name} {form:?} {shape:?} [{index}]: {got} against {}",
                exact[index]
            );
        }
    }
}

fn forms() -> impl Strategy<Value = Form> {
    prop::sample::select(&FORMS)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn agrees_with_float64_on_any_shape(
        form in forms(), rows in 0usize..40, columns in 0usize..40, inner in 0usize..40, seed in 0u64..1000
    ) {
        check_against_float64(form, GemmShape { rows, columns, inner }, seed);
    }

    #[test]
    fn is_linear_in_a_power_of_two(form in forms(), rows in 1usize..9, inner in 1usize..300, seed in 0u64..1000) {
        let shape = GemmShape { rows, columns: 5, inner };
        let (a, b) = (sequence(rows * inner, seed), sequence(inner * 5, seed + 1));
        let doubled: Vec<f32> = a.iter().map(|value| value * 2.0).collect();
        let (mut once, mut twice) = (vec![0.0; rows * 5], vec![0.0; rows * 5]);
        let mut workspace = GemmWorkspace::default();
        gemm(&OneThread, form, shape, &a, &b, &mut once, &mut workspace).unwrap();
        gemm(&OneThread, form, shape, &doubled, &b, &mut twice, &mut workspace).unwrap();
        prop_assert_eq!(once.iter().map(|value| value * 2.0).collect::<Vec<_>>(), twice);
    }
}

#[test]
fn agrees_with_float64_beyond_every_block_size() {
    // One more than a block of depth, of rows, of columns; primes; more than 2^16 elements per operand.
    for (rows, columns, inner) in [
        (1, 1, 1),
        (1, 1031, 1),
        (1031, 1, 1),
        (1, 1, 70001),
        (129, 9, 257),
        (5, 1025, 257),
        (131, 67, 521),
        (257, 263, 269),
    ] {
        for form in FORMS {
            check_against_float64(form, GemmShape { rows, columns, inner }, 7);
        }
    }
}

#[test]
fn a_row_has_the_same_bits_however_many_rows_there_are() {
    // Up to 10 rows take a path of their own.
    let (columns, inner, most) = (13, 600, 12);
    let (a, b) = (sequence(most * inner, 3), sequence(inner * columns, 4));
    let transposed_b: Vec<f32> =
        (0..columns * inner).map(|place| b[place % inner * columns + place / inner]).collect();
    let mut workspace = GemmWorkspace::default();
    let mut product = |form: Form, rows: usize| -> Vec<u32> {
        let shape = GemmShape { rows, columns, inner };
        let mut out = vec![0.0; rows * columns];
        let columns_of_a: Vec<f32> =
            (0..rows * inner).map(|place| a[place % rows * inner + place / rows]).collect();
        let (a, b) = match form {
            Form::NN => (&a[..rows * inner], &b),
            Form::NT => (&a[..rows * inner], &transposed_b),
            Form::TN => (&columns_of_a[..], &b),
            Form::TT => (&columns_of_a[..], &transposed_b),
        };
        gemm(&OneThread, form, shape, a, b, &mut out, &mut workspace).unwrap();
        out.iter().map(|value| value.to_bits()).collect()
    };
    let all = product(Form::NN, most);
    for form in FORMS {
        for rows in 1..=most {
            assert_eq!(product(form, rows), all[..rows * columns], "{form:?} with {rows} rows");
        }
    }
}

#[test]
fn a_row_has_the_same_bits_among_very_many() {
    // Up to 32 columns take the path of few columns where there are 16 times as many rows.
    let (columns, inner, many, few) = (31, 300, 501, 100);
    let (a, b) = (sequence(many * inner, 7), sequence(inner * columns, 8));
    let product = |form: Form, rows: usize| -> Vec<u32> {
        let lane_first = |values: &[f32], lanes: usize| -> Vec<f32> {
            (0..lanes * inner).map(|place| values[place % lanes * inner + place / lanes]).collect()
        };
        let a = if form.transposes_a() { lane_first(&a, rows) } else { a[..rows * inner].to_vec() };
        let b = if form.transposes_b() { b.clone() } else { lane_first(&b, columns) };
        let mut out = vec![f32::NAN; rows * columns];
        let shape = GemmShape { rows, columns, inner };
        gemm(&OneThread, form, shape, &a, &b, &mut out, &mut GemmWorkspace::default()).unwrap();
        out.iter().map(|value| value.to_bits()).collect()
    };
    let want = product(Form::NN, few);
    for form in FORMS {
        assert_eq!(product(form, many)[..few * columns], want, "{form:?}");
    }
}

#[test]
fn a_column_has_the_same_bits_among_few_and_among_many() {
    // Up to 10 columns take a path of their own; more than two parts of a sum, and remainders everywhere.
    let (rows, many, inner) = (37, 13, 601);
    let (a, b) = (sequence(rows * inner, 5), sequence(inner * many, 6));
    let transposed = |values: &[f32], rows: usize, columns: usize| -> Vec<f32> {
        (0..rows * columns).map(|place| values[place % rows * columns + place / rows]).collect()
    };
    let product = |form: Form, columns: usize| -> Vec<Vec<u32>> {
        let b: Vec<f32> = b.chunks_exact(many).flat_map(|row| &row[..columns]).copied().collect();
        let (a, b) = match form {
            Form::NN => (a.clone(), b),
            Form::NT => (a.clone(), transposed(&b, inner, columns)),
            Form::TN => (transposed(&a, rows, inner), b),
            Form::TT => (transposed(&a, rows, inner), transposed(&b, inner, columns)),
        };
        let shape = GemmShape { rows, columns, inner };
        let mut out = vec![f32::NAN; rows * columns];
        gemm(&OneThread, form, shape, &a, &b, &mut out, &mut GemmWorkspace::default()).unwrap();
        out.chunks_exact(columns).map(|row| row.iter().map(|value| value.to_bits()).collect()).collect()
    };
    for form in FORMS {
        let wide = product(form, many);
        for columns in 1..many {
            for (few, all) in product(form, columns).iter().zip(&wide) {
                assert_eq!(few[..], all[..columns], "{form:?} with {columns} columns");
            }
        }
    }
}

#[test]
fn values_that_are_not_subnormal_keep_their_bits() {
    // 1 times the value, summed with nothing but zeros.
    let kept = [f32::MIN_POSITIVE, -f32::MIN_POSITIVE, 1e-37, -1.5, f32::MAX, f32::INFINITY];
    for form in FORMS {
        for columns in [1, 10, 11, 24] {
            let shape = GemmShape { rows: kept.len(), columns, inner: 1 };
            let mut out = vec![f32::NAN; kept.len() * columns];
            gemm(
                &OneThread,
                form,
                shape,
                &kept,
                &vec![1.0; columns],
                &mut out,
                &mut GemmWorkspace::default(),
            )
            .unwrap();
            for (row, value) in out.chunks_exact(columns).zip(kept) {
                assert!(row.iter().all(|got| got.to_bits() == value.to_bits()), "{form:?} {value}");
            }
        }
    }
}

#[test]
fn an_empty_sum_is_zero_and_overwrites_what_was_there() {
    let mut out = vec![f32::NAN; 6];
    let shape = GemmShape { rows: 2, columns: 3, inner: 0 };
    gemm(&OneThread, Form::NT, shape, &[], &[], &mut out, &mut GemmWorkspace::default()).unwrap();
    assert_eq!(out, [0.0; 6]);
}

#[test]
fn subnormal_operands_count_as_zero_wherever_they_stand() {
    let subnormal = f32::MIN_POSITIVE / 2.0;
    for form in FORMS {
        for (rows, columns) in [(1, 1), (4, 8), (5, 9)] {
            let shape = GemmShape { rows, columns, inner: 6 };
            let mut out = vec![f32::NAN; rows * columns];
            let (a, b) = (vec![subnormal; rows * 6], vec![1e30; 6 * columns]);
            gemm(&OneThread, form, shape, &a, &b, &mut out, &mut GemmWorkspace::default()).unwrap();
            assert_eq!(out, vec![0.0; rows * columns]);
        }
    }
}

#[test]
fn not_a_number_reaches_its_own_row_only() {
    let shape = GemmShape { rows: 5, columns: 9, inner: 7 };
    let mut a = vec![1.0; 35];
    a[2 * 7 + 6] = f32::NAN;
    let mut out = vec![0.0; 45];
    gemm(&OneThread, Form::NN, shape, &a, &[1.0; 63], &mut out, &mut GemmWorkspace::default()).unwrap();
    for (row, values) in out.chunks_exact(9).enumerate() {
        assert!(values.iter().all(|value| if row == 2 { value.is_nan() } else { *value == 7.0 }));
    }
}

#[test]
fn a_wrong_length_is_named() {
    let shape = GemmShape { rows: 2, columns: 3, inner: 4 };
    let error = gemm(
        &OneThread,
        Form::NN,
        shape,
        &[0.0; 8],
        &[0.0; 11],
        &mut [0.0; 6],
        &mut GemmWorkspace::default(),
    );
    assert_eq!(error.unwrap_err().to_string(), "gemm: expected 12 values in b, got 11");
}

#[test]
fn has_the_same_bits_on_any_number_of_threads() {
    // More than one block of rows, of columns and of depth in the last shape; remainders in all.
    for (rows, columns, inner) in
        [(101, 203, 67), (7, 2503, 600), (5201, 13, 600), (331, 4201, 513), (2001, 10, 300)]
    {
        let shape = GemmShape { rows, columns, inner };
        let (a, b) = (sequence(rows * inner, 11), sequence(inner * columns, 12));
        for form in FORMS {
            let mut alone = vec![f32::NAN; rows * columns];
            gemm(&OneThread, form, shape, &a, &b, &mut alone, &mut GemmWorkspace::default()).unwrap();
            for count in [2, 3, 5] {
                let threads = NativeThreads(count.try_into().unwrap());
                let mut together = vec![f32::NAN; rows * columns];
                gemm(&threads, form, shape, &a, &b, &mut together, &mut GemmWorkspace::default()).unwrap();
                assert!(
                    alone.iter().zip(&together).all(|(one, other)| one.to_bits() == other.to_bits()),
                    "{form:?} {shape:?} on {count} threads"
                );
            }
        }
    }
}

//! Values that are moved, against one at a time.

use hebblab_core::movement::{
    Dimension, Element, GatherShape, copy_strided, fill, gather, one_hot, reference, top_k,
};
use hebblab_core::threads::{NativeThreads, OneThread};
use proptest::prelude::*;

const THREADS: [usize; 4] = [1, 2, 3, 5];

fn threads(count: usize) -> NativeThreads {
    NativeThreads(count.try_into().unwrap())
}

/// The copies of a row-major array's dimensions in another order.
fn transposed(shape: &[usize], permutation: &[usize]) -> Vec<Dimension> {
    let stride = |axis: usize| shape[axis + 1..].iter().product::<usize>();
    (0..shape.len())
        .map(|axis| Dimension {
            size: shape[permutation[axis]],
            from_stride: stride(permutation[axis]) as i32,
            to_stride: permutation[axis + 1..].iter().map(|&axis| shape[axis]).product(),
        })
        .collect()
}

fn check<T: Element + PartialEq + std::fmt::Debug>(
    dimensions: &[Dimension],
    from: &[T],
    from_first: usize,
    to: &[T],
    to_first: usize,
) {
    let mut want = to.to_vec();
    reference::copy_strided(dimensions, from, from_first, &mut want, to_first);
    for count in THREADS {
        let mut got = to.to_vec();
        copy_strided(&threads(count), dimensions, from, from_first, &mut got, to_first).unwrap();
        assert!(got == want, "{dimensions:?} on {count} threads");
    }
}

fn check_transpose(shape: &[usize], permutation: &[usize]) {
    let length = shape.iter().product();
    let words: Vec<u32> = (0..length as u32).collect();
    let bytes: Vec<u8> = (0..length).map(|value| (value % 251) as u8).collect();
    let dimensions = transposed(shape, permutation);
    check(&dimensions, &words, 0, &vec![u32::MAX; length], 0);
    check(&dimensions, &bytes, 0, &vec![u8::MAX; length], 0);
}

#[test]
fn transposes_of_matrices_beyond_every_block() {
    for shape in [[1, 1], [3, 5], [16, 16], [17, 33], [1, 100], [200, 300], [5, 40_001], [40_001, 5]] {
        check_transpose(&shape, &[1, 0]);
    }
}

#[test]
fn transposes_of_more_dimensions() {
    check_transpose(&[2, 33, 17, 3], &[0, 3, 1, 2]);
    check_transpose(&[2, 3, 33, 17], &[0, 2, 3, 1]);
    check_transpose(&[40, 3, 2, 300], &[2, 0, 1, 3]);
    check_transpose(&[2, 3, 4, 5, 6, 7], &[5, 3, 1, 0, 2, 4]);
    check_transpose(&[2, 3, 4, 5, 6, 7], &[0, 1, 2, 3, 4, 5]);
}

#[test]
fn part_of_the_output_stays_as_it_is() {
    // A 2 x 3 matrix in the middle of one of 4 x 5.
    let from = [1, 2, 3, 4, 5, 6_u32];
    let dimensions = [(2, 3, 5), (3, 1, 1)].map(|(size, from_stride, to_stride)| Dimension {
        size,
        from_stride,
        to_stride,
    });
    let mut to = [9; 20];
    copy_strided(&OneThread, &dimensions, &from, 0, &mut to, 6).unwrap();
    assert_eq!(to, [9, 9, 9, 9, 9, 9, 1, 2, 3, 9, 9, 4, 5, 6, 9, 9, 9, 9, 9, 9]);
}

#[test]
fn a_single_value_and_none_at_all() {
    let mut to = [0_u32; 2];
    copy_strided(&OneThread, &[], &[7], 0, &mut to, 1).unwrap();
    assert_eq!(to, [0, 7]);
    let none = Dimension { size: 0, from_stride: 1, to_stride: 1 };
    copy_strided(&OneThread, &[none], &[], 0, &mut to, 5).unwrap();
    assert_eq!(to, [0, 7]);
}

#[test]
fn places_outside_and_parts_that_meet_are_refused() {
    let attempt = |from_stride, to_stride, from_first, to_first| {
        let dimensions = [(2, 0, 4), (4, from_stride, to_stride)]
            .map(|(size, from_stride, to_stride)| Dimension { size, from_stride, to_stride });
        let mut to = [0; 8];
        copy_strided(&OneThread, &dimensions, &[0_u32; 4], from_first, &mut to, to_first)
            .map_err(|error| error.to_string())
    };
    assert_eq!(attempt(1, 1, 0, 0), Ok(()));
    assert_eq!(attempt(-1, 1, 3, 0), Ok(()));
    let message = |text: &str| Err(format!("copyStrided: expected {text}"));
    assert_eq!(attempt(-1, 1, 2, 0), message("places in an array of 4 values, got -1 to 2"));
    assert_eq!(attempt(1, 1, 1, 0), message("places in an array of 4 values, got 1 to 4"));
    assert_eq!(attempt(1, 1, 0, 1), message("places in an output of 8 values, got 8"));
    assert!(attempt(1, 0, 0, 0).unwrap_err().contains("parts of the output that are apart"));
    let meeting = [(2, 0, 3), (4, 1, 1)].map(|(size, from_stride, to_stride)| Dimension {
        size,
        from_stride,
        to_stride,
    });
    assert!(copy_strided(&OneThread, &meeting, &[0_u32; 4], 0, &mut [0; 8], 0).is_err());
    let many = [Dimension { size: 2, from_stride: 0, to_stride: 0 }; 13];
    let many: Vec<Dimension> = many
        .iter()
        .enumerate()
        .map(|(axis, &one)| Dimension { to_stride: 3 << (2 * (12 - axis)), ..one })
        .collect();
    let refused = copy_strided(&OneThread, &many, &[0_u8], 0, &mut vec![0; 1 << 27], 0);
    assert!(refused.unwrap_err().to_string().contains("12 dimensions or fewer"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_strides_that_stay_inside(
        axes in prop::collection::vec((1_usize..7, -9_i32..10, 0_usize..3, any::<bool>()), 0..6),
        to_first in 0_usize..5,
    ) {
        // Strides of the output from the last axis on: what those after it reach, and a gap.
        let mut reach = 0;
        let mut dimensions: Vec<Dimension> = axes.iter().rev().map(|&(size, from_stride, gap, is_run)| {
            let to_stride = reach + 1 + if is_run { 0 } else { gap };
            reach += (size - 1) * to_stride;
            Dimension { size, from_stride: if is_run { 1 } else { from_stride }, to_stride }
        }).collect();
        dimensions.reverse();
        let back: i32 = dimensions.iter().map(|axis| (axis.size as i32 - 1) * axis.from_stride.min(0)).sum();
        let forth: i32 = dimensions.iter().map(|axis| (axis.size as i32 - 1) * axis.from_stride.max(0)).sum();
        let from: Vec<u32> = (0..=(forth - back) as u32).collect();
        check(&dimensions, &from, -back as usize, &vec![u32::MAX; to_first + reach + 1], to_first);
    }

    #[test]
    fn rows_are_gathered(
        batches in 1_usize..4, outer in 1_usize..4, axis in 1_usize..9, inner in 1_usize..6,
        picked in prop::collection::vec(any::<u32>(), 0..30),
    ) {
        let count = picked.len() / batches;
        let indices: Vec<i32> =
            picked[..count * batches].iter().map(|picked| (picked % axis as u32) as i32).collect();
        let shape = GatherShape { batches, outer, axis, inner, indices: count };
        let from: Vec<u32> = (0..(batches * outer * axis * inner) as u32).collect();
        let mut want = vec![0; batches * outer * count * inner];
        let mut got = want.clone();
        reference::gather(shape, &from, &indices, &mut want);
        gather(&OneThread, shape, &from, &indices, &mut got).unwrap();
        prop_assert_eq!(got, want);
    }

    #[test]
    fn the_largest_are_the_first_of_all_in_order(
        row in prop::collection::vec(prop::sample::select(&[-3.5_f32, -0.0, 0.0, 1e-40, 1.0, 7.5, f32::NEG_INFINITY][..]), 1..40),
        part in 0.0..1.0_f64,
    ) {
        let k = (part * (row.len() + 1) as f64) as usize;
        let sorted = reference::columns_by_value(&row);
        let (mut values, mut indices) = (vec![0.0; k], vec![0; k]);
        top_k(&OneThread, &row, 1, row.len(), k, &mut values, &mut indices).unwrap();
        prop_assert_eq!(&indices, &sorted[..k]);
        for (value, &index) in values.iter().zip(&indices) {
            prop_assert_eq!(value.to_bits(), row[index as usize].to_bits());
        }
        let whole: Vec<i32> = row.iter().map(|value| value.max(-9.0) as i32).collect();
        let sorted = reference::columns_by_value(&whole);
        let mut values = vec![0; k];
        top_k(&OneThread, &whole, 1, row.len(), k, &mut values, &mut indices).unwrap();
        prop_assert_eq!(&indices, &sorted[..k]);
    }
}

#[test]
fn rows_are_gathered_by_any_number_of_threads() {
    let shape = GatherShape { batches: 1, outer: 3, axis: 500, inner: 70, indices: 1000 };
    let from: Vec<u32> = (0..3 * 500 * 70).collect();
    let indices: Vec<i32> = (0..1000).map(|place| place * 7 % 500).collect();
    let mut want = vec![0; 3 * 1000 * 70];
    reference::gather(shape, &from, &indices, &mut want);
    for count in THREADS {
        let mut got = vec![0; 3 * 1000 * 70];
        gather(&threads(count), shape, &from, &indices, &mut got).unwrap();
        assert!(got == want);
    }
}

#[test]
fn an_index_that_is_not_there_is_named() {
    let shape = GatherShape { batches: 1, outer: 1, axis: 3, inner: 1, indices: 2 };
    let attempt = |indices: &[i32]| {
        gather(&OneThread, shape, &[0_u32; 3], indices, &mut [0; 2]).map_err(|error| error.to_string())
    };
    assert_eq!(attempt(&[0, 3]), Err("gather: expected indices from 0 to 2, got 3 at index 1".into()));
    assert_eq!(attempt(&[-1, 0]), Err("gather: expected indices from 0 to 2, got -1 at index 0".into()));
    assert_eq!(attempt(&[0]), Err("gather: expected 2 values in indices, got 1".into()));
}

#[test]
fn one_hot_rows_and_filled_arrays() {
    let mut to = [0_u8; 9];
    one_hot(&OneThread, &[2, -1, 0], 3, [5, 1], &mut to).unwrap();
    assert_eq!(to, [1, 1, 5, 1, 1, 1, 5, 1, 1]);
    one_hot(&OneThread, &[1, 2], 0, [5, 1], &mut [0_u8; 0]).unwrap();
    let indices: Vec<i32> = (0..20_001).map(|row| row % 5).collect();
    for count in THREADS {
        let mut to = vec![9_u32; 5 * indices.len()];
        one_hot(&threads(count), &indices, 5, [1, 0], &mut to).unwrap();
        assert!(to.iter().enumerate().all(|(place, &value)| (place / 5 % 5 == place % 5) == (value == 1)));
        fill(&threads(count), 3, &mut to).unwrap();
        assert!(to.iter().all(|&value| value == 3));
    }
}

#[test]
fn the_largest_of_many_rows_on_any_number_of_threads() {
    let (rows, columns, k) = (301, 203, 5);
    let from: Vec<f32> = (0..rows * columns).map(|place| (place * 7919 % 101) as f32).collect();
    for count in THREADS {
        let (mut values, mut indices) = (vec![0.0; rows * k], vec![0; rows * k]);
        top_k(&threads(count), &from, rows, columns, k, &mut values, &mut indices).unwrap();
        for (row, indices) in from.chunks_exact(columns).zip(indices.chunks_exact(k)) {
            assert_eq!(indices, &reference::columns_by_value(row)[..k]);
        }
    }
}

#[test]
fn what_is_no_number_comes_last() {
    let (mut values, mut indices) = ([0.0; 3], [0; 3]);
    let row = [f32::NAN, f32::NEG_INFINITY, -f32::NAN];
    top_k(&OneThread, &row, 1, 3, 3, &mut values, &mut indices).unwrap();
    assert_eq!(indices, [1, 0, 2]);
    let refused = top_k(&OneThread, &row, 1, 3, 4, &mut [0.0; 4], &mut [0; 4]);
    assert_eq!(refused.unwrap_err().to_string(), "topK: expected a k up to 3, got 4");
}

//! The lanes and what is built on them.

use hebblab_core::simd::{F32x4, dot};

const ROW: [f32; 4] = [1.0, -2.0, 3.5, -0.25];

#[test]
fn arithmetic_works_lane_by_lane() {
    let (a, b, c) = (F32x4::load(&ROW), F32x4::load(&[4.0, 3.0, 2.0, 1.0]), F32x4::splat(10.0));
    assert_eq!((a + b).to_array(), [5.0, 1.0, 5.5, 0.75]);
    assert_eq!((a - b).to_array(), [-3.0, -5.0, 1.5, -1.25]);
    assert_eq!((a * b).to_array(), [4.0, -6.0, 7.0, -0.25]);
    assert_eq!(a.mul_add(b, c).to_array(), [14.0, 4.0, 17.0, 9.75]);
    assert_eq!(a.abs().to_array(), [1.0, 2.0, 3.5, 0.25]);
    assert_eq!(a.max(b).to_array(), [4.0, 3.0, 3.5, 1.0]);
    assert_eq!((a.horizontal_sum(), a.horizontal_max()), (2.25, 3.5));
}

#[test]
fn a_store_writes_four_values_only() {
    let mut values = [9.0; 6];
    F32x4::load(&ROW).store(&mut values[1..]);
    assert_eq!(values, [9.0, 1.0, -2.0, 3.5, -0.25, 9.0]);
}

#[test]
fn a_transpose_swaps_rows_and_columns() {
    let rows =
        [0.0, 4.0, 8.0, 12.0].map(|first| F32x4::load(&[first, first + 1.0, first + 2.0, first + 3.0]));
    let columns = F32x4::transpose(rows).map(F32x4::to_array);
    assert_eq!(columns[0], [0.0, 4.0, 8.0, 12.0]);
    assert_eq!(columns[1], [1.0, 5.0, 9.0, 13.0]);
    assert_eq!(columns[2], [2.0, 6.0, 10.0, 14.0]);
    assert_eq!(columns[3], [3.0, 7.0, 11.0, 15.0]);
}

#[test]
fn subnormals_are_flushed_and_nothing_else_is() {
    let kept = [f32::MIN_POSITIVE, -f32::MIN_POSITIVE, f32::INFINITY, -1.0];
    assert_eq!(F32x4::load(&kept).flush_subnormals().to_array(), kept);
    let tiny = f32::MIN_POSITIVE / 2.0;
    let flushed = F32x4::load(&[tiny, -tiny, f32::NAN, 0.0]).flush_subnormals().to_array();
    assert_eq!(flushed[..2], [0.0, 0.0]);
    assert!(flushed[2].is_nan());
}

#[test]
fn bounds_include_their_ends_and_exclude_not_a_number() {
    let within = |values: &[f32; 4]| F32x4::load(values).all_within(F32x4::splat(-2.0), F32x4::splat(3.5));
    assert!(within(&ROW));
    for bad in [f32::NAN, 3.6, -2.1, f32::INFINITY] {
        for lane in 0..4 {
            let mut values = ROW;
            values[lane] = bad;
            assert!(!within(&values), "{bad} in lane {lane}");
        }
    }
}

#[test]
fn a_dot_product_of_small_whole_numbers_is_exact() {
    for length in 0..70usize {
        let values: Vec<f32> = (1..=length).map(|value| value as f32).collect();
        // sum n^2 = n (n + 1) (2n + 1) / 6
        assert_eq!(dot(&values, &values) as usize, length * (length + 1) * (2 * length + 1) / 6);
    }
}

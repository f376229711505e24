//! Winner-take-all against a full stable sort.

use hebblab_core::competition::{reference::ranking, winners, winners_and_rivals};
use proptest::prelude::*;

fn check_ranks(row: &[f32], k: usize) {
    let ranked = ranking(row);
    let (mut top, mut winner, mut rival) = ([u32::MAX], [u32::MAX], [u32::MAX]);
    winners(row, 1, row.len(), &mut top).unwrap();
    winners_and_rivals(row, 1, row.len(), k, &mut winner, &mut rival).unwrap();
    let want = [ranked[0] as u32, ranked[0] as u32, ranked[k - 1] as u32];
    assert_eq!([top[0], winner[0], rival[0]], want, "k = {k} of {row:?}");
}

/// Few different values, so that most rows have ties at the top and at rank k.
fn row_with_ties() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec((-3i32..3).prop_map(|value| value as f32), 2..70)
}

fn row_and_rank(row: impl Strategy<Value = Vec<f32>>) -> impl Strategy<Value = (Vec<f32>, usize)> {
    row.prop_flat_map(|row| {
        let hidden = row.len();
        (Just(row), 2..=hidden)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn ranks_follow_a_stable_sort_under_ties((row, k) in row_and_rank(row_with_ties())) {
        check_ranks(&row, k);
    }

    #[test]
    fn ranks_follow_a_stable_sort((row, k) in row_and_rank(prop::collection::vec(-1e30f32..1e30, 2..200))) {
        check_ranks(&row, k);
    }

    #[test]
    fn any_value_that_is_not_finite_is_named(
        hidden in 2usize..80, place in 0usize..80, bad in prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)]
    ) {
        let unit = place % hidden;
        let mut rows = vec![1.0; 2 * hidden];
        rows[hidden + unit] = bad;
        for k in [2, hidden] {
            let error = winners_and_rivals(&rows, 2, hidden, k, &mut [0; 2], &mut [0; 2]).unwrap_err();
            prop_assert_eq!(
                error.to_string(),
                format!("winnersAndRivals: expected finite pre-activations, got {bad} at sample 1, unit {unit}")
            );
        }
        prop_assert!(winners(&rows, 2, hidden, &mut [0; 2]).is_err());
    }
}

#[test]
fn equal_units_rank_by_index_at_every_k() {
    for hidden in [2usize, 16, 17, 40] {
        let row = vec![-2.5; hidden];
        for k in 2..=hidden {
            let (mut winner, mut rival) = ([9], [9]);
            winners_and_rivals(&row, 1, hidden, k, &mut winner, &mut rival).unwrap();
            assert_eq!((winner[0], rival[0] as usize), (0, k - 1), "hidden {hidden}, k {k}");
        }
    }
}

#[test]
fn zero_and_minus_zero_are_a_tie() {
    check_ranks(&[-0.0, 0.0, -1.0], 2);
    check_ranks(&[0.0, -0.0, -1.0], 2);
}

#[test]
fn a_single_class_always_wins() {
    let mut winner = [7; 2];
    winners(&[1.0, -1.0], 2, 1, &mut winner).unwrap();
    assert_eq!(winner, [0, 0]);
}

#[test]
fn a_rank_out_of_range_is_refused() {
    for k in [0, 1, 4] {
        let error = winners_and_rivals(&[1.0; 3], 1, 3, k, &mut [0], &mut [0]).unwrap_err();
        assert_eq!(error.to_string(), format!("winnersAndRivals: expected 2 <= k <= 3 units, got k = {k}"));
    }
}

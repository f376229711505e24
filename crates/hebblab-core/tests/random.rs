//! The generator against published answers, and its streams against what they promise.

use hebblab_core::random::{Stream, fill_normal, fill_uniform, permutation, philox4x32_10};

#[test]
fn philox_gives_the_published_answers() {
    // Random123, tests/kat_vectors, philox 4x32 with 10 rounds.
    let cases = [
        ([0; 4], [0; 2], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]),
        ([u32::MAX; 4], [u32::MAX; 2], [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]),
        (
            [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
            [0xa4093822, 0x299f31d0],
            [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
        ),
    ];
    for (counter, key, answer) in cases {
        assert_eq!(philox4x32_10(counter, key), answer);
    }
}

#[test]
fn a_stream_counts_blocks_and_carries_the_hash_of_its_name() {
    // FNV-1a 64 of "a" is af63dc4c8601ec8c (the FNV reference's test vectors).
    let block = Stream::new(0x0000_0002_0000_0001, "a").block(0x0000_0004_0000_0003);
    assert_eq!(block, philox4x32_10([3, 4, 0x8601_ec8c, 0xaf63_dc4c], [1, 2]));
}

#[test]
fn an_element_does_not_depend_on_where_its_batch_begins() {
    for fill in [fill_uniform, fill_normal] {
        let mut whole = [0.0; 40];
        fill(5, "batches", 1000, &mut whole);
        for first in 0..12 {
            for length in 0..12 {
                let mut part = vec![0.0; length];
                fill(5, "batches", 1000 + first as u64, &mut part);
                assert_eq!(part, whole[first..first + length]);
            }
        }
    }
}

#[test]
fn seeds_and_names_give_different_streams() {
    let draw = |seed: u64, name: &str| {
        let mut out = [0.0; 8];
        fill_uniform(seed, name, 0, &mut out);
        out
    };
    assert_ne!(draw(1, "a"), draw(2, "a"));
    assert_ne!(draw(1, "a"), draw(1 << 32, "a"));
    assert_ne!(draw(1, "a"), draw(1, "b"));
}

#[test]
fn uniforms_have_the_moments_of_their_law() {
    let mut values = vec![0.0; 1 << 20];
    fill_uniform(11, "uniform", 0, &mut values);
    assert!(values.iter().all(|value| (0.0..1.0).contains(value)));
    // Mean 1/2 with standard error sqrt(1/12 / 2^20) = 2.82e-4, mean square 1/3 with sqrt(4/45 / 2^20) = 2.91e-4; five of each.
    assert!((moment(&values, 1) - 0.5).abs() < 5.0 * 2.82e-4);
    assert!((moment(&values, 2) - 1.0 / 3.0).abs() < 5.0 * 2.91e-4);
}

#[test]
fn normals_have_the_moments_of_their_law() {
    let mut values = vec![0.0; 1 << 20];
    fill_normal(12, "normal", 0, &mut values);
    // E x^k = 0, 1, 0, 3 with variances (E x^2k - (E x^k)^2) = 1, 2, 15, 96 over 2^20 draws; five standard errors each.
    for (power, mean, variance) in [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0f64)] {
        let bound = 5.0 * (variance / (1u64 << 20) as f64).sqrt();
        let got = moment(&values, power);
        assert!((got - mean).abs() < bound, "E x^{power} = {got}, want {mean} +- {bound}");
    }
}

#[test]
fn the_two_normals_of_a_pair_are_uncorrelated() {
    let mut values = vec![0.0; 1 << 20];
    fill_normal(13, "pairs", 0, &mut values);
    let products: Vec<f32> = values.chunks_exact(2).map(|pair| pair[0] * pair[1]).collect();
    let squares: Vec<f32> = values.chunks_exact(2).map(|pair| (pair[0] * pair[1]).powi(2)).collect();
    // E xy = 0 with variance 1, E x^2 y^2 = 1 with variance 9 - 1, over 2^19 pairs; five standard errors each.
    let error = |variance: f64| 5.0 * (variance / (1u64 << 19) as f64).sqrt();
    assert!(moment(&products, 1).abs() < error(1.0));
    assert!((moment(&squares, 1) - 1.0).abs() < error(8.0));
}

#[test]
fn a_permutation_holds_every_index_once() {
    for length in [0usize, 1, 2, 3, 1000] {
        let mut order = vec![u32::MAX; length];
        permutation(3, "order", &mut order);
        order.sort_unstable();
        assert_eq!(order, (0..length as u32).collect::<Vec<_>>());
    }
}

#[test]
fn all_permutations_of_four_come_equally_often() {
    let draws = 24 * 1000;
    let mut counts = [0f64; 24];
    for seed in 0..draws {
        let mut order = [0; 4];
        permutation(seed, "four", &mut order);
        // The rank of a permutation in the factorial number system.
        let smaller_after =
            |place: usize| order[place + 1..].iter().filter(|&&value| value < order[place]).count();
        counts[smaller_after(0) * 6 + smaller_after(1) * 2 + smaller_after(2)] += 1.0;
    }
    let chi_squared: f64 = counts.iter().map(|count| (count - 1000.0).powi(2) / 1000.0).sum();
    // 23 degrees of freedom: mean 23, variance 46; five standard deviations above.
    assert!(chi_squared < 23.0 + 5.0 * 46f64.sqrt(), "chi squared {chi_squared}");
}

fn moment(values: &[f32], power: i32) -> f64 {
    values.iter().map(|&value| (value as f64).powi(power)).sum::<f64>() / values.len() as f64
}

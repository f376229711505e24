//! The screen leaves no trace: winners, rivals and weights have the bits of the step without it.

use hebblab_core::KernelResult;
use hebblab_core::gemm::GemmWorkspace;
use hebblab_core::krotov_hopfield::screening::projection::{
    Projected, Projection, ProjectionWorkspace, Tail, defect_of, project, project_units,
};
use hebblab_core::krotov_hopfield::screening::{
    CoarseUnit, CoarseWeights, Rows, ScreenedWeights, UnitScreen, padded_bytes, padded_inputs, refresh,
};
use hebblab_core::krotov_hopfield::{
    Batch, KrotovHopfieldRule, KrotovHopfieldWorkspace, LayerShape, ProjectedLayer, RankedBy, Ranking,
    Screen, Step, effective_weights, minibatch_step,
};
use hebblab_core::random::{fill_normal, fill_uniform};
use hebblab_core::threads::{NativeThreads, OneThread, Threads};
use proptest::prelude::*;

const RULE: KrotovHopfieldRule =
    KrotovHopfieldRule { p: 3.0, k: 2, delta: 0.4, radius: 1.0, precision: 1e-9 };

#[derive(Clone)]
struct Layer {
    shape: LayerShape,
    weights: Vec<f32>,
    effective: Vec<f32>,
    quantised: Vec<u32>,
    units: Vec<UnitScreen>,
    basis: Basis,
    projected: ProjectedRows,
    /// Where rows are projected less their coarse integers.
    coarse: Option<CoarseRows>,
}

#[derive(Clone, Default, PartialEq)]
struct CoarseRows {
    bytes: Vec<u8>,
    units: Vec<CoarseUnit>,
}

#[derive(Clone, Default)]
struct Basis {
    values: Vec<f32>,
    dimensions: usize,
    defect: f32,
}

#[derive(Clone, Default, PartialEq)]
struct ProjectedRows {
    coefficients: Vec<f32>,
    tails: Vec<[u32; 2]>,
}

impl Basis {
    /// The first unit vectors turned a little, so that every coefficient rounds.
    fn turned(inputs: usize, dimensions: usize) -> Basis {
        let (cosine, sine) = (0.8f32, 0.6f32);
        let mut values = vec![0.0; dimensions * inputs];
        for (row, values) in values.chunks_exact_mut(inputs).enumerate() {
            // Rows 2 i and 2 i + 1 turn the same two inputs.
            let (first, second) = (row - row % 2, row - row % 2 + 1);
            if second >= inputs.min(dimensions.next_multiple_of(2)) {
                values[first] = 1.0;
            } else {
                values[first] = if row % 2 == 0 { cosine } else { -sine };
                values[second] = if row % 2 == 0 { sine } else { cosine };
            }
        }
        let defect = defect_of(&OneThread, inputs, dimensions, &values, &mut Vec::new()).unwrap();
        Basis { values, dimensions, defect }
    }

    fn projection(&self) -> Projection<'_> {
        Projection { basis: &self.values, dimensions: self.dimensions, defect: self.defect }
    }

    fn project(&self, inputs: usize, rows: &[f32]) -> ProjectedRows {
        let count = rows.len() / inputs;
        let mut coefficients = vec![0.0; count * self.dimensions];
        let mut tails = vec![Tail::default(); count];
        let projected = Projected { coefficients: &mut coefficients, tails: &mut tails };
        let workspace = &mut GemmWorkspace::default();
        project(&OneThread, "test", self.projection(), inputs, rows, projected, workspace).unwrap();
        let tails = tails.iter().map(|tail| [tail.tail.to_bits(), tail.length.to_bits()]).collect();
        ProjectedRows { coefficients, tails }
    }
}

impl ProjectedRows {
    fn tails(&self) -> Vec<Tail> {
        let tail =
            |&[tail, length]: &[u32; 2]| Tail { tail: f32::from_bits(tail), length: f32::from_bits(length) };
        self.tails.iter().map(tail).collect()
    }
}

impl Layer {
    fn new(p: f32, shape: LayerShape, weights: Vec<f32>) -> Layer {
        let mut effective = vec![0.0; weights.len()];
        effective_weights(p, &weights, &mut effective).unwrap();
        let pairs = padded_inputs(shape.inputs) / 2;
        let mut quantised = vec![0; shape.hidden * pairs];
        let mut units = vec![UnitScreen::default(); shape.hidden];
        let rows = effective.chunks_exact(shape.inputs).zip(quantised.chunks_exact_mut(pairs));
        for ((row, quantised), unit) in rows.zip(&mut units) {
            refresh(row, quantised, unit);
        }
        let basis = Basis::turned(shape.inputs, (shape.inputs / 2).max(1));
        let projected = basis.project(shape.inputs, &effective);
        Layer { shape, weights, effective, quantised, units, basis, projected, coarse: None }
    }

    /// The same layer, ranked by a sieve of what coarse integers leave.
    fn with_coarse_integers(mut self) -> Layer {
        let (projected, coarse) = self.derived_anew(true);
        self.projected = projected;
        self.coarse = coarse;
        self
    }

    fn derived_anew(&self, coarse: bool) -> (ProjectedRows, Option<CoarseRows>) {
        if !coarse {
            return (self.basis.project(self.shape.inputs, &self.effective), None);
        }
        let hidden = self.shape.hidden;
        let mut bytes = vec![0; hidden * padded_bytes(self.shape.inputs)];
        let mut units = vec![CoarseUnit::default(); hidden];
        let mut coefficients = vec![0.0; hidden * self.basis.dimensions];
        let mut tails = vec![Tail::default(); hidden];
        project_units(
            &OneThread,
            "test",
            self.shape,
            self.basis.projection(),
            &(0..hidden as u32).collect::<Vec<_>>(),
            &self.effective,
            &mut Projected { coefficients: &mut coefficients, tails: &mut tails },
            Some(CoarseWeights { bytes: &mut bytes, units: &mut units }),
            &mut ProjectionWorkspace::default(),
        )
        .unwrap();
        let tails = tails.iter().map(|tail| [tail.tail.to_bits(), tail.length.to_bits()]).collect();
        (ProjectedRows { coefficients, tails }, Some(CoarseRows { bytes, units }))
    }

    fn normal(p: f32, inputs: usize, hidden: usize, seed: u64) -> Layer {
        let mut weights = vec![0.0; hidden * inputs];
        fill_normal(seed, "weights", 0, &mut weights);
        Layer::new(p, LayerShape { inputs, hidden }, weights)
    }

    fn step(
        &mut self,
        threads: &dyn Threads,
        rule: &KrotovHopfieldRule,
        images: &Images,
        ranking: Ranking,
    ) -> (Step, Vec<u32>, Vec<u32>) {
        self.try_step(threads, rule, images, ranking).unwrap()
    }

    fn try_step(
        &mut self,
        threads: &dyn Threads,
        rule: &KrotovHopfieldRule,
        images: &Images,
        ranking: Ranking,
    ) -> KernelResult<(Step, Vec<u32>, Vec<u32>)> {
        let count = images.scales.len();
        let (mut winner, mut rival) = (vec![0; count], vec![0; count]);
        let floats: Vec<f32> = images.pixels.iter().map(|&pixel| f32::from(pixel)).collect();
        let samples = self.basis.project(self.shape.inputs, &floats);
        let (sample_tails, mut unit_tails) = (samples.tails(), self.projected.tails());
        let screen = Screen {
            weights: ScreenedWeights { quantised: &mut self.quantised, units: &mut self.units },
            projected: Some(ProjectedLayer {
                projection: self.basis.projection(),
                units: Projected { coefficients: &mut self.projected.coefficients, tails: &mut unit_tails },
                coarse: self
                    .coarse
                    .as_mut()
                    .map(|CoarseRows { bytes, units }| CoarseWeights { bytes, units }),
                samples: Some(Rows { coefficients: &samples.coefficients, tails: &sample_tails }),
            }),
        };
        let step = minibatch_step(
            threads,
            rule,
            self.shape,
            0.05,
            count,
            Batch::Bytes { pixels: &images.pixels, scales: &images.scales },
            &mut self.weights,
            &mut self.effective,
            Some(screen),
            ranking,
            &mut winner,
            &mut rival,
            &mut KrotovHopfieldWorkspace::default(),
        )?;
        self.projected.tails =
            unit_tails.iter().map(|tail| [tail.tail.to_bits(), tail.length.to_bits()]).collect();
        Ok((step, winner, rival))
    }
}

#[derive(Clone)]
struct Images {
    pixels: Vec<u8>,
    scales: Vec<f32>,
}

fn images(count: usize, inputs: usize, seed: u64) -> Images {
    let mut uniform = vec![0.0; count * inputs];
    fill_uniform(seed, "pixels", 0, &mut uniform);
    let mut scales = vec![0.0; count];
    fill_uniform(seed, "scales", 0, &mut scales);
    Images {
        pixels: uniform.iter().map(|value| (value * 256.0) as u8).collect(),
        scales: scales.iter().map(|scale| 1e-3 * (0.5 + scale)).collect(),
    }
}

/// Steps of a layer with the screen and with the sieve against a copy without; the candidates of the last screen.
fn check(layer: Layer, rule: &KrotovHopfieldRule, steps: usize, images: impl Fn(u64) -> Images) -> u64 {
    let mut plain = layer.clone();
    let coarse = layer.clone().with_coarse_integers();
    let mut copies = [(Ranking::Screen, layer.clone()), (Ranking::Sieve, layer), (Ranking::Sieve, coarse)];
    let mut last = 0;
    for step in 0..steps {
        let images = images(step as u64);
        let least = (images.scales.len() * rule.k) as u64;
        let (slow, expected_winner, expected_rival) = plain.step(&OneThread, rule, &images, Ranking::Product);
        assert_eq!(slow.ranked_by, RankedBy::Product);
        for (ranking, layer) in &mut copies {
            let (fast, winner, rival) = layer.step(&OneThread, rule, &images, *ranking);
            assert_eq!((&winner, &rival), (&expected_winner, &expected_rival), "{ranking:?}");
            assert_eq!(fast.largest.to_bits(), slow.largest.to_bits());
            match fast.ranked_by {
                RankedBy::Screen { candidates } => last = candidates,
                RankedBy::Sieve { survivors, candidates } => {
                    assert!(*ranking == Ranking::Sieve && survivors >= candidates && candidates >= least);
                }
                RankedBy::Product => panic!("expected anything but the product"),
            }
            assert!(last >= least);
            assert_same_bits(&layer.weights, &plain.weights);
            assert_same_bits(&layer.effective, &plain.effective);
            assert_eq!(layer.quantised, plain.quantised);
            let (projected, coarse) = layer.derived_anew(layer.coarse.is_some());
            assert!(layer.projected == projected, "derived forms that are not those of the weights");
            assert!(layer.coarse == coarse, "coarse integers that are not those of the weights");
        }
    }
    last
}

fn assert_same_bits(one: &[f32], other: &[f32]) {
    assert!(one.iter().zip(other).all(|(one, other)| one.to_bits() == other.to_bits()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn leaves_the_bits_of_any_layer(
        inputs in 1usize..70, hidden in 2usize..60, count in 1usize..50, rank in 0usize..16,
        p in prop_oneof![Just(2.0f32), Just(3.0), 2.0f32..5.0], seed in 0u64..10_000
    ) {
        let rule = KrotovHopfieldRule { p, k: 2 + rank % (hidden - 1).min(15), ..RULE };
        check(Layer::normal(p, inputs, hidden, seed), &rule, 3, |step| images(count, inputs, seed + step));
    }

    #[test]
    fn ranks_rows_that_differ_by_one_unit_in_the_last_place(
        inputs in 1usize..600, hidden in 2usize..20, seed in 0u64..10_000
    ) {
        let mut row = vec![0.0; inputs];
        fill_normal(seed, "row", 0, &mut row);
        let mut weights = row.repeat(hidden);
        for (unit, row) in weights.chunks_exact_mut(inputs).enumerate().skip(1) {
            let place = (seed as usize * 31 + unit * 7) % inputs;
            row[place] = f32::from_bits(row[place].to_bits() + 1);
        }
        let layer = Layer::new(2.0, LayerShape { inputs, hidden }, weights);
        check(layer, &RULE_OF_DEGREE_2, 2, |step| images(9, inputs, seed + step));
    }

    #[test]
    fn keeps_every_unit_that_the_bounds_cannot_tell_apart(
        exponent in -12i32..13, inputs in 300usize..700, seed in 0u64..1000
    ) {
        let mut layer = Layer::normal(2.0, inputs, 30, seed);
        for weight in &mut layer.weights {
            *weight *= 10f32.powi(exponent);
        }
        let layer = Layer::new(2.0, layer.shape, layer.weights);
        check(layer, &RULE_OF_DEGREE_2, 1, |_| images(20, inputs, seed));
    }
}

const RULE_OF_DEGREE_2: KrotovHopfieldRule = KrotovHopfieldRule { p: 2.0, ..RULE };

#[test]
fn equal_rows_go_to_the_lower_index() {
    let shape = LayerShape { inputs: 5, hidden: 9 };
    let layer = Layer::new(3.0, shape, [0.3, -0.2, 0.5, 0.1, 0.4].repeat(9));
    let (_, winner, rival) = layer.clone().step(&OneThread, &RULE, &images(7, 5, 1), Ranking::Screen);
    assert_eq!((winner, rival), (vec![0; 7], vec![1; 7]));
    assert_eq!(check(layer, &RULE, 1, |_| images(7, 5, 1)), 7 * 9);
}

#[test]
fn an_image_of_zeros_and_a_layer_of_zeros_are_ties() {
    let zeros = |_| Images { pixels: vec![0; 3 * 8], scales: vec![0.5; 3] };
    check(Layer::normal(3.0, 8, 12, 1), &RULE, 2, zeros);
    check(Layer::new(3.0, LayerShape { inputs: 8, hidden: 12 }, vec![0.0; 96]), &RULE, 1, |_| {
        images(3, 8, 1)
    });
}

#[test]
fn few_candidates_are_left_of_a_wide_layer() {
    // 12 bits at 3072 inputs: 6 candidates for a fresh layer on CIFAR-10; the threshold is far from that and from 200.
    let candidates = check(Layer::normal(3.0, 3072, 200, 5), &RULE, 1, |_| images(40, 3072, 6));
    assert!(candidates < 40 * 20, "{candidates} candidates of 40 samples");
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (layer, batch) = (Layer::normal(3.0, 131, 77, 3), images(203, 131, 4));
    let alone = layer.clone().step(&OneThread, &RULE, &batch, Ranking::Screen);
    let mut expected = layer.clone();
    expected.step(&OneThread, &RULE, &batch, Ranking::Screen);
    for count in [2, 3, 5] {
        let mut together = layer.clone();
        assert_eq!(
            together.step(&NativeThreads(count.try_into().unwrap()), &RULE, &batch, Ranking::Screen),
            alone
        );
        assert_same_bits(&together.weights, &expected.weights);
        assert_eq!(together.quantised, expected.quantised);
    }
}

#[test]
fn magnitudes_that_bounds_cannot_hold_are_ranked_by_the_product() {
    let tiny = Images { scales: vec![1e-33; 4], ..images(4, 8, 1) };
    let negative = Images { scales: vec![-1e-3; 4], ..images(4, 8, 1) };
    for images in [tiny, negative] {
        let mut layer = Layer::normal(2.0, 8, 3, 1);
        let mut plain = layer.clone();
        let (step, winner, rival) = layer.step(&OneThread, &RULE_OF_DEGREE_2, &images, Ranking::Screen);
        assert_eq!(step.ranked_by, RankedBy::Product);
        let (_, expected_winner, expected_rival) =
            plain.step(&OneThread, &RULE_OF_DEGREE_2, &images, Ranking::Product);
        assert_eq!((winner, rival), (expected_winner, expected_rival));
    }
}

#[test]
fn values_that_leave_the_range_of_f32_are_the_error_of_the_product() {
    let mut layer = Layer::new(2.0, LayerShape { inputs: 8, hidden: 3 }, [3e18, -1e18, 2e18].repeat(8));
    let mut plain = layer.clone();
    let large = Images { scales: vec![1e18; 4], ..images(4, 8, 1) };
    let error = layer.try_step(&OneThread, &RULE_OF_DEGREE_2, &large, Ranking::Screen).unwrap_err();
    assert_eq!(error, plain.try_step(&OneThread, &RULE_OF_DEGREE_2, &large, Ranking::Product).unwrap_err());
    assert_same_bits(&layer.weights, &plain.weights);
}

#[test]
fn a_rank_beyond_the_longest_list_is_found_by_the_product() {
    let rule = KrotovHopfieldRule { k: 17, ..RULE };
    let (step, ..) = Layer::normal(3.0, 9, 20, 1).step(&OneThread, &rule, &images(5, 9, 2), Ranking::Screen);
    assert_eq!(step.ranked_by, RankedBy::Product);
}

#[test]
fn the_sieve_ranks_a_layer_whose_rows_lie_in_the_basis() {
    // Rows and images with nothing beyond the basis: tails of rounding alone.
    let (inputs, hidden, count) = (400, 150, 60);
    let mut layer = Layer::normal(2.0, inputs, hidden, 3);
    let mut images = images(count, inputs, 4);
    for row in layer.weights.chunks_exact_mut(inputs) {
        row[inputs / 2..].fill(0.0);
    }
    for image in images.pixels.chunks_exact_mut(inputs) {
        image[inputs / 2..].fill(0);
    }
    let mut layer = Layer::new(2.0, layer.shape, layer.weights);
    let mut plain = layer.clone();
    let (step, winner, rival) = layer.step(&OneThread, &RULE_OF_DEGREE_2, &images, Ranking::Sieve);
    let RankedBy::Sieve { survivors, .. } = step.ranked_by else {
        panic!("expected the sieve, got {step:?}")
    };
    assert!(survivors < (count * hidden / 10) as u64, "{survivors} survivors");
    let (_, expected_winner, expected_rival) =
        plain.step(&OneThread, &RULE_OF_DEGREE_2, &images, Ranking::Product);
    assert_eq!((winner, rival), (expected_winner, expected_rival));
    assert_same_bits(&layer.weights, &plain.weights);
}

#[test]
fn what_coarse_integers_leave_of_an_unlearned_layer_rules_most_units_out() {
    // Images that vary in the basis alone: of rows half of the length lies elsewhere, of residuals a fiftieth of that.
    let (inputs, hidden, count) = (600, 200, 40);
    let mut images = images(count, inputs, 4);
    for image in images.pixels.chunks_exact_mut(inputs) {
        image[inputs / 2..].iter_mut().for_each(|pixel| *pixel /= 16);
    }
    let survivors = |layer: Layer| {
        let (step, ..) = layer.clone().step(&OneThread, &RULE, &images, Ranking::Sieve);
        let RankedBy::Sieve { survivors, .. } = step.ranked_by else { panic!("expected the sieve") };
        survivors as usize
    };
    let layer = Layer::normal(3.0, inputs, hidden, 3);
    let (rows, residuals) = (survivors(layer.clone()), survivors(layer.with_coarse_integers()));
    assert!(rows > 10 * residuals && residuals < 10 * count, "{rows} and {residuals} survivors");
}

#[test]
fn integers_of_the_largest_sums_do_not_wrap_for_black_and_white_images() {
    // All weights as large as the largest, of one sign or of both by blocks: 16-bit sums come as close to their end as any.
    let (inputs, hidden) = (700, 8);
    let weights = (0..hidden * inputs).map(|index| {
        let (unit, place) = (index / inputs, index % inputs);
        let sign = if (place / [1, 2, 8, 16, 32, 256, 512, 1024][unit]) % 2 == 0 { 1.0 } else { -1.0 };
        sign * (1.0 + 1e-3 * unit as f32)
    });
    let layer = Layer::new(2.0, LayerShape { inputs, hidden }, weights.collect());
    check(layer, &RULE_OF_DEGREE_2, 2, |step| Images {
        pixels: (0..20 * inputs)
            .map(|index| {
                let (image, place) = (index / inputs, index % inputs);
                let white = image < 18 && (place >> (image % 9) & 1 == 0) != (image < 9);
                if white || image == 18 { 255 - step as u8 } else { 0 }
            })
            .collect(),
        scales: vec![1e-3; 20],
    });
}

#[test]
fn any_number_of_threads_gives_the_same_bits_by_the_sieves() {
    let batch = images(203, 131, 4);
    let rows = Layer::normal(3.0, 131, 77, 3);
    for layer in [rows.clone(), rows.with_coarse_integers()] {
        let alone = layer.clone().step(&OneThread, &RULE, &batch, Ranking::Sieve);
        let mut expected = layer.clone();
        expected.step(&OneThread, &RULE, &batch, Ranking::Sieve);
        for count in [2, 3, 5] {
            let mut together = layer.clone();
            let threads = NativeThreads(count.try_into().unwrap());
            assert_eq!(together.step(&threads, &RULE, &batch, Ranking::Sieve), alone);
            assert_same_bits(&together.weights, &expected.weights);
            assert!(together.projected == expected.projected && together.coarse == expected.coarse);
        }
    }
}

#[test]
fn a_basis_that_is_not_orthonormal_is_refused() {
    let error = defect_of(&OneThread, 2, 2, &[1.0, 0.0, 0.5, 0.5], &mut Vec::new()).unwrap_err();
    assert!(error.to_string().starts_with(
        "createKrotovHopfieldProjection: expected rows that are orthonormal within 0.01, got a distance of 0.8"
    ));
}

#[test]
fn a_weight_that_is_not_a_number_is_the_error_of_the_product_in_any_row() {
    for unit in 0..3 {
        let mut layer = Layer::normal(2.0, 8, 3, 1);
        layer.weights[8 * unit + 5] = f32::NAN;
        let layer = Layer::new(2.0, layer.shape, layer.weights);
        let expected =
            layer.clone().try_step(&OneThread, &RULE_OF_DEGREE_2, &images(4, 8, 1), Ranking::Product);
        for ranking in [Ranking::Screen, Ranking::Sieve] {
            let got = layer.clone().try_step(&OneThread, &RULE_OF_DEGREE_2, &images(4, 8, 1), ranking);
            assert_eq!(got.unwrap_err(), *expected.as_ref().unwrap_err(), "unit {unit}, {ranking:?}");
        }
    }
}

#[test]
fn large_weights_with_small_scales_have_the_winners_of_the_product() {
    // Effective weights are squares here: pre-activations and the update stay within f32, but not without the scales.
    for magnitude in [1e15, 1e17, 3e17, 1e18, 3e18] {
        let small = Images { scales: vec![1e-25; 6], ..images(6, 300, 3) };
        let mut layer = Layer::normal(3.0, 300, 40, 2);
        layer.weights.iter_mut().for_each(|weight| *weight *= magnitude);
        let layer = Layer::new(3.0, layer.shape, layer.weights);
        let rule = KrotovHopfieldRule { k: 3, ..RULE };
        let (_, winner, rival) = layer.clone().step(&OneThread, &rule, &small, Ranking::Product);
        for ranking in [Ranking::Screen, Ranking::Sieve] {
            let got = layer.clone().try_step(&OneThread, &rule, &small, ranking);
            let got = got.map(|(_, winner, rival)| (winner, rival));
            assert_eq!(got, Ok((winner.clone(), rival.clone())), "{magnitude} {ranking:?}");
        }
    }
}

//! The same reductions, one value after the other in f64.

use super::{Extents, Place, Reduction};

/// The values along the reduced dimension, output after output.
pub fn values_of<T: Copy>(input: &[T], Extents { outer, reduced, inner }: Extents) -> Vec<Vec<T>> {
    let along = |place: usize| {
        let first = place / inner * reduced * inner + place % inner;
        (0..reduced).map(|index| input[first + index * inner]).collect()
    };
    (0..outer * inner).map(along).collect()
}

pub fn reduce(reduction: Reduction, values: &[f32]) -> f64 {
    let wide = values.iter().map(|value| f64::from(*value));
    match reduction {
        Reduction::Sum => wide.sum(),
        Reduction::Mean => wide.sum::<f64>() / values.len() as f64,
        Reduction::Product => wide.product(),
        Reduction::Max => wide.fold(f64::NEG_INFINITY, |a, b| if a.is_nan() || a > b { a } else { b }),
        Reduction::Min => wide.fold(f64::INFINITY, |a, b| if a.is_nan() || a < b { a } else { b }),
    }
}

/// As tfjs's ArgMax and ArgMin.
pub fn place(place: Place, values: &[f32]) -> i32 {
    let mut kept = 0;
    for (index, value) in values.iter().enumerate() {
        let is_beyond = match place {
            Place::Max => *value > values[kept],
            Place::Min => *value < values[kept],
        };
        if is_beyond {
            kept = index;
        }
    }
    kept as i32
}

pub fn log_softmax(values: &[f32]) -> Vec<f64> {
    let largest = values.iter().fold(f64::NEG_INFINITY, |kept, value| kept.max(f64::from(*value)));
    let first = values.iter().position(|value| f64::from(*value) == largest);
    let others = values.iter().enumerate().filter(|(index, _)| Some(*index) != first);
    let sum: f64 = others.map(|(_, value)| libm::exp(f64::from(*value) - largest)).sum();
    values.iter().map(|value| f64::from(*value) - largest - libm::log1p(sum)).collect()
}

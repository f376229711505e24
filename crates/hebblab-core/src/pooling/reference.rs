//! The definitions, one window at a time, sums in f64.

use super::Divisor;
use crate::convolution::Geometry;
use crate::convolution::reference::for_each_tap;

pub fn max_pool(geometry: &Geometry, input: &[f32]) -> Vec<f32> {
    let places = places_of_largest(geometry, input);
    places.into_iter().map(|place| place.map_or(f32::NEG_INFINITY, |place| input[place])).collect()
}

pub fn average_pool(geometry: &Geometry, input: &[f32]) -> Vec<f64> {
    let mut sums = vec![0.0; geometry.output_length()];
    let mut counts = vec![0.0; geometry.output_length()];
    for_each_pair(geometry, |input_at, out_at| {
        sums[out_at] += f64::from(input[input_at]);
        counts[out_at] += 1.0;
    });
    sums.iter().zip(counts).map(|(sum, count)| sum / count).collect()
}

pub fn max_pool_backprop(geometry: &Geometry, input: &[f32], out_gradient: &[f32]) -> Vec<f64> {
    let mut gradient = vec![0.0; geometry.input_length()];
    for (place, value) in places_of_largest(geometry, input).into_iter().zip(out_gradient) {
        if let Some(place) = place {
            gradient[place] += f64::from(*value);
        }
    }
    gradient
}

pub fn average_pool_backprop(geometry: &Geometry, out_gradient: &[f32], divisor: Divisor) -> Vec<f64> {
    let mut counts = vec![0.0; geometry.output_length()];
    for_each_pair(geometry, |_, out_at| counts[out_at] += 1.0);
    let mut gradient = vec![0.0; geometry.input_length()];
    for_each_pair(geometry, |input_at, out_at| {
        let count = match divisor {
            Divisor::Window => counts[out_at],
            Divisor::Filter => geometry.taps() as f64,
        };
        gradient[input_at] += f64::from(out_gradient[out_at]) / count;
    });
    gradient
}

/// Of each window, the first value that is larger than minus infinity and all values before.
fn places_of_largest(geometry: &Geometry, input: &[f32]) -> Vec<Option<usize>> {
    let mut places: Vec<Option<usize>> = vec![None; geometry.output_length()];
    for_each_pair(geometry, |input_at, out_at| {
        let largest = places[out_at].map_or(f32::NEG_INFINITY, |place| input[place]);
        if input[input_at] > largest {
            places[out_at] = Some(input_at);
        }
    });
    places
}

/// Calls back with each output and each input of its window, row by row.
fn for_each_pair(geometry: &Geometry, mut pair: impl FnMut(usize, usize)) {
    let Geometry { batch, in_channels, rows, columns, .. } = *geometry;
    for image in 0..batch {
        for channel in 0..in_channels {
            for_each_tap(geometry, |(row, column), _, (y, x)| {
                pair(
                    ((image * rows.inputs + y) * columns.inputs + x) * in_channels + channel,
                    ((image * rows.outputs + row) * columns.outputs + column) * in_channels + channel,
                );
            });
        }
    }
}

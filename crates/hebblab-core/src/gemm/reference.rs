//! The definition of a matrix product, one output at a time, summed in f32 from the first inner index to the last.

use super::{Form, GemmShape};

pub fn gemm(form: Form, shape: GemmShape, a: &[f32], b: &[f32], out: &mut [f32]) {
    let GemmShape { rows, columns, inner } = shape;
    for row in 0..rows {
        for column in 0..columns {
            let mut sum = 0.0;
            for index in 0..inner {
                let left = if form.transposes_a() { index * rows + row } else { row * inner + index };
                let right =
                    if form.transposes_b() { column * inner + index } else { index * columns + column };
                sum += a[left] * b[right];
            }
            out[row * columns + column] = sum;
        }
    }
}

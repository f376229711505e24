//! The definition of a matrix product, one output at a time, summed in f32 from the first inner index to the last.

use super::{Form, GemmShape};

pub fn gemm(form: Form, shape: GemmShape, a: &[f32], b: &[f32], out: &mut [f32]) {
    let GemmShape { rows, columns, inner } = shape;
    for row in 0..rows {
        for column in 0..columns {
            let mut sum = 0.0;
            for index in 0..inner {
                let left = match form {
                    Form::NN | Form::NT => a[row * inner + index],
                    Form::TN => a[index * rows + row],
                };
                let right = match form {
                    Form::NN | Form::TN => b[index * columns + column],
                    Form::NT => b[column * inner + index],
                };
                sum += left * right;
            }
            out[row * columns + column] = sum;
        }
    }
}

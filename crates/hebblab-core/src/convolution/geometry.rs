//! Which input an output of a convolution or of pooling reads.

use std::ops::Range;

use crate::error::{KernelResult, ensure};

/// Images are [batch, height, width, channels] (NHWC), filters [height, width, in channels, out channels] (HWIO).
/// Padding is zeros above and to the left; below and to the right it is what the outputs reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    pub batch: usize,
    pub in_channels: usize,
    pub out_channels: usize,
    pub rows: Axis,
    pub columns: Axis,
}

/// One direction: output `o` reads, by tap `t` of the filter, input `o stride + t dilation - pad`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    pub inputs: usize,
    pub outputs: usize,
    pub taps: usize,
    pub stride: usize,
    pub dilation: usize,
    /// Negative where the first outputs begin inside the image.
    pub pad: isize,
}

/// An axis seen from its inputs, and its taps in reverse: `last_tap`, `last_tap - tap_step`, ...
pub struct Backwards {
    pub axis: Axis,
    pub last_tap: usize,
    pub tap_step: usize,
}

impl Geometry {
    /// # Errors
    /// Where a stride or a dilation is 0, or places inside of a padded image are beyond 31 bits.
    pub fn check(&self, operation: &'static str) -> KernelResult<()> {
        let Geometry { batch, in_channels, out_channels, rows, columns } = *self;
        let steps = [rows.stride, columns.stride, rows.dilation, columns.dilation];
        ensure(!steps.contains(&0), operation, || "strides and dilations above 0".into(), || "0".into())?;
        let product = |sizes: &[usize]| sizes.iter().map(|&size| size as f64).product::<f64>();
        let image = in_channels.max(out_channels).max(1) as f64 * rows.reach() * columns.reach();
        let largest =
            (image * batch as f64).max(product(&[rows.taps, columns.taps, in_channels, out_channels]));
        ensure(
            image < (1u32 << 31) as f64 && largest < usize::MAX as f64,
            operation,
            || "padded images below 2^31 values".into(),
            || image.to_string(),
        )?;
        Ok(())
    }

    pub fn input_length(&self) -> usize {
        self.batch * self.rows.inputs * self.columns.inputs * self.in_channels
    }

    pub fn output_length(&self) -> usize {
        self.batch * self.rows.outputs * self.columns.outputs * self.out_channels
    }

    pub fn taps(&self) -> usize {
        self.rows.taps * self.columns.taps
    }
}

impl Axis {
    /// From the first input that some of `outputs` neighbours read to the last, the padding included. At
    /// least the places where outputs begin.
    pub fn extent(&self, outputs: usize) -> usize {
        if outputs == 0 {
            return 0;
        }
        (outputs - 1) * self.stride + self.taps.saturating_sub(1) * self.dilation + 1
    }

    /// The taps by which an output reads inputs, not padding.
    pub fn taps_inside(&self, output: usize) -> Range<usize> {
        let corner = (output * self.stride) as isize - self.pad;
        let first = (-corner).max(0) as usize;
        let end = (self.inputs as isize - corner).max(0) as usize;
        let first = first.div_ceil(self.dilation).min(self.taps);
        first..end.div_ceil(self.dilation).clamp(first, self.taps)
    }

    /// The input that an output reads by a tap inside of the image.
    pub fn input(&self, output: usize, tap: usize) -> usize {
        ((output * self.stride + tap * self.dilation) as isize - self.pad) as usize
    }

    /// What inputs `first_input + k stride` are met by: `k` takes the place of outputs, outputs that of inputs.
    pub fn backwards(&self, first_input: usize) -> Backwards {
        let Axis { inputs, outputs, taps, stride, dilation, pad } = *self;
        let reads = |tap: usize| first_input as isize + pad - (tap * dilation) as isize;
        let first_tap = (0..taps.min(stride)).find(|&tap| reads(tap).rem_euclid(stride as isize) == 0);
        let step = stride / greatest_common_divisor(stride, dilation);
        let count = first_tap.map_or(0, |tap| (taps - tap).div_ceil(step));
        let last_tap = first_tap.unwrap_or(0) + count.saturating_sub(1) * step;
        let axis = Axis {
            inputs: outputs,
            outputs: (inputs - first_input).div_ceil(stride),
            taps: count,
            stride: 1,
            dilation: step * dilation / stride,
            pad: if count == 0 { 0 } else { -(reads(last_tap).div_euclid(stride as isize)) },
        };
        Backwards { axis, last_tap, tap_step: step }
    }

    /// More than every place that is ever computed.
    fn reach(&self) -> f64 {
        let [inputs, outputs, taps, stride, dilation] =
            [self.inputs, self.outputs, self.taps, self.stride, self.dilation].map(|value| value as f64);
        inputs + outputs * stride + taps * dilation + self.pad.unsigned_abs() as f64
    }
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

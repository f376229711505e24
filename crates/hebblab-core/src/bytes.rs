//! Images as bytes with one scale each: all that a normalised image is.

use crate::error::{KernelResult, ensure, ensure_finite, ensure_length};
use crate::threads::{Threads, for_each_part};

/// Bytes of a piece, in whole images: some 20 microseconds.
const PIECE_BYTES: usize = 1 << 17;

/// Row i of `out` [images, size] = row i of `pixels` [images, size] times `scales[i]`.
///
/// # Errors
/// A wrong length or a scale that is not finite.
///
/// ```
/// let mut out = [0.0; 4];
/// hebblab_core::bytes::bytes_to_floats(&hebblab_core::threads::OneThread, &[0, 255, 2, 4], &[1.0, 0.5], 2, &mut out)?;
/// assert_eq!(out, [0.0, 255.0, 1.0, 2.0]);
/// # Ok::<(), hebblab_core::KernelError>(())
/// ```
pub fn bytes_to_floats(
    threads: &dyn Threads,
    pixels: &[u8],
    scales: &[f32],
    size: usize,
    out: &mut [f32],
) -> KernelResult<()> {
    const OPERATION: &str = "bytesToFloats";
    ensure_length(OPERATION, "pixels", scales.len() * size, pixels.len())?;
    ensure_length(OPERATION, "out", pixels.len(), out.len())?;
    ensure_finite(OPERATION, "scales", scales)?;
    let images = PIECE_BYTES.div_ceil(size.max(1));
    for_each_part(threads, out, images * size, &|part, out| {
        let first = part * images;
        let pixels = pixels[first * size..].chunks_exact(size);
        for ((row, pixels), &scale) in out.chunks_exact_mut(size).zip(pixels).zip(&scales[first..]) {
            for (value, &pixel) in row.iter_mut().zip(pixels) {
                *value = f32::from(pixel) * scale;
            }
        }
    })
}

/// `scales[i] = 1 / ||row i of pixels||_p` for real p >= 1, computed in f64 and rounded once.
///
/// Source: the input normalisation of arXiv 2405.00679 (p = 3).
///
/// # Errors
/// A wrong length, p not finite or below 1, or an image without a pixel above zero (it is named).
pub fn inverse_lp_norms_of_bytes(pixels: &[u8], size: usize, p: f32, scales: &mut [f32]) -> KernelResult<()> {
    const OPERATION: &str = "inverseLpNormsOfBytes";
    ensure(p >= 1.0 && p.is_finite(), OPERATION, || "finite p >= 1".into(), || p.to_string())?;
    ensure_length(OPERATION, "pixels", scales.len() * size, pixels.len())?;
    // Relative to the largest byte, so that no power overflows.
    let powers: [f64; 256] = std::array::from_fn(|byte| libm::pow(byte as f64 / 255.0, p as f64));
    for (image, scale) in scales.iter_mut().enumerate() {
        let row = &pixels[image * size..][..size];
        let sum: f64 = row.iter().map(|&pixel| powers[pixel as usize]).sum();
        let name_image = || format!("norm 0 in image {image}");
        ensure(sum > 0.0, OPERATION, || "a norm above 0 of every image".into(), name_image)?;
        *scale = (libm::pow(sum, -1.0 / p as f64) / 255.0) as f32;
    }
    Ok(())
}

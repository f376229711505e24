//! Bytes times integers: the product of the screen, exact, in tiles of 4 samples and 8 units.

use super::quantised::UnitScreen;
use crate::buffers::grow;
use crate::error::KernelResult;
use crate::simd::pairs::{Pair, PairSums, pair};
use crate::threads::{Threads, for_each_part};

pub const TILE_IMAGES: usize = 4;
const TILE_VECTORS: usize = 2;
pub const TILE_UNITS: usize = 4 * TILE_VECTORS;

/// The same two inputs of four samples.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(16))]
pub struct ImagesAtPair([Pair; TILE_IMAGES]);

/// The same two inputs of eight units.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(16))]
pub struct UnitsAtPair([Pair; TILE_UNITS]);

/// Interleaves rows of `quantised` [hidden, pairs] by eights; rows that are missing are zeros.
pub fn pack_units<'w>(
    threads: &dyn Threads,
    operation: &'static str,
    quantised: &[Pair],
    hidden: usize,
    pairs: usize,
    buffer: &'w mut Vec<UnitsAtPair>,
) -> KernelResult<&'w [UnitsAtPair]> {
    let packed = grow(operation, buffer, hidden.div_ceil(TILE_UNITS) * pairs)?;
    const PANELS: usize = 8;
    for_each_part(threads, packed, PANELS * pairs, &|part, packed| {
        let mut first = part * PANELS * TILE_UNITS;
        for panel in packed.chunks_exact_mut(pairs) {
            let rows: [&[Pair]; TILE_UNITS] = std::array::from_fn(|unit| {
                let row = (first + unit).min(hidden - 1);
                &quantised[row * pairs..][..pairs]
            });
            for (place, UnitsAtPair(target)) in panel.iter_mut().enumerate() {
                *target = rows.map(|row| row[place]);
            }
            first += TILE_UNITS;
        }
    })?;
    Ok(packed)
}

/// Interleaves samples of `inputs` bytes by fours; samples that are missing repeat the last.
pub fn pack_images<'p>(pixels: &[u8], inputs: usize, packed: &'p mut [ImagesAtPair]) -> &'p [ImagesAtPair] {
    let count = pixels.len() / inputs;
    let pairs = inputs.div_ceil(2);
    let packed = &mut packed[..count.div_ceil(TILE_IMAGES) * pairs];
    for (tile, packed) in packed.chunks_exact_mut(pairs).enumerate() {
        let rows: [&[u8]; TILE_IMAGES] = std::array::from_fn(|image| {
            let row = (tile * TILE_IMAGES + image).min(count - 1);
            &pixels[row * inputs..][..inputs]
        });
        let rows_of_pairs = rows.map(|row| row.as_chunks::<2>().0);
        for (place, ImagesAtPair(target)) in packed[..inputs / 2].iter_mut().enumerate() {
            *target = rows_of_pairs.map(|row| pair(row[place][0].into(), row[place][1].into()));
        }
        if inputs % 2 == 1 {
            packed[pairs - 1] = ImagesAtPair(rows.map(|row| pair(row[inputs - 1].into(), 0)));
        }
    }
    packed
}

/// `dots[image, unit] = t_unit (q_unit . p_image)`, rounded twice; a row of `dots` is padded to whole tiles.
pub fn multiply_images(
    images: &[ImagesAtPair],
    packed_units: &[UnitsAtPair],
    pairs: usize,
    units: &[UnitScreen],
    dots: &mut [f32],
) {
    let stride = units.len().next_multiple_of(TILE_UNITS);
    for (panel, packed_units) in packed_units.chunks_exact(pairs).enumerate() {
        let first = panel * TILE_UNITS;
        let units = &units[first..units.len().min(first + TILE_UNITS)];
        for (tile, images) in images.chunks_exact(pairs).enumerate() {
            let sums = multiply_panels(images, packed_units);
            for (image, sums) in sums.into_iter().enumerate() {
                let sums = sums.map(PairSums::to_array);
                let dots = &mut dots[(tile * TILE_IMAGES + image) * stride + first..][..units.len()];
                for ((dot, unit), &sum) in dots.iter_mut().zip(units).zip(sums.as_flattened()) {
                    *dot = unit.scale * sum as f32;
                }
            }
        }
    }
}

#[inline(always)]
fn multiply_panels(
    images: &[ImagesAtPair],
    units: &[UnitsAtPair],
) -> [[PairSums; TILE_VECTORS]; TILE_IMAGES] {
    let mut tile = [[PairSums::zero(); TILE_VECTORS]; TILE_IMAGES];
    for (ImagesAtPair(images), UnitsAtPair(units)) in images.iter().zip(units) {
        for (sums, &image) in tile.iter_mut().zip(images) {
            for (vector, sum) in sums.iter_mut().enumerate() {
                *sum = sum.add(image, &units[4 * vector..]);
            }
        }
    }
    tile
}

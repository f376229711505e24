//! Products of pairs of 16-bit integers, eight at a time, summed in four i32 lanes: `i32x4.dot_i16x8`.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use std::arch::wasm32::*;

/// Two neighbouring 16-bit values: the first in the low half.
pub type Pair = u32;

/// `sums[lane] += a.0 * b[lane].0 + a.1 * b[lane].1`, one `a` for all lanes. Products must not overflow i32.
#[derive(Debug, Clone, Copy)]
pub struct PairSums(Lanes);

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
type Lanes = v128;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
type Lanes = [i32; 4];

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
impl PairSums {
    #[inline(always)]
    pub fn zero() -> Self {
        PairSums(i32x4_splat(0))
    }

    /// Four pairs of `b` against one pair `a`.
    #[inline(always)]
    pub fn add(self, a: Pair, b: &[Pair]) -> Self {
        let b = &b[..4];
        // SAFETY: `b` holds four pairs, and wasm loads need no alignment.
        let b = unsafe { v128_load(b.as_ptr().cast()) };
        PairSums(i32x4_add(self.0, i32x4_dot_i16x8(u32x4_splat(a), b)))
    }

    /// Four pairs of `a` against four of `b`, lane by lane.
    #[inline(always)]
    pub fn add_lanes(self, a: &[Pair], b: &[Pair]) -> Self {
        let (a, b) = (&a[..4], &b[..4]);
        // SAFETY: both hold four pairs, and wasm loads need no alignment.
        let (a, b) = unsafe { (v128_load(a.as_ptr().cast()), v128_load(b.as_ptr().cast())) };
        PairSums(i32x4_add(self.0, i32x4_dot_i16x8(a, b)))
    }

    #[inline(always)]
    pub fn to_array(self) -> [i32; 4] {
        [
            i32x4_extract_lane::<0>(self.0),
            i32x4_extract_lane::<1>(self.0),
            i32x4_extract_lane::<2>(self.0),
            i32x4_extract_lane::<3>(self.0),
        ]
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl PairSums {
    pub fn zero() -> Self {
        PairSums([0; 4])
    }

    /// Four pairs of `b` against one pair `a`.
    pub fn add(self, a: Pair, b: &[Pair]) -> Self {
        self.add_lanes(&[a; 4], b)
    }

    /// Four pairs of `a` against four of `b`, lane by lane.
    pub fn add_lanes(self, a: &[Pair], b: &[Pair]) -> Self {
        PairSums(std::array::from_fn(|lane| {
            let product = |shift: u32| (a[lane] >> shift) as i16 as i32 * (b[lane] >> shift) as i16 as i32;
            self.0[lane] + product(0) + product(16)
        }))
    }

    pub fn to_array(self) -> [i32; 4] {
        self.0
    }
}

/// The pair of two values.
#[inline(always)]
pub fn pair(first: i16, second: i16) -> Pair {
    first as u16 as u32 | (second as u16 as u32) << 16
}

/// `sum_i a[i].0 b[i].0 + a[i].1 b[i].1`. Must not overflow i32.
pub fn pair_dot(a: &[Pair], b: &[Pair]) -> i32 {
    const UNROLLED: usize = 16;
    let (a_chunks, b_chunks) = (a.chunks_exact(UNROLLED), b.chunks_exact(UNROLLED));
    let (a_rest, b_rest) = (a_chunks.remainder(), b_chunks.remainder());
    let mut sums = [PairSums::zero(); 4];
    for (a, b) in a_chunks.zip(b_chunks) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum = sum.add_lanes(&a[4 * lane..], &b[4 * lane..]);
        }
    }
    let rest: i32 = a_rest
        .iter()
        .zip(b_rest)
        .map(|(&a, &b)| {
            let product = |shift: u32| (a >> shift) as i16 as i32 * (b >> shift) as i16 as i32;
            product(0) + product(16)
        })
        .sum();
    sums.iter().flat_map(|sum| sum.to_array()).sum::<i32>() + rest
}

//! Randomness without state: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random
//! numbers: as easy as 1, 2, 3"). Element i of a stream depends on (seed, stream name, i) alone, so any
//! part of it can be made anywhere, in any order, with the same bits on every machine.

/// One independent sequence of random words, named after what it is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
    name_hash: u64,
}

impl Stream {
    /// Key = `seed`; the FNV-1a hash of `name` takes the upper half of every counter.
    pub fn new(seed: u64, name: &str) -> Self {
        Stream { key: halves(seed), name_hash: fnv1a(name.as_bytes()) }
    }

    /// The four words 4 * index .. 4 * index + 3 of the stream.
    pub fn block(&self, index: u64) -> [u32; 4] {
        let ([low, high], [name_low, name_high]) = (halves(index), halves(self.name_hash));
        philox4x32_10([low, high, name_low, name_high], self.key)
    }
}

/// `out[i]` = element `first + i` of the stream, uniform in [0, 1) with 24 random bits.
///
/// ```
/// use hebblab_core::random::fill_uniform;
/// let (mut all, mut tail) = ([0.0; 10], [0.0; 3]);
/// fill_uniform(1, "example", 0, &mut all);
/// fill_uniform(1, "example", 7, &mut tail);
/// assert_eq!(all[7..], tail);
/// ```
pub fn fill_uniform(seed: u64, stream: &str, first: u64, out: &mut [f32]) {
    fill(seed, stream, first, out, |words| words.map(|word| (word >> 8) as f32 * 2f32.powi(-24)));
}

/// `out[i]` = element `first + i` of the stream, standard normal (Box & Muller 1958, in f64 and
/// without the machine's own logarithm or sine). Elements 2j and 2j + 1 share one radius; with 32 bits
/// for it no value is beyond sqrt(2 ln 2^32) = 6.66.
pub fn fill_normal(seed: u64, stream: &str, first: u64, out: &mut [f32]) {
    fill(seed, stream, first, out, |[radius, angle, next_radius, next_angle]| {
        let [first, second] = normal_pair(radius, angle);
        let [third, fourth] = normal_pair(next_radius, next_angle);
        [first, second, third, fourth]
    });
}

/// `out` = a permutation of 0 .. out.len() - 1, each equally likely (Fisher & Yates; Durstenfeld 1964).
pub fn permutation(seed: u64, stream: &str, out: &mut [u32]) {
    let stream = Stream::new(seed, stream);
    let mut words = (0u64..).flat_map(|index| stream.block(index));
    for (index, value) in out.iter_mut().enumerate() {
        *value = index as u32;
    }
    for last in (1..out.len()).rev() {
        out.swap(last, below(last as u32 + 1, &mut words) as usize);
    }
}

/// The block function: ten rounds of two 32 x 32 bit products each.
pub fn philox4x32_10(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    for _ in 0..10 {
        let [low_0, high_0] = halves(u64::from(MULTIPLIERS[0]) * u64::from(counter[0]));
        let [low_1, high_1] = halves(u64::from(MULTIPLIERS[1]) * u64::from(counter[2]));
        counter = [high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0];
        key = [key[0].wrapping_add(KEY_STEPS[0]), key[1].wrapping_add(KEY_STEPS[1])];
    }
    counter
}

/// Fills `out` from element `first` on, four elements a block.
fn fill(seed: u64, stream: &str, first: u64, out: &mut [f32], elements: impl Fn([u32; 4]) -> [f32; 4]) {
    let stream = Stream::new(seed, stream);
    let skipped = (first % 4) as usize;
    let head = ((4 - skipped) % 4).min(out.len());
    let (begin, rest) = out.split_at_mut(head);
    if head > 0 {
        begin.copy_from_slice(&elements(stream.block(first / 4))[skipped..skipped + head]);
    }
    for (index, part) in (first.div_ceil(4)..).zip(rest.chunks_mut(4)) {
        part.copy_from_slice(&elements(stream.block(index))[..part.len()]);
    }
}

fn normal_pair(radius: u32, angle: u32) -> [f32; 2] {
    let unit = 2f64.powi(-32);
    let radius = libm::sqrt(-2.0 * libm::log((f64::from(radius) + 1.0) * unit));
    let (sine, cosine) = libm::sincos(std::f64::consts::TAU * (f64::from(angle) * unit));
    [(radius * cosine) as f32, (radius * sine) as f32]
}

/// A whole number below `bound` without bias (Lemire 2019, "Fast random integer generation in an interval").
fn below(bound: u32, words: &mut impl Iterator<Item = u32>) -> u32 {
    let rejected_below = bound.wrapping_neg() % bound;
    loop {
        let word = words.next().expect("an endless stream");
        let [low, high] = halves(u64::from(word) * u64::from(bound));
        if low >= rejected_below {
            return high;
        }
    }
}

/// The low and the high word.
fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

/// FNV-1a, 64 bit (Fowler, Noll & Vo).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

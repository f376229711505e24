//! Who wins, without the whole product: integer dots with rigorous bounds leave a few candidates a sample, and only
//! these are multiplied in f32, in the order of the whole product, so that winners and values keep its bits.
//!
//! A sample is x = s p, with bytes p and a scale s > 0; a row of effective weights is w = t q + r, with integers q.
//! Then w.x / s lies within |p| |r| of t (q.p), where q.p is exact (Cauchy-Schwarz), and the f32 pre-activation within
//! rounding of w.x: see [`rounding::error_of_row`]. A unit whose upper bound is below k lower bounds is not among the first k.
//!
//! A sieve leaves few units for that: by dots in few coordinates ([`projection`]), of whole rows once these have learned,
//! or before of what coarse integers leave of them ([`coarse`]).

mod batch;
mod candidates;
mod coarse;
mod forms;
mod integer_product;
pub mod projection;
mod quantised;
mod rounding;
mod screen;
mod settle;
mod sieve;

pub use batch::{LARGEST_RANK, Ranked, ScreenedBatch};
pub use coarse::{CoarseUnit, CoarseWeights, padded_bytes};
pub use forms::{ProjectedLayer, Screen};
pub use quantised::{ScreenedWeights, UnitScreen, padded_inputs, refresh, refresh_all};
pub use screen::{Screened, rank_by_screen};
pub use sieve::{Coarse, Rows, Sieve, Sieved, rank_by_sieve};

/// Buffers of all that is done here, kept between steps.
#[derive(Debug, Default)]
pub struct ScreeningWorkspace {
    pub settle: settle::SettleWorkspace,
    pub sieve: sieve::SieveWorkspace,
    pub projection: projection::ProjectionWorkspace,
}

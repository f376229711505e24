//! Which samples move which unit: the non-zero entries of g, grouped by unit.

use crate::buffers::{grow, reserve};
use crate::error::KernelResult;

/// One non-zero entry of g: `sample` moves the unit by `factor` (1 or -delta).
#[derive(Debug, Clone, Copy, Default)]
pub struct Contribution {
    pub sample: u32,
    pub factor: f32,
    /// Of the unit for the sample.
    pub preactivation: f32,
}

/// The entries of g unit by unit, and within a unit in ascending order of the samples.
#[derive(Debug, Default)]
pub struct Contributions {
    entries: Vec<Contribution>,
    /// Per unit the end of its entries; those of unit u begin where those of u - 1 end.
    ends: Vec<usize>,
    touched: Vec<u32>,
}

impl Contributions {
    /// Groups the winner (factor 1) and the rival (factor -delta) of every sample by counting. `preactivations`
    /// [batch, 2] are those of both.
    pub fn group(
        &mut self,
        operation: &'static str,
        hidden: usize,
        delta: f32,
        winner: &[u32],
        rival: &[u32],
        preactivations: &[f32],
    ) -> KernelResult<()> {
        let ends = grow(operation, &mut self.ends, hidden)?;
        ends.fill(0);
        for &unit in winner.iter().chain(rival) {
            ends[unit as usize] += 1;
        }
        self.touched.clear();
        reserve(operation, &mut self.touched, hidden.min(2 * winner.len()))?;
        let mut begin = 0;
        for (unit, end) in ends.iter_mut().enumerate() {
            let count = *end;
            if count > 0 {
                self.touched.push(unit as u32);
            }
            // Begins for now; filling the entries moves each on to its end.
            *end = begin;
            begin += count;
        }
        let entries = grow(operation, &mut self.entries, begin)?;
        let units = winner.iter().zip(rival);
        for (sample, ((&winner, &rival), values)) in units.zip(preactivations.as_chunks::<2>().0).enumerate()
        {
            for (unit, factor, preactivation) in [(winner, 1.0, values[0]), (rival, -delta, values[1])] {
                let end = &mut ends[unit as usize];
                entries[*end] = Contribution { sample: sample as u32, factor, preactivation };
                *end += 1;
            }
        }
        Ok(())
    }

    /// The units with at least one entry, ascending.
    pub fn touched(&self) -> &[u32] {
        &self.touched
    }

    pub fn of(&self, unit: u32) -> &[Contribution] {
        let unit = unit as usize;
        let begin = if unit == 0 { 0 } else { self.ends[unit - 1] };
        &self.entries[begin..self.ends[unit]]
    }
}

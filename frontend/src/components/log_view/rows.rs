//! Which entries are shown, and where each stands: heights, offsets, and what is at an offset.
//!
//! Belongs here: arithmetic. A height is an estimate until the row was drawn and measured.

use std::collections::VecDeque;

/// Rows are summed up in blocks of this many, so that a place is found without adding up all.
const BLOCK: usize = 256;

#[derive(Clone, Copy, Debug)]
struct Row {
    sequence: u64,
    height: f64,
}

/// The rows that pass the filter, from the oldest.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: VecDeque<Row>,
    /// The height of each block. The first may lack rows at its beginning.
    sums: VecDeque<f64>,
    /// How many rows the first block lacks.
    lacking: usize,
}

impl Rows {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The entry shown in a row.
    pub(super) fn sequence(&self, index: usize) -> Option<u64> {
        self.rows.get(index).map(|row| row.sequence)
    }

    /// The row of an entry, or that of the next one shown after it.
    pub(super) fn index_of(&self, sequence: u64) -> usize {
        self.rows.partition_point(|row| row.sequence < sequence)
    }

    /// Puts a row at the end.
    pub(super) fn push(&mut self, sequence: u64, height: f64) {
        let block = (self.lacking + self.rows.len()) / BLOCK;
        self.rows.push_back(Row { sequence, height });
        match self.sums.get_mut(block) {
            Some(sum) => *sum += height,
            None => self.sums.push_back(height),
        }
    }

    /// Lets go of all rows before an entry; returns their height.
    pub(super) fn drop_before(&mut self, sequence: u64) -> f64 {
        let mut gone = 0.0;
        while let Some(row) = self.rows.pop_front_if(|row| row.sequence < sequence) {
            gone += row.height;
            self.lacking += 1;
            if let Some(sum) = self.sums.front_mut() {
                *sum -= row.height;
            }
            if self.lacking == BLOCK {
                self.lacking = 0;
                self.sums.pop_front();
            }
        }
        gone
    }

    /// Replaces all.
    pub(super) fn rebuild(&mut self, rows: impl Iterator<Item = (u64, f64)>) {
        *self = Self::default();
        for (sequence, height) in rows {
            self.push(sequence, height);
        }
    }

    /// Notes a measured height; returns by how much it differs.
    pub(super) fn measured(&mut self, sequence: u64, height: f64) -> f64 {
        let index = self.index_of(sequence);
        let Some(row) = self.rows.get_mut(index).filter(|row| row.sequence == sequence) else { return 0.0 };
        let difference = height - row.height;
        row.height = height;
        if let Some(sum) = self.sums.get_mut((self.lacking + index) / BLOCK) {
            *sum += difference;
        }
        difference
    }

    /// The height of all.
    pub(super) fn total(&self) -> f64 {
        self.sums.iter().sum()
    }

    /// Where a row begins; the end of all for one past the last.
    pub(super) fn offset(&self, index: usize) -> f64 {
        let block = (self.lacking + index) / BLOCK;
        let before: f64 = self.sums.iter().take(block).sum();
        let from = (block * BLOCK).saturating_sub(self.lacking).min(self.rows.len());
        let to = index.clamp(from, self.rows.len());
        before + self.rows.range(from..to).map(|row| row.height).sum::<f64>()
    }

    /// The row that is at an offset; the last one beyond the end.
    pub(super) fn at(&self, offset: f64) -> usize {
        let mut from = 0.0;
        let mut block = 0;
        for sum in &self.sums {
            if from + sum > offset {
                break;
            }
            from += sum;
            block += 1;
        }
        let start = (block * BLOCK).saturating_sub(self.lacking).min(self.rows.len());
        for (index, row) in (start..).zip(self.rows.range(start..)) {
            if from + row.height > offset {
                return index;
            }
            from += row.height;
        }
        self.rows.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(heights: &[f64]) -> Rows {
        let mut rows = Rows::default();
        rows.rebuild(heights.iter().enumerate().map(|(index, height)| (index as u64 * 2, *height)));
        rows
    }

    /// Against the plain way of doing it.
    fn check(rows: &Rows) {
        let heights: Vec<f64> = rows.rows.iter().map(|row| row.height).collect();
        let mut offset = 0.0;
        for (index, height) in heights.iter().enumerate() {
            assert_eq!(rows.offset(index), offset, "offset of {index}");
            assert_eq!(rows.at(offset), index);
            assert_eq!(rows.at(offset + height - 0.5), index);
            offset += height;
        }
        assert_eq!(rows.total(), offset);
        assert_eq!(rows.offset(heights.len()), offset);
        assert_eq!(rows.at(offset + 1e6), heights.len().saturating_sub(1));
    }

    #[test]
    fn places_are_found_in_any_number_of_rows() {
        for count in [0, 1, 2, 255, 256, 257, 1000] {
            let heights: Vec<f64> = (0..count).map(|index| f64::from(20 + index % 7 * 20)).collect();
            check(&rows(&heights));
        }
    }

    #[test]
    fn rows_leave_and_come() {
        let mut rows = rows(&[20.0; 700]);
        let mut next = 1400;
        for step in [1, 100, 255, 256, 300] {
            let first = rows.sequence(0).unwrap_or(next);
            let expected = rows.offset(step);
            assert_eq!(rows.drop_before(first + step as u64 * 2 - 1), expected);
            for _ in 0..step {
                rows.push(next, 40.0);
                next += 2;
            }
            assert_eq!(rows.len(), 700);
            check(&rows);
        }
        rows.drop_before(u64::MAX);
        check(&rows);
        rows.push(next, 20.0);
        check(&rows);
    }

    #[test]
    fn a_measured_row_moves_the_rest() {
        let mut rows = rows(&[20.0; 600]);
        rows.drop_before(20);
        assert_eq!(rows.measured(21, 50.0), 0.0, "no such row");
        assert_eq!(rows.measured(600, 60.0), 40.0);
        assert_eq!(rows.measured(600, 60.0), 0.0);
        check(&rows);
        assert_eq!(rows.index_of(600), 290);
        assert_eq!(rows.index_of(601), 291);
    }
}

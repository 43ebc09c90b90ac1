//! Which rows are drawn: those in sight and a few around them. Pure arithmetic over heights.

use super::view::{Group, GroupKey};
use shared::ContainerId;

/// Heights in pixels, as measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heights {
    pub(super) row: f64,
    pub(super) group: f64,
}

impl Default for Heights {
    fn default() -> Self {
        Self { row: 36.0, group: 36.0 }
    }
}

/// What of the list is in sight, in pixels from the first row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sight {
    pub(super) top: f64,
    pub(super) height: f64,
}

/// A group as it is laid out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    pub(super) key: GroupKey,
    /// All its rows, in order; drawn or not.
    pub(super) rows: Vec<ContainerId>,
    pub(super) open: bool,
    /// The place of its first row among all rows and headings, from 1.
    pub(super) position: usize,
    top: f64,
    height: f64,
}

impl Block {
    /// Whether it has a heading: a list without groups has none.
    pub(super) fn has_heading(&self) -> bool {
        self.key != GroupKey::All
    }
}

/// The whole list, laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    pub(super) blocks: Vec<Block>,
    /// Rows and headings in all.
    pub(super) count: usize,
    pub(super) height: f64,
}

impl Layout {
    pub(super) fn new(groups: Vec<Group>, is_open: impl Fn(&GroupKey) -> bool, heights: Heights) -> Self {
        let mut layout = Self::default();
        for Group { key, rows } in groups {
            let heading = key != GroupKey::All;
            let open = !heading || is_open(&key);
            let drawn = if open { rows.len() } else { 0 };
            let height = drawn as f64 * heights.row + if heading { heights.group } else { 0.0 };
            let position = layout.count + 1;
            layout.count += drawn + usize::from(heading);
            layout.blocks.push(Block { key, rows, open, position, top: layout.height, height });
            layout.height += height;
        }
        layout
    }
}

/// The part of a block that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) key: GroupKey,
    /// Pixels of rows left out above and below.
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) rows: Vec<ContainerId>,
    /// The place of the first of them among all, from 1.
    pub(super) first: usize,
}

/// The blocks that are drawn, and the pixels of those left out around them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Window {
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) parts: Vec<Part>,
}

/// Rows are taken in steps of so many, so that a small scroll changes nothing.
const STEP: usize = 8;

/// What is drawn while that is in sight.
pub(super) fn in_sight(layout: &Layout, sight: Sight, heights: Heights) -> Window {
    let margin = STEP as f64 * heights.row;
    let (top, bottom) = (sight.top - margin, sight.top + sight.height + margin);
    let mut window = Window::default();
    for block in &layout.blocks {
        if block.top + block.height <= top {
            window.before += block.height;
        } else if block.top >= bottom {
            window.after += block.height;
        } else {
            window.parts.push(part(block, top, bottom, heights));
        }
    }
    window
}

fn part(block: &Block, top: f64, bottom: f64, heights: Heights) -> Part {
    let heading = if block.has_heading() { heights.group } else { 0.0 };
    let rows = if block.open { block.rows.as_slice() } else { &[] };
    let row_at = |pixel: f64| ((pixel - block.top - heading) / heights.row).max(0.0);
    let first = (row_at(top) as usize / STEP * STEP).min(rows.len());
    let last = ((row_at(bottom).ceil() as usize).div_ceil(STEP) * STEP).clamp(first, rows.len());
    Part {
        key: block.key.clone(),
        before: first as f64 * heights.row,
        after: (rows.len() - last) as f64 * heights.row,
        rows: rows.get(first..last).unwrap_or_default().to_vec(),
        first: block.position + usize::from(block.has_heading()) + first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(from: usize, count: usize) -> Vec<ContainerId> {
        (from..from + count).map(|n| format!("{n:064x}").parse().unwrap()).collect()
    }

    fn layout() -> Layout {
        let groups = vec![
            Group { key: GroupKey::Stack("a".into()), rows: ids(0, 100) },
            Group { key: GroupKey::Stack("b".into()), rows: ids(100, 100) },
            Group { key: GroupKey::NoStack, rows: ids(200, 100) },
        ];
        Layout::new(groups, |key| *key != GroupKey::Stack("b".into()), Heights::default())
    }

    #[test]
    fn heights_add_up_wherever_one_looks() {
        let layout = layout();
        let heights = Heights::default();
        assert_eq!(layout.count, 203);
        for top in [0.0, 500.0, 3_000.0, 3_640.0, 7_000.0, 20_000.0] {
            let window = in_sight(&layout, Sight { top, height: 800.0 }, heights);
            let drawn: f64 = window
                .parts
                .iter()
                .map(|part| 36.0 + part.before + part.after + part.rows.len() as f64 * 36.0)
                .sum();
            assert_eq!(window.before + drawn + window.after, layout.height, "{top}");
        }
    }

    #[test]
    fn what_is_in_sight_is_drawn_and_little_more() {
        let layout = layout();
        let window = in_sight(&layout, Sight { top: 1_800.0, height: 360.0 }, Heights::default());
        let rows: Vec<_> = window.parts.iter().flat_map(|part| part.rows.clone()).collect();
        assert!(rows.contains(&ids(49, 1)[0]) && rows.contains(&ids(59, 1)[0]));
        assert!(rows.len() <= 48, "{}", rows.len());
    }
}

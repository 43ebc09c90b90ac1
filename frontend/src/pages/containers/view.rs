//! What of the list is shown, and in which order: pure, and the address bar's words for it.
//!
//! Belongs here: filter, groups, sorting, columns as values. Does not: signals, drawing.

use std::{cmp::Ordering, collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use shared::{
    ContainerId,
    containers::{Condition, ContainerSummary},
};

use crate::ui::{state::condition_key, text::lower};

/// The conditions behind one chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StateChip {
    Running,
    Unhealthy,
    Restarting,
    Paused,
    Stopped,
}

impl StateChip {
    pub(super) const ALL: [Self; 5] =
        [Self::Running, Self::Unhealthy, Self::Restarting, Self::Paused, Self::Stopped];

    /// What the address calls the conditions.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Running => &["running", "healthy", "starting"],
            Self::Unhealthy => &["unhealthy"],
            Self::Restarting => &["restarting"],
            Self::Paused => &["paused"],
            Self::Stopped => &["exited", "failed", "dead", "created"],
        }
    }

    /// The glyph that stands for them.
    pub(super) fn glyph(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Unhealthy => "unhealthy",
            Self::Restarting => "restarting",
            Self::Paused => "paused",
            Self::Stopped => "exited",
        }
    }
}

/// Names joined by commas, as a part of the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names(pub(super) Vec<String>);

impl FromStr for Names {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()))
    }
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(","))
    }
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(super) enum $name { $($variant),* }

        impl $name {
            /// All of them, in the menu's order.
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it in the address.
            pub(super) fn key(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl FromStr for $name {
            type Err = ();
            fn from_str(text: &str) -> Result<Self, ()> {
                Self::ALL.iter().copied().find(|value| value.key() == text).ok_or(())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.key())
            }
        }
    };
}

named! {
    /// What the rows are grouped by.
    Grouping { Stack "stack", Image "image", State "state", None "none" }
}

named! {
    /// A column. The name is always shown.
    Column {
        State "state", Name "name", Image "image", Cpu "cpu", Memory "memory", Ports "ports",
        Created "created", Networks "networks", Command "command", Labels "labels",
    }
}

impl Column {
    /// What is shown unless somebody chooses otherwise.
    pub(super) const USUAL: [Self; 6] =
        [Self::State, Self::Name, Self::Image, Self::Cpu, Self::Memory, Self::Ports];

    /// The first to leave when the table gets narrow.
    pub(super) const LEAVING: [Self; 5] =
        [Self::Labels, Self::Command, Self::Networks, Self::Created, Self::Ports];
}

/// A column and its direction: `name`, `-cpu`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) column: Column,
    pub(super) descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { column: Column::Name, descending: false }
    }
}

impl FromStr for Sort {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        Ok(Self { column: name.parse()?, descending })
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", if self.descending { "-" } else { "" }, self.column)
    }
}

/// Which rows pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filter {
    /// Every word of it must occur somewhere; in small letters.
    pub(super) words: Vec<String>,
    /// Condition keys; empty for all.
    pub(super) states: Vec<String>,
}

impl Filter {
    pub(super) fn new(text: &str, states: &[String]) -> Self {
        Self { words: text.split_whitespace().map(lower).collect(), states: states.to_vec() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.states.is_empty()
    }

    pub(super) fn passes(&self, row: &ContainerSummary) -> bool {
        self.passes_state(row) && self.passes_text(row)
    }

    fn passes_state(&self, row: &ContainerSummary) -> bool {
        self.states.is_empty() || self.states.iter().any(|key| key == condition_key(row.condition()))
    }

    pub(super) fn passes_text(&self, row: &ContainerSummary) -> bool {
        self.words.iter().all(|word| {
            let has = |text: &str| contains_folded(text, word);
            has(&row.name)
                || has(&row.image)
                || row.id.as_str().starts_with(word.as_str())
                || row.stack.as_deref().is_some_and(has)
                || row.labels.iter().any(|(name, value)| has_label(name, value, word))
        })
    }
}

/// `name`, `value` or `name=value`.
fn has_label(name: &str, value: &str, word: &str) -> bool {
    match word.split_once('=') {
        Some((wanted_name, wanted_value)) => {
            contains_folded(name, wanted_name) && contains_folded(value, wanted_value)
        }
        None => contains_folded(name, word) || contains_folded(value, word),
    }
}

/// Whether a text holds a word that is in small letters. Names are ASCII nearly always: no copy is made then.
fn contains_folded(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        return word.is_empty()
            || text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    }
    lower(text).contains(word)
}

/// What a group is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum GroupKey {
    Stack(String),
    NoStack,
    Image(String),
    State(Condition),
    All,
}

/// Rows that belong together, in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) key: GroupKey,
    pub(super) rows: Vec<ContainerId>,
}

/// The figure that a row is sorted by in the columns whose figures are not part of the row.
pub(super) type Figure<'a> = &'a dyn Fn(&ContainerId, Column) -> Option<f64>;

/// Groups and orders rows. Groups are ordered by their name, `No stack` last.
pub(super) fn arrange(
    mut rows: Vec<Arc<ContainerSummary>>,
    grouping: Grouping,
    sort: Sort,
    figure: Figure<'_>,
) -> Vec<Group> {
    rows.sort_by(|a, b| {
        let order = compare(a, b, sort.column, figure);
        let order = if sort.descending { order.reverse() } else { order };
        order.then_with(|| natural(&a.name, &b.name)).then_with(|| a.id.cmp(&b.id))
    });
    let mut groups: BTreeMap<(bool, GroupKey), Vec<ContainerId>> = BTreeMap::new();
    for row in rows {
        let key = match grouping {
            Grouping::Stack => row.stack.clone().map_or(GroupKey::NoStack, GroupKey::Stack),
            Grouping::Image => GroupKey::Image(row.image.clone()),
            Grouping::State => GroupKey::State(row.condition()),
            Grouping::None => GroupKey::All,
        };
        groups.entry((key == GroupKey::NoStack, key)).or_default().push(row.id.clone());
    }
    groups.into_iter().map(|((_, key), rows)| Group { key, rows }).collect()
}

fn compare(a: &ContainerSummary, b: &ContainerSummary, column: Column, figure: Figure<'_>) -> Ordering {
    match column {
        Column::Name => natural(&a.name, &b.name),
        Column::State => a.condition().cmp(&b.condition()).then_with(|| b.since.cmp(&a.since)),
        Column::Image => natural(&a.image, &b.image),
        Column::Ports => a
            .ports
            .iter()
            .filter_map(|port| port.public)
            .min()
            .cmp(&b.ports.iter().filter_map(|port| port.public).min()),
        Column::Created => a.created_at.cmp(&b.created_at),
        Column::Networks => a.networks.cmp(&b.networks),
        Column::Command => a.command.cmp(&b.command),
        Column::Labels => a.labels.cmp(&b.labels),
        Column::Cpu | Column::Memory => {
            let (a, b) = (figure(&a.id, column), figure(&b.id, column));
            a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0))
        }
    }
}

/// Small letters and capitals alike, and numbers by their value: `web-2` before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.bytes().peekable(), b.bytes().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                match take_number(&mut left).cmp(&take_number(&mut right)) {
                    Ordering::Equal => {}
                    order @ (Ordering::Less | Ordering::Greater) => return order,
                }
            }
            (Some(x), Some(y)) => {
                let order = x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase());
                if order != Ordering::Equal {
                    return order;
                }
                left.next();
                right.next();
            }
        }
    }
}

fn take_number(bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>) -> u128 {
    let mut number: u128 = 0;
    while let Some(digit) = bytes.next_if(u8::is_ascii_digit) {
        number = number.saturating_mul(10).saturating_add(u128::from(digit - b'0'));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_numbers_are_in_the_order_of_people() {
        let mut names = ["web-10", "web-2", "Web-1", "api", "web"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["api", "web", "Web-1", "web-2", "web-10"]);
    }

    #[test]
    fn a_sort_reads_back() {
        for text in ["name", "-cpu", "state"] {
            assert_eq!(text.parse::<Sort>().unwrap().to_string(), text);
        }
        assert!("colour".parse::<Sort>().is_err());
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert!(contains_folded("Nginx:1.27", "nginx"));
        assert!(contains_folded("café-É", "é"));
        assert!(!contains_folded("web", "webs"));
        assert!(has_label("com.example.tier", "Front", "tier=front"));
    }
}

//! What the person has typed, as signals: one for each value, so that a key press draws one field anew.
//!
//! Belongs here: the state and how it is filled. Does not: what it amounts to (`reading`), drawing.

use std::collections::HashMap;

use leptos::prelude::*;
use shared::run::{
    RunSpec, Typed, command_text,
    flags::{Flag, Section, flags},
    to_fields,
};

use super::{
    known,
    reading::{Entry, Reading, Spot},
    taken::Taken,
};
use crate::components::containers_store::ContainersStore;

/// One value of a flag. `None` is not set; an empty text may be set as well (`--entrypoint ''`).
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) text: ArcRwSignal<Option<String>>,
}

/// What can be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fold {
    /// A section.
    Section(Section),
    /// Its rarely used flags.
    Rare(Section),
}

/// Why the server would not, and for which spec it said so.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) spec: RunSpec,
    /// At which field, where that is known.
    pub(super) spot: Option<Spot>,
    pub(super) text: String,
    /// The container that was made all the same.
    pub(super) made: Option<String>,
}

/// The form. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct Form {
    pub(super) image: RwSignal<String>,
    pub(super) command: RwSignal<String>,
    /// What the flags are filtered by.
    pub(super) filter: RwSignal<String>,
    /// What it amounts to.
    pub(super) reading: Memo<Reading>,
    /// What other containers hold.
    pub(super) taken: Memo<Taken>,
    pub(super) refusal: RwSignal<Option<Refusal>>,
    /// Whether the image was asked for, so that its absence is worth a word.
    touched: RwSignal<bool>,
    rows: StoredValue<HashMap<&'static str, RwSignal<Vec<Row>>>>,
    folds: StoredValue<HashMap<Fold, RwSignal<bool>>>,
    next: StoredValue<u32>,
}

/// The sections, in the form's order.
pub(super) const SECTIONS: [Section; 11] = [
    Section::General,
    Section::Command,
    Section::Ports,
    Section::Volumes,
    Section::Environment,
    Section::Network,
    Section::Resources,
    Section::Health,
    Section::Restart,
    Section::Security,
    Section::Logging,
];

/// Those that are open at first.
const OPEN: [Section; 5] =
    [Section::General, Section::Command, Section::Ports, Section::Volumes, Section::Environment];

impl Form {
    /// An empty form, for the page.
    pub(super) fn provide() -> Self {
        let store = ContainersStore::use_store();
        let (image, command) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let all: HashMap<&'static str, RwSignal<Vec<Row>>> =
            flags().map(|flag| (flag.long, RwSignal::new(Vec::new()))).collect();
        let rows = StoredValue::new(all);
        let folds = SECTIONS.into_iter().flat_map(|section| {
            let open = RwSignal::new(OPEN.contains(&section));
            [(Fold::Section(section), open), (Fold::Rare(section), RwSignal::new(false))]
        });
        let known = known::follow(store);
        let taken = Memo::new(move |_| {
            let engine = store.summary().and_then(|summary| summary.engine);
            known.with(|known| Taken::of(&store.all(), known, engine.as_ref()))
        });
        let reading = Memo::new(move |_| {
            let entries = rows.with_value(entries);
            taken.with(|taken| Reading::of(&image.get(), &command.get(), entries, taken))
        });
        let form = Self {
            image,
            command,
            filter: RwSignal::new(String::new()),
            reading,
            taken,
            refusal: RwSignal::new(None),
            touched: RwSignal::new(false),
            rows,
            folds: StoredValue::new(folds.collect()),
            next: StoredValue::new(0),
        };
        provide_context(form);
        form
    }

    /// Whether no image was asked for yet; tracked.
    pub(super) fn is_fresh(self) -> bool {
        !self.touched.get() && self.image.with(String::is_empty)
    }

    /// The form was sent, or filled.
    pub(super) fn touch(self) {
        self.touched.set(true);
    }

    /// The values of a flag.
    pub(super) fn rows(self, flag: &Flag) -> RwSignal<Vec<Row>> {
        let rows = self.rows.with_value(|rows| rows.get(flag.long).copied());
        rows.unwrap_or_else(|| RwSignal::new(Vec::new()))
    }

    /// Whether something is open.
    pub(super) fn fold(self, fold: Fold) -> RwSignal<bool> {
        let open = self.folds.with_value(|folds| folds.get(&fold).copied());
        open.unwrap_or_else(|| RwSignal::new(true))
    }

    /// Adds a value to a flag.
    pub(super) fn add(self, flag: &Flag, text: Option<String>) -> u32 {
        let id = self.next.with_value(|next| next.wrapping_add(1));
        self.next.set_value(id);
        self.rows(flag).update(|rows| rows.push(Row { id, text: ArcRwSignal::new(text) }));
        id
    }

    /// Sets the only value of a flag.
    pub(super) fn set(self, flag: &Flag, text: Option<String>) {
        let row = self.rows(flag).with_untracked(|rows| rows.first().cloned());
        match row {
            Some(row) => row.text.set(text),
            None => {
                self.add(flag, text);
            }
        }
    }

    /// Holds what the spec says and nothing else.
    pub(super) fn fill(self, spec: &RunSpec) {
        let mut typed: HashMap<&'static str, Vec<String>> = HashMap::new();
        for Typed { flag, text } in to_fields(spec) {
            typed.entry(flag.long).or_default().push(text);
        }
        for flag in flags() {
            self.rows(flag).set(Vec::new());
            for text in typed.remove(flag.long).unwrap_or_default() {
                self.add(flag, Some(text));
            }
        }
        self.image.set(spec.image.clone());
        self.command.set(command_text(&spec.command));
        self.refusal.set(None);
        self.touch();
        self.unfold(|head| (head.set > 0, head.rare > 0));
    }

    /// Opens what holds something to correct.
    pub(super) fn unfold_troubles(self) {
        self.unfold(|head| (head.troubles > 0, head.troubles > 0));
    }

    /// Opens the section of a spot.
    pub(super) fn unfold_spot(self, spot: Spot) {
        let section = match spot {
            Spot::Image => Some(Section::General),
            Spot::Command => Some(Section::Command),
            Spot::Flag(_) | Spot::Row(_) => {
                self.reading.with_untracked(|reading| reading.flag_of(spot)).map(|flag| flag.section)
            }
        };
        if let Some(section) = section {
            self.fold(Fold::Section(section)).set(true);
            self.fold(Fold::Rare(section)).set(true);
        }
    }

    fn unfold(self, which: impl Fn(&super::reading::Head) -> (bool, bool)) {
        let opened: Vec<(Section, (bool, bool))> = self.reading.with_untracked(|reading| {
            reading.heads.iter().map(|(section, head)| (*section, which(head))).collect()
        });
        for (section, (open, rare)) in opened {
            if open {
                self.fold(Fold::Section(section)).set(true);
            }
            if rare {
                self.fold(Fold::Rare(section)).set(true);
            }
        }
    }
}

/// The values that are set, in the order of the flags.
fn entries(rows: &HashMap<&'static str, RwSignal<Vec<Row>>>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for flag in flags() {
        let Some(rows) = rows.get(flag.long) else { continue };
        rows.with(|rows| {
            for row in rows {
                if let Some(text) = row.text.get() {
                    entries.push(Entry { row: row.id, typed: Typed { flag, text } });
                }
            }
        });
    }
    entries
}

/// The form of the page.
pub(super) fn use_form() -> Form {
    use_context::<Form>().unwrap_or_else(Form::provide)
}

//! What a person chose, as signals: what stands in the address, and what this browser remembers.

use leptos::prelude::*;

use super::{
    selection::{Filter, Hidden, Outputs, Range, Search},
    store::Group,
};
use crate::{paths, ui::storage};

const WRAP: &str = "longshore.logs.wrap";
const TIMES: &str = "longshore.logs.times";

/// What is chosen.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    /// Which part of the log.
    pub(super) range: Memo<Range>,
    set_range: SignalSetter<Option<Range>>,
    /// Which levels are not shown.
    pub(super) hidden: Memo<Hidden>,
    set_hidden: SignalSetter<Option<Hidden>>,
    /// Which outputs are.
    pub(super) outputs: Memo<Outputs>,
    set_outputs: SignalSetter<Option<Outputs>>,
    /// What is looked for.
    pub(super) search: Memo<Search>,
    set_text: SignalSetter<Option<String>>,
    set_regex: SignalSetter<Option<u8>>,
    set_case: SignalSetter<Option<u8>>,
    /// Only lines with hits are shown.
    pub(super) hits_only: Memo<bool>,
    set_hits_only: SignalSetter<Option<u8>>,
    /// Long lines are broken.
    pub(super) wrap: RwSignal<bool>,
    /// Each line has its time.
    pub(super) times: RwSignal<bool>,
}

impl Chosen {
    /// Of the address of this page.
    pub(super) fn of_address() -> Self {
        let (range, set_range) = paths::use_query_param::<Range>("range");
        let (hidden, set_hidden) = paths::use_query_param::<Hidden>("without");
        let (outputs, set_outputs) = paths::use_query_param::<Outputs>("output");
        let (text, set_text) = paths::use_query_param::<String>("q");
        let (regex, set_regex) = paths::use_query_param::<u8>("regex");
        let (case, set_case) = paths::use_query_param::<u8>("case");
        let (only, set_hits_only) = paths::use_query_param::<u8>("only");
        let search = Memo::new(move |_| Search {
            text: text.get().unwrap_or_default(),
            regex: regex.get().is_some_and(is_on),
            case: case.get().is_some_and(is_on),
        });
        let remembered = |name: &str| RwSignal::new(storage::read(name).as_deref() != Some("off"));
        Self {
            range: Memo::new(move |_| range.get().unwrap_or_default()),
            set_range,
            hidden: Memo::new(move |_| hidden.get().unwrap_or_default()),
            set_hidden,
            outputs: Memo::new(move |_| outputs.get().unwrap_or_default()),
            set_outputs,
            search,
            set_text,
            set_regex,
            set_case,
            hits_only: Memo::new(move |_| {
                only.get().is_some_and(is_on) && search.with(|search| !search.text.is_empty())
            }),
            set_hits_only,
            wrap: remembered(WRAP),
            times: remembered(TIMES),
        }
    }

    /// Which lines are shown; tracked.
    pub(super) fn filter(self) -> Filter {
        Filter { hidden: self.hidden.get(), outputs: self.outputs.get(), hits_only: self.hits_only.get() }
    }

    /// Another part of the log.
    pub(super) fn choose_range(self, range: Range) {
        self.set_range.set((range != Range::default()).then_some(range));
    }

    /// Shows a level if it was not shown, and the other way round.
    pub(super) fn toggle_group(self, group: Group) {
        let hidden = self.hidden.get_untracked().toggled(group);
        self.set_hidden.set((!hidden.is_empty()).then_some(hidden));
    }

    /// Other outputs.
    pub(super) fn choose_outputs(self, outputs: Outputs) {
        self.set_outputs.set((outputs != Outputs::default()).then_some(outputs));
    }

    /// Other words to look for.
    pub(super) fn look_for(self, text: String) {
        self.set_text.set((!text.is_empty()).then_some(text));
    }

    /// Words, or an expression.
    pub(super) fn toggle_regex(self) {
        self.set_regex.set(flag(!self.search.with_untracked(|search| search.regex)));
    }

    /// Whether capitals count.
    pub(super) fn toggle_case(self) {
        self.set_case.set(flag(!self.search.with_untracked(|search| search.case)));
    }

    /// Whether only lines with hits are shown.
    pub(super) fn toggle_hits_only(self) {
        self.set_hits_only.set(flag(!self.hits_only.get_untracked()));
    }

    /// Shows all levels and outputs again.
    pub(super) fn show_all(self) {
        self.set_hidden.set(None);
        self.set_outputs.set(None);
        self.set_hits_only.set(None);
    }

    /// Breaks long lines, or not.
    pub(super) fn toggle_wrap(self) {
        toggle(self.wrap, WRAP);
    }

    /// Shows times, or not.
    pub(super) fn toggle_times(self) {
        toggle(self.times, TIMES);
    }
}

fn toggle(signal: RwSignal<bool>, name: &str) {
    let on = !signal.get_untracked();
    storage::write(name, if on { "on" } else { "off" });
    signal.set(on);
}

fn is_on(flag: u8) -> bool {
    flag == 1
}

fn flag(on: bool) -> Option<u8> {
    on.then_some(1)
}

//! The list's state: the address says what is shown, the store has the rows, and together they give the
//! groups in their order. What a person selected and folded lives here too.

use std::{collections::HashSet, sync::Arc};

use leptos::prelude::*;
use shared::{ContainerId, containers::ContainerSummary};

use super::{
    figures::{Figures, is_measured},
    view::{Column, Filter, Group, GroupKey, Grouping, Names, Sort, StateChip, arrange},
};
use crate::{
    components::{container_actions::Target, containers_store::ContainersStore},
    paths,
    ui::clock,
};

/// The list of the page. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct List {
    pub(super) store: ContainersStore,
    /// What was typed into the filter: shown at once, put into the address a moment later.
    text: Memo<Option<String>>,
    set_text: SignalSetter<Option<String>>,
    states: Memo<Option<Names>>,
    set_states: SignalSetter<Option<Names>>,
    grouping: Memo<Option<Grouping>>,
    set_grouping: SignalSetter<Option<Grouping>>,
    sort: Memo<Option<Sort>>,
    set_sort: SignalSetter<Option<Sort>>,
    columns: Memo<Option<Names>>,
    set_columns: SignalSetter<Option<Names>>,
    filter: Memo<Filter>,
    folded: RwSignal<HashSet<GroupKey>>,
    selected: RwSignal<HashSet<ContainerId>>,
}

impl List {
    /// Reads the address and follows the store.
    pub(super) fn provide() -> Self {
        let (text, set_text) = paths::use_query_param::<String>("q");
        let (states, set_states) = paths::use_query_param::<Names>("state");
        let (grouping, set_grouping) = paths::use_query_param::<Grouping>("group");
        let (sort, set_sort) = paths::use_query_param::<Sort>("sort");
        let (columns, set_columns) = paths::use_query_param::<Names>("columns");
        let filter = Memo::new(move |_| {
            let states = states.get().unwrap_or_default().0;
            Filter::new(&text.get().unwrap_or_default(), &states)
        });
        let list = Self {
            store: ContainersStore::use_store(),
            text,
            set_text,
            states,
            set_states,
            grouping,
            set_grouping,
            sort,
            set_sort,
            columns,
            set_columns,
            filter,
            folded: RwSignal::new(HashSet::new()),
            selected: RwSignal::new(HashSet::new()),
        };
        provide_context(list);
        // What is gone is not selected any more.
        Effect::new(move || {
            let ids: HashSet<ContainerId> = list.store.ids().into_iter().collect();
            if list.selected.with_untracked(|selected| selected.iter().any(|id| !ids.contains(id))) {
                list.selected.update(|selected| selected.retain(|id| ids.contains(id)));
            }
        });
        list
    }

    /// The rows that pass, grouped and in order; tracked. `figures` are looked at for the sorting only.
    pub(super) fn groups(self, figures: Figures) -> Vec<Group> {
        let sort = self.sort();
        if matches!(sort.column, Column::Cpu | Column::Memory) {
            // Rows that jump every second cannot be read: they are sorted anew with the clock.
            clock::now();
        }
        let rows = self.shown();
        arrange(rows, self.grouping(), sort, &|id, column| {
            let sample = figures.latest(id)?;
            let alive = self.store.row(id)?.with_untracked(|row| is_measured(row.state));
            alive.then_some(match column {
                Column::Memory => sample.memory as f64,
                _ => f64::from(sample.cpu_millis),
            })
        })
    }

    /// The rows that pass, in no order; tracked.
    pub(super) fn shown(self) -> Vec<Arc<ContainerSummary>> {
        self.filter.with(|filter| {
            let mut rows = self.store.all();
            if !filter.is_empty() {
                rows.retain(|row| filter.passes(row));
            }
            rows
        })
    }

    /// How many rows each chip would leave, by the text alone; tracked.
    pub(super) fn chip_counts(self) -> [usize; 5] {
        let mut counts = [0; 5];
        self.filter.with(|filter| {
            for row in self.store.all() {
                if !filter.passes_text(&row) {
                    continue;
                }
                let key = crate::ui::state::condition_key(row.condition());
                for (chip, count) in StateChip::ALL.iter().zip(counts.iter_mut()) {
                    *count += usize::from(chip.keys().contains(&key));
                }
            }
        });
        counts
    }

    /// Whether anything is filtered out; tracked.
    pub(super) fn is_filtered(self) -> bool {
        self.filter.with(|filter| !filter.is_empty())
    }

    /// The text of the filter; tracked.
    pub(super) fn text(self) -> String {
        self.text.get().unwrap_or_default()
    }

    pub(super) fn set_text(self, text: String) {
        self.set_text.set((!text.is_empty()).then_some(text));
    }

    pub(super) fn clear_filter(self) {
        self.set_text.set(None);
        self.set_states.set(None);
    }

    /// Whether a chip is on (`true`), off, or on for a part of its states (`mixed`); tracked.
    pub(super) fn chip(self, chip: StateChip) -> &'static str {
        let states = self.states.get().unwrap_or_default().0;
        let on = chip.keys().iter().filter(|key| states.iter().any(|state| state == **key)).count();
        match on {
            0 => "false",
            on if on == chip.keys().len() => "true",
            _ => "mixed",
        }
    }

    pub(super) fn toggle_chip(self, chip: StateChip) {
        let was_on = untrack(|| self.chip(chip)) != "false";
        let mut states = self.states.get_untracked().unwrap_or_default().0;
        states.retain(|state| !chip.keys().contains(&state.as_str()));
        if !was_on {
            states.extend(chip.keys().iter().map(|key| (*key).to_owned()));
        }
        self.set_states.set((!states.is_empty()).then_some(Names(states)));
    }

    /// What the rows are grouped by; tracked.
    pub(super) fn grouping(self) -> Grouping {
        self.grouping.get().unwrap_or(Grouping::Stack)
    }

    pub(super) fn set_grouping(self, grouping: Grouping) {
        self.set_grouping.set((grouping != Grouping::Stack).then_some(grouping));
    }

    /// What the rows are sorted by; tracked.
    pub(super) fn sort(self) -> Sort {
        self.sort.get().unwrap_or_default()
    }

    /// Sorts by a column; by the same one again, the other way round. Figures begin with the highest.
    pub(super) fn sort_by(self, column: Column) {
        let now = self.sort.get_untracked().unwrap_or_default();
        let highest_first = matches!(column, Column::Cpu | Column::Memory | Column::Created);
        let next = if now.column == column {
            Sort { column, descending: !now.descending }
        } else {
            Sort { column, descending: highest_first }
        };
        self.set_sort.set((next != Sort::default()).then_some(next));
    }

    /// The columns that were chosen, in their fixed order; tracked.
    pub(super) fn columns(self) -> Vec<Column> {
        match self.columns.get() {
            None => Column::USUAL.to_vec(),
            Some(names) => Column::ALL
                .iter()
                .copied()
                .filter(|column| *column == Column::Name || names.0.iter().any(|name| name == column.key()))
                .collect(),
        }
    }

    /// Whether the person chose other columns than the usual; tracked.
    pub(super) fn has_chosen_columns(self) -> bool {
        self.columns.with(Option::is_some)
    }

    pub(super) fn toggle_column(self, column: Column) {
        let chosen = untrack(|| self.columns());
        let next: Vec<Column> = Column::ALL
            .iter()
            .copied()
            .filter(|other| if *other == column { !chosen.contains(other) } else { chosen.contains(other) })
            .collect();
        if next == Column::USUAL {
            self.reset_columns();
        } else {
            let names = next.iter().map(|column| column.key().to_owned()).collect();
            self.set_columns.set(Some(Names(names)));
        }
    }

    pub(super) fn reset_columns(self) {
        self.set_columns.set(None);
    }

    /// Whether a group's rows are shown; tracked.
    pub(super) fn is_open(self, key: &GroupKey) -> bool {
        self.folded.with(|folded| !folded.contains(key))
    }

    pub(super) fn toggle_group(self, key: &GroupKey) {
        self.folded.update(|folded| {
            if !folded.remove(key) {
                folded.insert(key.clone());
            }
        });
    }

    /// Whether a row is selected; tracked.
    pub(super) fn is_selected(self, id: &ContainerId) -> bool {
        self.selected.with(|selected| selected.contains(id))
    }

    /// Whether anything is; tracked.
    pub(super) fn is_selecting(self) -> bool {
        self.selected.with(|selected| !selected.is_empty())
    }

    pub(super) fn select(self, id: &ContainerId, on: bool) {
        self.selected.update(|selected| {
            if on {
                selected.insert(id.clone());
            } else {
                selected.remove(id);
            }
        });
    }

    pub(super) fn select_all(self, ids: &[ContainerId], on: bool) {
        self.selected.update(|selected| {
            for id in ids {
                if on {
                    selected.insert(id.clone());
                } else {
                    selected.remove(id);
                }
            }
        });
    }

    pub(super) fn clear_selection(self) {
        self.selected.set(HashSet::new());
    }

    /// How many of these are selected; tracked.
    pub(super) fn selected_of(self, ids: &[ContainerId]) -> usize {
        self.selected.with(|selected| ids.iter().filter(|id| selected.contains(*id)).count())
    }

    /// The selected rows that the filter leaves, by name; tracked. What is not shown is not acted on.
    pub(super) fn selection(self) -> Vec<Arc<ContainerSummary>> {
        let mut rows = self.shown();
        self.selected.with(|selected| rows.retain(|row| selected.contains(&row.id)));
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        rows
    }

    /// The selected rows as targets of an action.
    pub(super) fn targets(self) -> Vec<Target> {
        untrack(|| self.selection()).iter().map(|row| Target::from(&**row)).collect()
    }
}

/// The list of the page.
pub(super) fn use_list() -> List {
    use_context::<List>().unwrap_or_else(List::provide)
}

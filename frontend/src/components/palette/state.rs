//! What the open palette is at: what was typed, what is marked, whose actions are shown; the keys move it.

use std::{collections::VecDeque, rc::Rc};

use leptos::{ev, prelude::*, task::spawn_local};
use shared::ContainerId;

use super::{
    entries::{Act, Candidate, Entry, Source},
    remember,
};
use crate::{
    components::{
        container_actions::{Target, use_actions},
        containers_store::ContainersStore,
        error_text::error_text,
        palette_open::{PaletteOpen, use_palette_open},
        theme::use_theme,
    },
    i18n::{t_string, use_i18n},
    paths,
    session::use_session,
    ui::toast::use_toasts,
};

/// So many entries are leapt over by the page keys.
const LEAP: i64 = 8;

/// The state of the open palette. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct State {
    open: PaletteOpen,
    store: ContainersStore,
    /// What was typed.
    pub(super) typed: RwSignal<String>,
    /// The container whose actions are shown.
    pub(super) inside: RwSignal<Option<ContainerId>>,
    selected: RwSignal<usize>,
    /// What answers.
    pub(super) entries: Memo<Vec<Entry>>,
    /// The number of the marked entry.
    pub(super) mark: Memo<usize>,
    act: StoredValue<Rc<dyn Fn(Entry)>, LocalStorage>,
}

impl State {
    /// The palette as it opens.
    pub(super) fn new(recent: StoredValue<VecDeque<String>>) -> Self {
        let i18n = use_i18n();
        let session = use_session();
        let theme = use_theme();
        let store = ContainersStore::use_store();
        let typed = RwSignal::new(String::new());
        let inside = RwSignal::new(None::<ContainerId>);
        let selected = RwSignal::new(0_usize);
        let candidates = Memo::new(move |_| store.all().into_iter().map(Candidate::new).collect::<Vec<_>>());
        let entries = Memo::new(move |_| {
            let environment = store.environment();
            recent.with_value(|recent| {
                candidates.with(|candidates| {
                    let source =
                        Source { i18n, session, theme, environment: &environment, candidates, recent };
                    typed.with(|typed| match inside.get() {
                        Some(id) => source.actions_on(&id, typed),
                        None => source.entries(typed),
                    })
                })
            })
        });
        let mark = Memo::new(move |_| selected.get().min(entries.with(Vec::len).saturating_sub(1)));
        let act: Rc<dyn Fn(Entry)> = doer(store, recent);
        Self {
            open: use_palette_open(),
            store,
            typed,
            inside,
            selected,
            entries,
            mark,
            act: StoredValue::new_local(act),
        }
    }

    /// The name of the container whose actions are shown; tracked.
    pub(super) fn inside_name(self) -> Option<String> {
        self.store.row(&self.inside.get()?).map(|row| row.get().name.clone())
    }

    /// The marked entry; tracked.
    pub(super) fn marked(self) -> Option<Entry> {
        self.entries.with(|entries| entries.get(self.mark.get()).cloned())
    }

    /// Something was typed: the first that answers is marked.
    pub(super) fn type_text(self, text: String) {
        self.typed.set(text);
        self.choose(0);
    }

    /// Marks an entry.
    pub(super) fn choose(self, index: usize) {
        self.selected.set(index);
    }

    /// The palette stands and has the focus: takes up what was typed before.
    pub(super) fn begin(self) {
        let mut text = String::new();
        let keys = self.open.take_early();
        let is_run = keys.iter().any(|key| key == "Enter");
        for key in keys {
            if key == "Backspace" {
                text.pop();
            } else if key.chars().count() == 1 {
                text.push_str(&key);
            }
        }
        if !text.is_empty() {
            self.type_text(text);
        }
        if is_run {
            self.run_marked();
        }
    }

    fn run_marked(self) {
        if let Some(entry) = untrack(|| self.marked()) {
            self.run(entry);
        }
    }

    /// Closes the palette.
    pub(super) fn close(self) {
        self.open.close();
    }

    /// Does what an entry offers, and closes; nothing for one that may not be done.
    pub(super) fn run(self, entry: Entry) {
        if entry.disabled_why.is_some() {
            return;
        }
        let act = self.act.get_value();
        self.close();
        act(entry);
    }

    /// What the keys do.
    pub(super) fn on_key(self, event: &ev::KeyboardEvent) {
        if event.is_composing() {
            return;
        }
        let is_inside = self.inside.with_untracked(Option::is_some);
        match event.key().as_str() {
            "ArrowDown" => self.step(1),
            "ArrowUp" => self.step(-1),
            "PageDown" => self.leap(LEAP),
            "PageUp" => self.leap(-LEAP),
            "Enter" => self.run_marked(),
            "Tab" if event.shift_key() && is_inside => self.back(),
            "Tab" if !is_inside => self.enter(),
            "Tab" => {}
            "Escape" if is_inside => self.back(),
            "Escape" => self.close(),
            "Backspace" if is_inside && self.typed.with_untracked(String::is_empty) => self.back(),
            _ => return,
        }
        event.prevent_default();
    }

    /// Shows the actions of the marked container.
    fn enter(self) {
        if let Some(id) = untrack(|| self.marked()).and_then(|entry| entry.container) {
            self.inside.set(Some(id));
            self.type_text(String::new());
        }
    }

    fn back(self) {
        self.inside.set(None);
        self.type_text(String::new());
    }

    /// To the next or the one before, round and round.
    fn step(self, by: i64) {
        let count = self.entries.with_untracked(Vec::len) as i64;
        if count > 0 {
            let next = (self.mark.get_untracked() as i64 + by).rem_euclid(count);
            self.choose(usize::try_from(next).unwrap_or_default());
        }
    }

    /// Further at once, but not beyond the ends.
    fn leap(self, by: i64) {
        let last = (self.entries.with_untracked(Vec::len) as i64 - 1).max(0);
        let next = (self.mark.get_untracked() as i64 + by).clamp(0, last);
        self.choose(usize::try_from(next).unwrap_or_default());
    }
}

/// What does what an entry offers; made while the page's contexts can be had.
fn doer(store: ContainersStore, recent: StoredValue<VecDeque<String>>) -> Rc<dyn Fn(Entry)> {
    let i18n = use_i18n();
    let session = use_session();
    let theme = use_theme();
    let toasts = use_toasts();
    let actions = use_actions();
    let go = paths::use_go();
    Rc::new(move |entry: Entry| {
        let row = entry.container.as_ref().and_then(|id| store.row(id)).map(|row| row.get_untracked());
        if let Some(row) = &row {
            remember(recent, row.name.clone());
        }
        match entry.act {
            Act::Go(path) => go(&path),
            Act::Container(action) => {
                if let Some(row) = row {
                    actions.request(action, Target::from(&*row));
                }
            }
            Act::Theme(chosen) => theme.set(chosen),
            Act::Language(locale) => i18n.choose(locale),
            Act::SignOut => spawn_local(async move {
                if let Err(error) = session.sign_out().await {
                    toasts.failure(t_string!(i18n, shell.sign_out_failed), error_text(i18n, &error));
                }
            }),
        }
    })
}

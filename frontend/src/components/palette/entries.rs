//! What the palette offers for what was typed: actions, places, settings. Pure but for the words.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use shared::{
    ContainerId, EnvironmentId,
    commands::{line, on_containers},
    containers::{Condition, ContainerAction, ContainerSummary},
};

use super::{
    matching::{Hay, Hit, Needle},
    words::{self, Page},
};
use crate::{
    components::{
        container_actions::{action_icon, action_of},
        error_text::why_not,
        theme::{Theme, ThemeChoice},
    },
    i18n::{I18n, Locale, t_string},
    paths,
    session::SessionContext,
    ui::{
        icon::Icon,
        state::{condition_key, condition_word},
    },
};

/// How many actions are offered for what was typed.
const MOST_ACTIONS: usize = 6;
/// How many places.
const MOST_PLACES: usize = 30;
/// How many containers while nothing was typed.
const MOST_AT_REST: usize = 8;
/// What having been there lately is worth.
const RECENT: i32 = 30;

/// What an entry does.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    /// Goes to a place.
    Go(String),
    /// Does something to the entry's container.
    Container(ContainerAction),
    /// Chooses the theme.
    Theme(Theme),
    /// Chooses the language.
    Language(Locale),
    /// Signs out.
    SignOut,
}

/// What stands before an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Glyph {
    Icon(Icon),
    State(Condition),
}

/// Under which heading an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Recent,
    Do,
    Go,
    Settings,
    Actions,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) group: Group,
    pub(super) glyph: Glyph,
    pub(super) title: String,
    /// What was found in the title.
    pub(super) found: Vec<Range<usize>>,
    pub(super) note: String,
    /// At the line's end: what kind of thing it is.
    pub(super) kind: String,
    pub(super) act: Act,
    /// The container that Tab shows the actions of.
    pub(super) container: Option<ContainerId>,
    /// The command it amounts to.
    pub(super) command: Option<String>,
    /// Why it may not be done.
    pub(super) disabled_why: Option<String>,
}

impl Entry {
    /// A line without extras.
    pub(super) fn new(group: Group, icon: Icon, title: String, act: Act) -> Self {
        Self {
            group,
            glyph: Glyph::Icon(icon),
            title,
            found: Vec::new(),
            note: String::new(),
            kind: String::new(),
            act,
            container: None,
            command: None,
            disabled_why: None,
        }
    }
}

/// A container with its name and the rest, folded for searching.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    row: Arc<ContainerSummary>,
    name: Hay,
    whole: Hay,
}

impl Candidate {
    /// Folds what is searched of a container.
    pub(super) fn new(row: Arc<ContainerSummary>) -> Self {
        let whole = format!("{} {} {}", row.name, row.image, row.stack.as_deref().unwrap_or_default());
        Self { name: Hay::new(row.name.clone()), whole: Hay::new(whole), row }
    }

    /// How well it answers, and what of its name was found.
    fn find(&self, needle: &Needle) -> Option<(i32, Vec<Range<usize>>)> {
        if let Some(hit) = self.name.find(needle) {
            return Some((hit.score, hit.ranges));
        }
        let hit = self.whole.find_plainly(needle)?;
        let ranges = hit.ranges.into_iter().filter(|range| range.end <= self.row.name.len()).collect();
        Some((hit.score / 2, ranges))
    }
}

/// What the entries are made from.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) i18n: I18n,
    pub(super) session: SessionContext,
    pub(super) theme: ThemeChoice,
    pub(super) environment: &'a EnvironmentId,
    pub(super) candidates: &'a [Candidate],
    /// Places and containers visited lately, the last first, by title.
    pub(super) recent: &'a VecDeque<String>,
}

impl Source<'_> {
    /// What answers.
    pub(super) fn entries(&self, typed: &str) -> Vec<Entry> {
        let needle = Needle::new(typed);
        if needle.is_empty() {
            return self.at_rest();
        }
        let mut entries = self.actions(&needle);
        entries.extend(self.places(&needle));
        entries.extend(found_in(self.settings(), &needle).into_iter().map(|(_, entry)| entry));
        entries
    }

    /// The actions on one container.
    pub(super) fn actions_on(&self, id: &ContainerId, typed: &str) -> Vec<Entry> {
        let Some(candidate) = self.candidates.iter().find(|candidate| candidate.row.id == *id) else {
            return Vec::new();
        };
        let mut entries = words::views(self.i18n, self.session, self.environment, &candidate.row);
        entries.extend(
            ContainerAction::ALL.into_iter().filter(|action| action.allowed_in(candidate.row.state)).map(
                |action| {
                    let title = action_of(self.i18n, action, &candidate.row.name);
                    let disabled_why = why_not(
                        self.i18n,
                        self.session,
                        action.needs(),
                        candidate.row.target(self.environment),
                    );
                    Entry { disabled_why, ..self.action(Group::Actions, action, &candidate.row, title) }
                },
            ),
        );
        let needle = Needle::new(typed);
        if needle.is_empty() {
            return entries;
        }
        let mut found = found_in(entries, &needle);
        found.sort_by_key(|(score, _)| -score);
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// While nothing was typed: where one was lately, the pages, the containers that need a look first.
    fn at_rest(&self) -> Vec<Entry> {
        let mut containers: Vec<&Candidate> = self.candidates.iter().collect();
        containers.sort_by(|a, b| {
            (self.since_visit(&a.row.name), a.row.condition(), &a.row.name).cmp(&(
                self.since_visit(&b.row.name),
                b.row.condition(),
                &b.row.name,
            ))
        });
        let mut entries: Vec<Entry> = containers
            .iter()
            .filter(|candidate| self.recent.contains(&candidate.row.name))
            .map(|candidate| Entry { group: Group::Recent, ..self.place(candidate, Vec::new()) })
            .collect();
        entries.extend(self.pages());
        let others = containers.iter().filter(|candidate| !self.recent.contains(&candidate.row.name));
        entries.extend(others.take(MOST_AT_REST).map(|candidate| self.place(candidate, Vec::new())));
        entries.extend(self.settings());
        entries
    }

    /// How many were visited since; the same for all that were not visited at all.
    fn since_visit(&self, title: &str) -> usize {
        self.recent.iter().position(|recent| recent == title).unwrap_or(usize::MAX)
    }

    fn bonus(&self, title: &str) -> i32 {
        if self.recent.iter().any(|recent| recent == title) { RECENT } else { 0 }
    }

    /// “res web”: a verb, and for which container.
    fn actions(&self, needle: &Needle) -> Vec<Entry> {
        let mut scored: Vec<(i32, Entry)> = Vec::new();
        for action in ContainerAction::ALL {
            let verb = words::verb(self.i18n, action);
            let (begins, rest) = needle.split_by(&Hay::new(verb.clone()));
            if begins.is_empty() {
                continue;
            }
            for candidate in self.candidates.iter().filter(|one| {
                action.allowed_in(one.row.state)
                    && self.session.may_on(action.needs(), self.environment, &one.row)
            }) {
                // Enter does it at once: only a name that was really typed is good enough.
                let Some(Hit { score, .. }) = candidate.name.find_plainly(&rest) else { continue };
                let title = action_of(self.i18n, action, &candidate.row.name);
                let found = Hay::new(title.clone()).find(needle).map(|hit| hit.ranges).unwrap_or_default();
                let entry = self.action(Group::Do, action, &candidate.row, title);
                scored.push((score + self.bonus(&candidate.row.name), Entry { found, ..entry }));
            }
        }
        best(scored, MOST_ACTIONS)
    }

    fn action(&self, group: Group, action: ContainerAction, row: &ContainerSummary, title: String) -> Entry {
        Entry {
            note: condition_word(self.i18n, row.condition(), row.exit_code),
            container: Some(row.id.clone()),
            command: Some(line(&on_containers(action.command(), &[], &[&row.name]))),
            ..Entry::new(group, action_icon(action), title, Act::Container(action))
        }
    }

    fn places(&self, needle: &Needle) -> Vec<Entry> {
        let mut scored = found_in(self.pages(), needle);
        for candidate in self.candidates {
            if let Some((score, found)) = candidate.find(needle) {
                scored.push((score + self.bonus(&candidate.row.name), self.place(candidate, found)));
            }
        }
        best(scored, MOST_PLACES)
    }

    fn place(&self, candidate: &Candidate, found: Vec<Range<usize>>) -> Entry {
        let row = &candidate.row;
        Entry {
            glyph: Glyph::State(row.condition()),
            found,
            note: format!("{} · {}", condition_word(self.i18n, row.condition(), row.exit_code), row.image),
            kind: t_string!(self.i18n, palette.kind.container),
            container: Some(row.id.clone()),
            ..Entry::new(
                Group::Go,
                Icon::Container,
                row.name.clone(),
                Act::Go(paths::container(self.environment, &row.name)),
            )
        }
    }

    fn pages(&self) -> Vec<Entry> {
        Page::ALL
            .into_iter()
            .filter(|page| {
                page.needs().is_none_or(|permission| self.session.may(permission, shared::Target::Console))
            })
            .map(|page| Entry {
                kind: t_string!(self.i18n, palette.kind.page),
                disabled_why: page.why_off(self.i18n, self.session, self.environment),
                ..Entry::new(
                    Group::Go,
                    page.icon(),
                    page.word(self.i18n),
                    Act::Go(page.path(self.environment)),
                )
            })
            .collect()
    }

    fn settings(&self) -> Vec<Entry> {
        words::settings(self.i18n, self.theme)
    }
}

/// Those whose title answers, with how well.
fn found_in(entries: Vec<Entry>, needle: &Needle) -> Vec<(i32, Entry)> {
    entries
        .into_iter()
        .filter_map(|entry| {
            let hit = Hay::new(entry.title.clone()).find(needle)?;
            Some((hit.score, Entry { found: hit.ranges, ..entry }))
        })
        .collect()
}

fn best(mut scored: Vec<(i32, Entry)>, most: usize) -> Vec<Entry> {
    scored.sort_by(|(a_score, a), (b_score, b)| (-a_score, &a.title).cmp(&(-b_score, &b.title)));
    scored.truncate(most);
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// The class word of a glyph's state.
pub(super) fn state_key(condition: Condition) -> &'static str {
    condition_key(condition)
}

//! Searching the lines: piece by piece in a worker, so that neither many lines nor a slow expression stops the
//! page.
//!
//! Belongs here: what has been searched, what is asked, and the places of hits in what is drawn. Does not: which
//! lines have hits (`model`).

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::{
    log::{Log, SearchTrouble},
    model::Model,
    pieces,
    selection::Search,
    store::Content,
};
use crate::interop::search::{self, Job, Reply, Searcher};

/// So much text is searched in one go, in bytes; and so many lines.
const PIECE: (usize, usize) = (512 * 1024, 20_000);
/// An expression that needs longer than this for one piece is given up, in milliseconds.
const PATIENCE_MS: u32 = 3_000;

/// Where in what is drawn of a line something was found: its message, then the lines of its document.
pub(super) type Places = Rc<Vec<Vec<(u32, u32)>>>;

enum Asked {
    /// Which of these lines have hits.
    Lines(Vec<u64>),
    /// Where in these lines, each with so many texts.
    Places(Vec<(u64, usize)>),
}

/// The search of one log view.
#[derive(Default)]
pub(super) struct Looking {
    search: RefCell<Search>,
    active: Cell<bool>,
    searcher: RefCell<Option<Searcher>>,
    /// All lines before this one have been asked for.
    next: Cell<u64>,
    /// Lines that came later into a place before it.
    again: RefCell<VecDeque<(u64, u64)>>,
    asked: RefCell<HashMap<u32, Asked>>,
    last_id: Cell<u32>,
    places: RefCell<HashMap<u64, Option<Places>>>,
    wanted: RefCell<Vec<u64>>,
    patience: RefCell<Option<Timeout>>,
}

impl Looking {
    /// Begins another search; says at once if the expression is none.
    pub(super) fn begin(&self, search: Search) -> Option<SearchTrouble> {
        self.forget();
        let checked =
            if search.text.is_empty() { Ok(()) } else { search::check(&search.pattern(), search.flags()) };
        self.active.set(!search.text.is_empty() && checked.is_ok());
        *self.search.borrow_mut() = search;
        checked.err().map(SearchTrouble::Invalid)
    }

    /// The lines are others now.
    pub(super) fn restart(&self) {
        self.forget();
    }

    fn forget(&self) {
        self.next.set(0);
        self.again.borrow_mut().clear();
        self.places.borrow_mut().clear();
        self.wanted.borrow_mut().clear();
        self.patience.take();
        if !self.asked.borrow().is_empty() {
            // Its answers would be of no use, and it may take long to give them.
            self.asked.borrow_mut().clear();
            self.searcher.take();
        }
    }

    /// Ends the worker.
    pub(super) fn close(&self) {
        self.forget();
        self.active.set(false);
        self.searcher.take();
    }

    /// Whether there are lines that were not searched yet.
    pub(super) fn is_busy(&self, model: &Model) -> bool {
        self.active.get()
            && (self.next.get() < model.store.next()
                || !self.again.borrow().is_empty()
                || self.asked.borrow().values().any(|asked| matches!(asked, Asked::Lines(_))))
    }

    /// So many lines from this one on came into a gap.
    pub(super) fn look_again(&self, sequence: u64, lines: u64) {
        if self.active.get() && sequence < self.next.get() && lines > 0 {
            self.again.borrow_mut().push_back((sequence, sequence.saturating_add(lines)));
        }
    }

    /// Has the next piece searched, if there is one and the worker has nothing to do.
    pub(super) fn step(&self, log: &Log) {
        if !self.active.get() || self.asked.borrow().values().any(|asked| matches!(asked, Asked::Lines(_))) {
            return;
        }
        let model = log.model.borrow();
        let again = self.again.borrow_mut().pop_front();
        let (from, to) = again.unwrap_or((self.next.get(), u64::MAX));
        let mut text = String::new();
        let mut sequences = Vec::new();
        let mut end = from;
        let (bytes, lines) = PIECE;
        for entry in model.store.entries_from(from).take_while(|entry| entry.sequence < to) {
            if text.len() >= bytes || sequences.len() >= lines {
                break;
            }
            end = entry.sequence.saturating_add(1);
            if let Content::Line(line) = &entry.content {
                if !sequences.is_empty() {
                    text.push('\n');
                }
                text.push_str(&line.plain());
                sequences.push(entry.sequence);
            }
        }
        drop(model);
        match again {
            None => self.next.set(end.max(from)),
            Some(_) if end < to && end > from => self.again.borrow_mut().push_front((end, to)),
            Some(_) => {}
        }
        if !sequences.is_empty() {
            self.ask(log, &text, Asked::Lines(sequences));
        }
    }

    /// The places of a line, if they are known; else they are asked for soon. `hit` says whether there are any.
    pub(super) fn places(&self, sequence: u64, hit: bool) -> Option<Places> {
        if !self.active.get() || !hit {
            return None;
        }
        let mut places = self.places.borrow_mut();
        if let Some(known) = places.get(&sequence) {
            return known.clone();
        }
        places.insert(sequence, None);
        self.wanted.borrow_mut().push(sequence);
        None
    }

    /// A line is drawn in another way now.
    pub(super) fn forget_places(&self, sequence: u64) {
        self.places.borrow_mut().remove(&sequence);
    }

    /// Asks for the places of the lines that were drawn without knowing them.
    pub(super) fn ask_places(&self, log: &Log) {
        let wanted = std::mem::take(&mut *self.wanted.borrow_mut());
        if wanted.is_empty() {
            return;
        }
        let model = log.model.borrow();
        let mut text = String::new();
        let mut rows = Vec::new();
        for sequence in wanted {
            let Some(line) = model.store.line(sequence) else { continue };
            let drawn = pieces::draw(line, model.is_open(sequence));
            for pieces in std::iter::once(&drawn.message).chain(&drawn.document) {
                if !text.is_empty() || !rows.is_empty() {
                    text.push('\n');
                }
                text.push_str(&pieces::text_of(pieces));
                // So that an empty first text is not taken for none.
                if rows.last().is_none_or(|(last, _)| *last != sequence) {
                    rows.push((sequence, 0));
                }
                if let Some((_, count)) = rows.last_mut() {
                    *count += 1;
                }
            }
        }
        drop(model);
        self.ask(log, &text, Asked::Places(rows));
    }

    fn ask(&self, log: &Log, text: &str, asked: Asked) {
        if self.searcher.borrow().is_none() {
            let weak = log.weak();
            let searcher = Searcher::start(move |reply| {
                if let Some(log) = weak.upgrade() {
                    log.looking.answered(&log, reply);
                }
            });
            if searcher.is_none() {
                self.active.set(false);
                log.shown.trouble.set(Some(SearchTrouble::Unable));
                return;
            }
            *self.searcher.borrow_mut() = searcher;
        }
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        let places = matches!(asked, Asked::Places(_));
        self.asked.borrow_mut().insert(id, asked);
        let search = self.search.borrow();
        if let Some(searcher) = self.searcher.borrow().as_ref() {
            searcher.ask(Job { id, pattern: &search.pattern(), flags: search.flags(), text, places });
        }
        self.be_patient(log);
    }

    fn be_patient(&self, log: &Log) {
        let log = log.weak();
        *self.patience.borrow_mut() = Some(Timeout::new(PATIENCE_MS, move || {
            if let Some(log) = log.upgrade() {
                log.looking.close();
                log.shown.trouble.set(Some(SearchTrouble::TooSlow));
                log.schedule();
            }
        }));
    }

    fn answered(&self, log: &Log, reply: Reply) {
        let Some(asked) = self.asked.borrow_mut().remove(&reply.id) else { return };
        if self.asked.borrow().is_empty() {
            self.patience.take();
        } else {
            self.be_patient(log);
        }
        match asked {
            Asked::Lines(sequences) => {
                let at = |index: &u32| sequences.get(*index as usize).copied();
                let found: Vec<u64> = reply.found.iter().filter_map(at).collect();
                log.model.borrow_mut().found(&found);
                // At once, not in the next frame: the worker is not to wait for drawing.
                self.step(log);
            }
            Asked::Places(rows) => self.keep(&rows, &reply.found),
        }
        log.schedule();
    }

    fn keep(&self, rows: &[(u64, usize)], found: &[u32]) {
        let mut triples = found.chunks_exact(3).peekable();
        let mut first = 0_usize;
        let mut places = self.places.borrow_mut();
        // What is far away by now is not kept.
        if places.len() > 2_000 {
            places.clear();
        }
        for (sequence, count) in rows {
            let mut texts = vec![Vec::new(); *count];
            while let Some([line, begin, end]) = triples.peek() {
                let Some(text) = (*line as usize).checked_sub(first).and_then(|index| texts.get_mut(index))
                else {
                    break;
                };
                text.push((*begin, *end));
                triples.next();
            }
            first += count;
            places.insert(*sequence, Some(Rc::new(texts)));
        }
    }
}

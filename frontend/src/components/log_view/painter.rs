//! Drawing the rows that can be seen, and no others: within one turn, so that nobody sees a wrong place.
//!
//! Belongs here: the scrolled element, the rows in it, measuring them. Does not: what a row looks like (`row`).
//! Rows are plain elements without reactivity: hundreds of them come and go in a second.

use leptos::{
    prelude::*,
    tachys::view::{Mountable, any_view::AnyViewState},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    looking::{Looking, Places},
    model::{Eye, Metrics, Model},
    row::{self, Row},
};
use crate::i18n::I18n;

/// The place that a person has scrolled to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// From the top, in pixels.
    pub(super) top: f64,
    /// Nothing is below.
    pub(super) at_end: bool,
}

/// What decides whether a drawn row still is right.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    sequence: u64,
    open: bool,
    current: bool,
    places: Option<Places>,
}

struct Drawn {
    key: Key,
    /// Its height is known.
    measured: bool,
    element: Element,
    state: AnyViewState,
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.state.unmount();
    }
}

/// The elements of the view, and the rows drawn in it.
pub(super) struct Painter {
    i18n: I18n,
    view: HtmlElement,
    before: HtmlElement,
    after: HtmlElement,
    drawn: Vec<Drawn>,
    wrap: bool,
    metrics_known: bool,
    /// Where this code has scrolled to; elsewhere is where the person has.
    scrolled_to: f64,
    heights: (f64, f64),
    generation: u32,
}

impl Painter {
    /// Draws into `view`, between two elements that stand for what is not drawn.
    pub(super) fn new(i18n: I18n, view: HtmlElement, before: HtmlElement, after: HtmlElement) -> Self {
        Self {
            i18n,
            view,
            before,
            after,
            drawn: Vec::new(),
            wrap: true,
            metrics_known: false,
            scrolled_to: 0.0,
            heights: (-1.0, -1.0),
            generation: 0,
        }
    }

    /// Breaks long lines, or not.
    pub(super) fn set_wrap(&mut self, wrap: bool) {
        self.wrap = wrap;
        self.measure_anew();
    }

    /// Finds out again how much room there is.
    pub(super) fn measure_anew(&mut self) {
        self.metrics_known = false;
        self.drawn.iter_mut().for_each(|drawn| drawn.measured = false);
    }

    /// The height of what can be seen, in pixels.
    pub(super) fn height(&self) -> f64 {
        f64::from(self.view.client_height())
    }

    /// Where the person has scrolled to; absent if it was not they.
    pub(super) fn scrolled(&self) -> Option<Place> {
        let top = f64::from(self.view.scroll_top());
        if (top - self.scrolled_to).abs() < 1.5 {
            return None;
        }
        let most = f64::from(self.view.scroll_height() - self.view.client_height());
        Some(Place { top, at_end: top >= most - 2.0 })
    }

    /// All rows are drawn anew at the next turn.
    pub(super) fn forget(&mut self) {
        self.drawn.clear();
        self.metrics_known = false;
    }

    /// Draws what the model says.
    pub(super) fn paint(&mut self, model: &mut Model, looking: &Looking) {
        let height = self.height();
        if height <= 0.0 {
            return;
        }
        // Rows that turn out higher or lower than was thought change what can be seen: seldom more than once.
        for _ in 0..3 {
            let window = model.window(height);
            self.set_rows(model, looking, &window.sequences);
            self.set_heights(window.before, window.after);
            let resized = self.measure_columns(model);
            if !self.measure_rows(model) && !resized {
                break;
            }
        }
        let window = model.window(height);
        self.set_heights(window.before, window.after);
        self.scroll(model, height);
    }

    fn scroll(&mut self, model: &Model, height: f64) {
        let target = match model.eye() {
            // The browser knows the end to the fraction of a pixel.
            Eye::End => f64::from(self.view.scroll_height()) - height,
            Eye::On(..) => model.scroll_top(height).round(),
        };
        if (f64::from(self.view.scroll_top()) - target).abs() >= 1.0 {
            self.view.set_scroll_top(target as i32);
        }
        self.scrolled_to = f64::from(self.view.scroll_top());
    }

    fn set_rows(&mut self, model: &Model, looking: &Looking, sequences: &[u64]) {
        let current = model.current();
        let keys: Vec<Key> = sequences
            .iter()
            .map(|sequence| Key {
                sequence: *sequence,
                open: model.is_open(*sequence),
                current: current == Some(*sequence),
                places: looking.places(*sequence, model.store.line(*sequence).is_some_and(|line| line.hit)),
            })
            .collect();
        let mut wanted = keys.iter().peekable();
        self.drawn.retain(|drawn| {
            while wanted.next_if(|key| key.sequence < drawn.key.sequence).is_some() {}
            wanted.next_if(|key| **key == drawn.key).is_some()
        });
        for (index, key) in keys.into_iter().enumerate() {
            if self.drawn.get(index).is_some_and(|drawn| drawn.key == key) {
                continue;
            }
            let next = self.drawn.get(index).map_or(&*self.after as &Element, |drawn| &drawn.element).clone();
            if let Some(drawn) = self.draw(model, key, &next) {
                self.drawn.insert(index.min(self.drawn.len()), drawn);
            }
        }
    }

    fn draw(&self, model: &Model, key: Key, next: &Element) -> Option<Drawn> {
        let entry = model.store.get(key.sequence)?;
        let row = Row { open: key.open, current: key.current, places: key.places.as_deref() };
        let mut state = untrack(|| row::view(self.i18n, entry, row).build());
        state.mount(&self.view, Some(next));
        let element = state.elements().into_iter().next()?;
        Some(Drawn { key, measured: false, element, state })
    }

    fn set_heights(&mut self, before: f64, after: f64) {
        if self.heights == (before, after) {
            return;
        }
        self.heights = (before, after);
        for (element, height) in [(&self.before, before), (&self.after, after)] {
            // Through CSSOM, as the content policy wants it; a height is always accepted.
            let _ = element.style().set_property("block-size", &format!("{height}px"));
        }
    }

    /// Measures the rows that are new; returns whether one has another height than was thought.
    fn measure_rows(&mut self, model: &mut Model) -> bool {
        if self.generation != model.generation() {
            self.generation = model.generation();
            self.drawn.iter_mut().for_each(|drawn| drawn.measured = false);
        }
        let mut news = false;
        for drawn in self.drawn.iter_mut().filter(|drawn| !drawn.measured) {
            drawn.measured = true;
            news |= model.measured(drawn.key.sequence, drawn.element.get_bounding_client_rect().height());
        }
        news
    }

    /// Finds out from a drawn line how many characters have room in a row, and what stands beside them.
    fn measure_columns(&mut self, model: &mut Model) -> bool {
        if self.metrics_known {
            return false;
        }
        let Some((line, message)) = self.drawn.iter().find_map(|drawn| {
            let message = drawn.element.query_selector(":scope > .log-message").ok()??;
            (!drawn.key.open).then_some((&drawn.element, message))
        }) else {
            return false;
        };
        self.metrics_known = true;
        let box_of_message = message.get_bounding_client_rect();
        let beside = (line.get_bounding_client_rect().height() - box_of_message.height()).max(0.0);
        let character = self.character_width().unwrap_or(7.2);
        let columns = (box_of_message.width() / character).floor().max(8.0) as usize;
        let metrics = Metrics { beside, columns: self.wrap.then_some(columns), ..Metrics::default() };
        model.set_metrics(metrics)
    }

    fn character_width(&self) -> Option<f64> {
        let probe: HtmlElement = document().create_element("span").ok()?.dyn_into().ok()?;
        probe.set_class_name("log-probe");
        probe.set_text_content(Some(&"0".repeat(50)));
        self.view.append_child(&probe).ok()?;
        let width = probe.get_bounding_client_rect().width() / 50.0;
        probe.remove();
        (width > 0.0).then_some(width)
    }
}

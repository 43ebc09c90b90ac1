//! Whether the command palette is open: the top bar and the keyboard open it, the palette reads it. What is
//! typed before the palette's code has come is kept for it.

use std::time::Duration;

use leptos::{ev, prelude::*};

use crate::components::palette;

/// Whether the command palette is open.
#[derive(Clone, Copy)]
pub(crate) struct PaletteOpen {
    open: RwSignal<bool>,
    /// The keys that were pressed since it was opened, until it takes them.
    early: StoredValue<Option<Vec<String>>>,
}

impl PaletteOpen {
    /// Gives it to the page, and opens on Ctrl K (or ⌘ K).
    pub(crate) fn provide() -> Self {
        let palette = Self { open: RwSignal::new(false), early: StoredValue::new(None) };
        provide_context(palette);
        let handle = window_event_listener(ev::keydown, move |event| palette.on_key(&event));
        on_cleanup(move || handle.remove());
        palette
    }

    /// Whether it is open; tracked.
    pub(crate) fn is_open(self) -> bool {
        self.open.get()
    }

    /// Opens it.
    pub(crate) fn open(self) {
        self.early.set_value(Some(Vec::new()));
        self.open.set(true);
    }

    /// Closes it.
    pub(crate) fn close(self) {
        self.take_early();
        // Closed already when the page is left.
        let _ = self.open.try_set(false);
    }

    /// The palette stands, and hears its keys itself from now on: those that came before.
    pub(crate) fn take_early(self) -> Vec<String> {
        self.early.try_update_value(Option::take).flatten().unwrap_or_default()
    }

    fn on_key(self, event: &ev::KeyboardEvent) {
        let key = event.key();
        let commands = event.ctrl_key() || event.meta_key();
        if matches!(key.as_str(), "Control" | "Meta") {
            palette::prepare();
        } else if commands && !event.shift_key() && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            if self.open.get_untracked() { self.close() } else { self.open() }
        } else if !commands && self.early.with_value(Option::is_some) {
            event.prevent_default();
            if key == "Escape" {
                self.close();
            } else {
                self.early.update_value(|early| early.get_or_insert_default().push(key));
            }
        } else if key == "Escape" && self.open.get_untracked() {
            // The palette's own keys take it as they like; what they do not hear, nor anybody else, closes it.
            let event = event.clone();
            set_timeout(
                move || {
                    if !event.default_prevented() {
                        self.close();
                    }
                },
                Duration::ZERO,
            );
        }
    }
}

/// Whether the command palette is open.
pub(crate) fn use_palette_open() -> PaletteOpen {
    use_context::<PaletteOpen>().unwrap_or_else(PaletteOpen::provide)
}

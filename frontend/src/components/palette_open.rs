//! Whether the command palette is open: the top bar and the keyboard open it, the palette reads it.

use leptos::{ev, prelude::*};

use crate::components::palette;

/// Whether the command palette is open.
#[derive(Clone, Copy)]
pub(crate) struct PaletteOpen(pub(crate) RwSignal<bool>);

impl PaletteOpen {
    /// Gives it to the page, and opens on Ctrl K (or ⌘ K).
    pub(crate) fn provide() -> Self {
        let open = Self(RwSignal::new(false));
        provide_context(open);
        let handle = window_event_listener(ev::keydown, move |event| {
            if matches!(event.key().as_str(), "Control" | "Meta") {
                palette::prepare();
            }
            if (event.ctrl_key() || event.meta_key())
                && !event.shift_key()
                && event.key().eq_ignore_ascii_case("k")
            {
                event.prevent_default();
                open.0.update(|open| *open = !*open);
            }
        });
        on_cleanup(move || handle.remove());
        open
    }
}

/// Whether the command palette is open.
pub(crate) fn use_palette_open() -> RwSignal<bool> {
    use_context::<PaletteOpen>().unwrap_or_else(PaletteOpen::provide).0
}

//! Light, dark, or as the system: kept in this browser, pinned by `data-theme` on `<html>`.

use leptos::prelude::*;
pub(crate) use shared::preferences::Theme;

use crate::ui::storage;

const STORED: &str = "longshore.theme";

/// The name in style sheets and in storage.
pub(crate) fn name(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

fn parse(text: &str) -> Option<Theme> {
    [Theme::System, Theme::Light, Theme::Dark].into_iter().find(|theme| name(*theme) == text)
}

/// The theme of the page.
#[derive(Clone, Copy)]
pub(crate) struct ThemeChoice(RwSignal<Theme>);

impl ThemeChoice {
    /// Reads the person's choice and keeps the page by it.
    pub(crate) fn provide() -> Self {
        let stored = storage::read(STORED).and_then(|text| parse(&text)).unwrap_or(Theme::System);
        let choice = Self(RwSignal::new(stored));
        provide_context(choice);
        Effect::new(move || {
            let Some(root) = document().document_element() else { return };
            // Only fails for a wrong attribute name.
            let _ = match choice.0.get() {
                Theme::System => root.remove_attribute("data-theme"),
                theme @ (Theme::Light | Theme::Dark) => root.set_attribute("data-theme", name(theme)),
            };
        });
        choice
    }

    /// What was chosen; tracked.
    pub(crate) fn get(self) -> Theme {
        self.0.get()
    }

    /// Chooses, and remembers it in this browser.
    pub(crate) fn set(self, theme: Theme) {
        if self.0.get_untracked() != theme {
            self.0.set(theme);
        }
        storage::write(STORED, name(theme));
    }
}

/// The theme of the page.
pub(crate) fn use_theme() -> ThemeChoice {
    use_context::<ThemeChoice>().unwrap_or_else(ThemeChoice::provide)
}

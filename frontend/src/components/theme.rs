//! Light, dark, or as the system: kept in this browser, pinned by `data-theme` on `<html>`.

use leptos::prelude::*;

use crate::ui::storage;

const STORED: &str = "longshore.theme";

/// What the person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The name in style sheets and in storage.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == name)
    }
}

/// The theme of the page.
#[derive(Clone, Copy)]
pub(crate) struct ThemeChoice(RwSignal<Theme>);

impl ThemeChoice {
    /// Reads the person's choice and keeps the page by it.
    pub(crate) fn provide() -> Self {
        let stored = storage::read(STORED).and_then(|name| Theme::parse(&name)).unwrap_or(Theme::System);
        let choice = Self(RwSignal::new(stored));
        provide_context(choice);
        Effect::new(move || {
            let Some(root) = document().document_element() else { return };
            // Only fails for a wrong attribute name.
            let _ = match choice.0.get() {
                Theme::System => root.remove_attribute("data-theme"),
                theme @ (Theme::Light | Theme::Dark) => root.set_attribute("data-theme", theme.name()),
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
        storage::write(STORED, theme.name());
        self.0.set(theme);
    }
}

/// The theme of the page.
pub(crate) fn use_theme() -> ThemeChoice {
    use_context::<ThemeChoice>().unwrap_or_else(ThemeChoice::provide)
}

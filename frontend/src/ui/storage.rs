//! Preferences that stay in this browser: theme, language, columns. Nothing that is secret, and nothing
//! that the page cannot do without: storage may be forbidden.

use leptos::prelude::window;

/// The value kept under a name.
pub(crate) fn read(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Keeps a value, if the browser lets us.
pub(crate) fn write(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Full or forbidden: the preference lasts as long as the page.
        let _ = storage.set_item(name, value);
    }
}

/// Under what the tab keeps the commands of its session.
pub(crate) const COMMANDS: &str = "longshore.commands";

/// What this tab keeps under a name, until it is closed.
pub(crate) fn read_in_tab(name: &str) -> Option<String> {
    window().session_storage().ok()??.get_item(name).ok()?
}

/// Keeps a value in this tab, if the browser lets us.
pub(crate) fn write_in_tab(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        // Full or forbidden: what was kept last stays.
        let _ = storage.set_item(name, value);
    }
}

/// Keeps it no longer.
pub(crate) fn forget_in_tab(name: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        // Fails only where nothing can be kept.
        let _ = storage.remove_item(name);
    }
}

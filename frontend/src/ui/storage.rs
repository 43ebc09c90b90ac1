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

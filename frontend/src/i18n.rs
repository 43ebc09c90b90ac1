//! The person's language: which one, and how a text is got in it.
//!
//! Keys are checked at compile time (see `build.rs`). The language is the person's choice if they made one,
//! else the browser's. The context of the i18n crate is not used, since it always begins with the browser's.

use leptos::{prelude::*, reactive::graph::Observer};

use crate::ui::storage;

/// What `build.rs` made of the files in `locales/`.
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    unused,
    clippy::all,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "generated code"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub(crate) use generated::i18n::Locale;

const STORED: &str = "longshore.language";

/// The language that the page is shown in.
#[derive(Clone, Copy)]
pub(crate) struct I18n(RwSignal<Locale>);

impl I18n {
    /// Finds the language, keeps `<html lang>` by it, and gives it to the whole page.
    pub(crate) fn provide() -> Self {
        let language = RwSignal::new(chosen().unwrap_or_else(of_browser));
        Effect::new(move || {
            if let Some(root) = document().document_element() {
                // Only fails for a wrong attribute name.
                let _ = root.set_attribute("lang", code(language.get()));
            }
        });
        provide_context(Self(language));
        Self(language)
    }

    /// The language; tracked where there is something that follows. Handlers and what comes after an
    /// `await` take it as it is.
    pub(crate) fn locale(self) -> Locale {
        if Observer::get().is_some() { self.0.get() } else { self.0.get_untracked() }
    }

    /// The language's code, `en`; tracked likewise.
    pub(crate) fn code(self) -> &'static str {
        code(self.locale())
    }

    /// Changes the language and remembers it in this browser.
    pub(crate) fn choose(self, locale: Locale) {
        if self.0.get_untracked() != locale {
            self.0.set(locale);
        }
        storage::write(STORED, code(locale));
    }
}

/// The language of the page.
pub(crate) fn use_i18n() -> I18n {
    use_context::<I18n>().unwrap_or_else(I18n::provide)
}

fn code(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "en",
        Locale::fr => "fr",
    }
}

fn parse(tag: &str) -> Option<Locale> {
    match tag.get(..2)? {
        "en" => Some(Locale::en),
        "fr" => Some(Locale::fr),
        _ => None,
    }
}

fn chosen() -> Option<Locale> {
    parse(&storage::read(STORED)?)
}

fn of_browser() -> Locale {
    let languages = window().navigator().languages();
    languages.iter().find_map(|tag| parse(&tag.as_string()?)).unwrap_or(Locale::en)
}

/// Whether a count takes the singular form (<https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html>).
pub(crate) fn is_one(locale: Locale, count: u64) -> bool {
    match locale {
        Locale::en => count == 1,
        Locale::fr => count <= 1,
    }
}

/// What [`t!`] makes. One type for all texts: what shows a text is compiled once, not once per text.
pub(crate) fn text(i18n: I18n, of: fn(Locale) -> &'static str) -> impl Fn() -> String + Copy + Send + Sync {
    move || of(i18n.locale()).to_owned()
}

/// A text as a closure that follows the language: `{t!(i18n, shell.sign_out)}`.
macro_rules! t {
    ($i18n:expr, $($key:ident).+) => {
        $crate::i18n::text($i18n, |locale| ::leptos_i18n::td_string!(locale, $($key).+))
    };
}

/// A text now, in the present language (tracked): for attributes inside a closure, and for toasts.
macro_rules! t_string {
    ($i18n:expr, $($key:tt)*) => {{
        let i18n: $crate::i18n::I18n = $i18n;
        ::leptos_i18n::td_string!(i18n.locale(), $($key)*).to_string()
    }};
}

/// A text with a count, now (tracked). The keys are `<key>.one` and `<key>.other`, both with `{{ count }}`:
/// `t_count!(i18n, 3, containers.selected)`.
macro_rules! t_count {
    ($i18n:expr, $count:expr, $($key:ident).+ $(, $name:ident = $value:expr)* $(,)?) => {{
        let i18n: $crate::i18n::I18n = $i18n;
        let count = u64::try_from($count).unwrap_or_default();
        let number = $crate::ui::format::count(i18n, count);
        if $crate::i18n::is_one(i18n.locale(), count) {
            ::leptos_i18n::td_string!(i18n.locale(), $($key).+.one, count = number $(, $name = $value)*).to_string()
        } else {
            ::leptos_i18n::td_string!(i18n.locale(), $($key).+.other, count = number $(, $name = $value)*).to_string()
        }
    }};
}

pub(crate) use {t, t_count, t_string};

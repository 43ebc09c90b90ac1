//! Texts that know no language: numbers for style sheets and drawings, small and capital letters.
//!
//! Rust's own ways carry tables of all scripts and of all floating-point numbers: a tenth of the first
//! download. Letters beyond ASCII are left to the browser.

use js_sys::JsString;

/// A number with at most two digits after the point, as style sheets and drawings write it.
pub(crate) fn plain(value: f64) -> String {
    // A number too large for it ends at the largest there is.
    let hundredths = (value * 100.0).round() as i64;
    let (whole, rest) = (hundredths / 100, (hundredths % 100).abs());
    let sign = if hundredths < 0 && whole == 0 { "-" } else { "" };
    match (rest, rest % 10) {
        (0, _) => format!("{sign}{whole}"),
        (_, 0) => format!("{sign}{whole}.{}", rest / 10),
        _ => format!("{sign}{whole}.{rest:02}"),
    }
}

/// Who knows a text's letters. Outside of a browser, in tests, Rust does.
enum Letters {
    Ascii,
    Browser,
    Rust,
}

impl Letters {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            Self::Ascii
        } else if cfg!(target_family = "wasm") {
            Self::Browser
        } else {
            Self::Rust
        }
    }
}

/// In small letters.
pub(crate) fn lower(text: &str) -> String {
    match Letters::of(text) {
        Letters::Ascii => text.to_ascii_lowercase(),
        Letters::Browser => JsString::from(text).to_lower_case().into(),
        Letters::Rust => text.to_lowercase(),
    }
}

/// In capitals.
pub(crate) fn upper(text: &str) -> String {
    match Letters::of(text) {
        Letters::Ascii => text.to_ascii_uppercase(),
        Letters::Browser => JsString::from(text).to_upper_case().into(),
        Letters::Rust => text.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_style_sheets_want_them() {
        let written = [0.0, 12.0, 12.5, 0.05, -0.5, -3.25, 1234.567, 7.996].map(plain);
        assert_eq!(written, ["0", "12", "12.5", "0.05", "-0.5", "-3.25", "1234.57", "8"]);
    }
}

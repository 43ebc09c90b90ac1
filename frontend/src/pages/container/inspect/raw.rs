//! The document as text, coloured line by line.

use leptos::prelude::*;

use super::super::subject::Subject;
use crate::i18n::{t_string, use_i18n};

/// A longer document is shown without colours, which would cost an element a word.
const MOST_LINES: usize = 3_000;

/// The text.
#[component]
pub(super) fn RawText(
    /// The container.
    subject: Subject,
    /// The document, with one key a line.
    text: Memo<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <pre
            class="code inspect-raw"
            tabindex="0"
            role="region"
            aria-label=move || t_string!(i18n, inspect.document, name = subject.name())
        >
            {move || {
                text.with(|text| {
                    if text.lines().count() > MOST_LINES {
                        text.clone().into_any()
                    } else {
                        text.lines().map(|line| view! { {colour(line)} "\n" }).collect_view().into_any()
                    }
                })
            }}
        </pre>
    }
}

/// The parts of a line as the printer writes them: indent, key, value, comma.
fn colour(line: &str) -> AnyView {
    let parts = split(line)
        .into_iter()
        .map(|(class, part)| {
            let part = part.to_owned();
            match class {
                Some(class) => view! { <span class=class>{part}</span> }.into_any(),
                None => part.into_any(),
            }
        })
        .collect_view();
    parts.into_any()
}

type Part<'a> = (Option<&'static str>, &'a str);

fn split(line: &str) -> Vec<Part<'_>> {
    let body = line.trim_start();
    let (indent, body) = line.split_at(line.len() - body.len());
    let mut parts = vec![(None, indent)];
    let value =
        match string_end(body).filter(|end| body.get(*end..).is_some_and(|rest| rest.starts_with(": "))) {
            Some(end) => {
                let (key, rest) = body.split_at(end);
                let (colon, value) = rest.split_at(2);
                parts.push((Some("key"), key));
                parts.push((Some("pun"), colon));
                value
            }
            None => body,
        };
    let (value, comma) = value.strip_suffix(',').map_or((value, ""), |value| (value, ","));
    let class = match value.bytes().next() {
        Some(b'"') => "str",
        Some(b'-' | b'0'..=b'9') => "num",
        Some(b't' | b'f' | b'n') => "var",
        _ => "pun",
    };
    parts.push((Some(class), value));
    parts.push((Some("pun"), comma));
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

/// Where the string ends that a line begins with.
fn string_end(body: &str) -> Option<usize> {
    let mut letters = body.char_indices();
    if letters.next()?.1 != '"' {
        return None;
    }
    let mut escaped = false;
    for (at, letter) in letters {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(line: &str) -> Vec<(&str, &str)> {
        split(line).into_iter().map(|(class, part)| (class.unwrap_or(""), part)).collect()
    }

    #[test]
    fn a_line_is_cut_into_its_parts() {
        assert_eq!(
            classes(r#"  "Na\"me": "a: \"b\",","#),
            [("", "  "), ("key", r#""Na\"me""#), ("pun", ": "), ("str", r#""a: \"b\",""#), ("pun", ",")]
        );
        assert_eq!(classes(r#""Pid": -4"#), [("key", r#""Pid""#), ("pun", ": "), ("num", "-4")]);
        assert_eq!(classes(r#"    "in a list","#), [("", "    "), ("str", r#""in a list""#), ("pun", ",")]);
        assert_eq!(classes("},"), [("pun", "}"), ("pun", ",")]);
        assert_eq!(classes("\"é\": true"), [("key", "\"é\""), ("pun", ": "), ("var", "true")]);
    }

    #[test]
    fn nothing_is_lost() {
        for line in ["", "   ", "{", "\"unterminated", "\"\\", "\"a\":1", "[],"] {
            let whole: String = split(line).into_iter().map(|(_, part)| part).collect();
            assert_eq!(whole, line);
        }
    }
}

//! Lines that are JSON objects: what they say in short, and the whole of them laid out.
//!
//! Belongs here: reading such a line without changing it: the order of its fields, its numbers and its escapes
//! stay as they were written. Does not: which field is a level (`level`).

use serde::de::IgnoredAny;

/// What a piece of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Braces, brackets, commas, colons, and white space.
    Punctuation,
    /// The name of a field, with its quotes.
    Key,
    /// A string, with its quotes.
    Text,
    /// A number.
    Number,
    /// `true`, `false` or `null`.
    Word,
}

/// A piece of JSON as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: &'a str,
}

/// A line of JSON in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What it says, from the field that carries the message.
    pub message: Option<String>,
    /// Its other fields that are no object and no list, in their order, without time and level.
    pub fields: Vec<(String, String)>,
    /// How many fields it has.
    pub count: usize,
}

const DEPTH_MAX: usize = 64;
const MESSAGES: [&str; 8] =
    ["msg", "message", "@message", "MESSAGE", "short_message", "event", "text", "log"];
const TIMES: [&str; 10] =
    ["time", "ts", "timestamp", "@timestamp", "t", "datetime", "asctime", "date", "@t", "eventTime"];
pub(super) const LEVELS: [&str; 11] = [
    "level",
    "lvl",
    "severity",
    "levelname",
    "log.level",
    "loglevel",
    "log_level",
    "@level",
    "@l",
    "s",
    "levelno",
];

/// Whether a line may be a JSON object, told from its ends.
#[must_use]
pub fn looks_like_object(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('{') && line.ends_with('}')
}

/// The line in short, if it is a JSON object.
#[must_use]
pub fn summary(line: &str) -> Option<Summary> {
    let mut summary = Summary::default();
    let mut message_rank = MESSAGES.len();
    for (key, value) in members(line)? {
        summary.count += 1;
        if let Some(rank) = MESSAGES.iter().position(|name| *name == key)
            && let Some(text) = string(value)
        {
            // `event` beside `message` is a field like others.
            if rank < message_rank {
                message_rank = rank;
                summary.message = Some(text);
            } else {
                summary.fields.push((key, text));
            }
            continue;
        }
        let opens = value.starts_with(['{', '[']);
        if opens || TIMES.contains(&key.as_str()) || LEVELS.contains(&key.as_str()) {
            continue;
        }
        let text = string(value).unwrap_or_else(|| value.to_owned());
        summary.fields.push((key, text));
    }
    Some(summary)
}

/// The members of an object with their values as they were written; `None` if the line is none.
pub(super) fn members(line: &str) -> Option<Vec<(String, &str)>> {
    let line = line.trim();
    if !looks_like_object(line) || serde_json::from_str::<IgnoredAny>(line).is_err() {
        return None;
    }
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut key = None;
    let mut value: Option<usize> = None;
    for (at, token) in tokens(line) {
        let ends = depth == 1 && matches!(token.text, "," | "}");
        if ends
            && let (Some(name), Some(from)) = (key.take(), value.take())
            && let Some(text) = line.get(from..at)
        {
            members.push((name, text.trim_end()));
        }
        match token.text {
            "{" | "[" => {
                if depth == 1 && value.is_none() {
                    value = Some(at);
                }
                depth += 1;
            }
            "}" | "]" => depth = depth.saturating_sub(1),
            _ if depth != 1 => {}
            _ if token.kind == Kind::Key => key = string(token.text),
            _ if token.kind != Kind::Punctuation => value = value.or(Some(at)),
            _ => {}
        }
    }
    Some(members)
}

fn string(value: &str) -> Option<String> {
    if value.starts_with('"') { serde_json::from_str(value).ok() } else { None }
}

/// The object laid out: one member or element a line, each line with its depth. `None` if the line is none,
/// or is nested deeper than anybody reads.
#[must_use]
pub fn pretty(line: &str) -> Option<Vec<(usize, Vec<Token<'_>>)>> {
    let line = line.trim();
    if !looks_like_object(line) || serde_json::from_str::<IgnoredAny>(line).is_err() {
        return None;
    }
    let mut lines = Vec::new();
    let mut current: Vec<Token<'_>> = Vec::new();
    let mut depth = 0_usize;
    let mut tokens = tokens(line).map(|(_, token)| token).peekable();
    while let Some(token) = tokens.next() {
        match token.text {
            "{" | "[" => {
                current.push(token);
                if let Some(close) = tokens.next_if(|next| matches!(next.text, "}" | "]")) {
                    current.push(close);
                } else {
                    lines.push((depth, std::mem::take(&mut current)));
                    depth += 1;
                    if depth > DEPTH_MAX {
                        return None;
                    }
                }
            }
            "}" | "]" => {
                lines.push((depth, std::mem::take(&mut current)));
                depth = depth.saturating_sub(1);
                current.push(token);
            }
            "," => {
                current.push(token);
                lines.push((depth, std::mem::take(&mut current)));
            }
            ":" => current.push(Token { kind: Kind::Punctuation, text: ": " }),
            _ => current.push(token),
        }
    }
    lines.push((depth, current));
    Some(lines)
}

/// The tokens of valid JSON with where each begins.
fn tokens(line: &str) -> impl Iterator<Item = (usize, Token<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = line.get(at..)?;
        let skipped = rest.len() - rest.trim_start().len();
        at += skipped;
        let rest = rest.get(skipped..)?;
        let first = rest.chars().next()?;
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest.find(['{', '}', '[', ']', ',', ':', ' ', '\t', '\r', '\n']).unwrap_or(rest.len()),
        };
        let text = rest.get(..length)?;
        let after = rest.get(length..)?.trim_start();
        let kind = match first {
            '"' if after.starts_with(':') => Kind::Key,
            '"' => Kind::Text,
            '{' | '}' | '[' | ']' | ',' | ':' => Kind::Punctuation,
            't' | 'f' | 'n' => Kind::Word,
            _ => Kind::Number,
        };
        let from = at;
        at += length;
        Some((from, Token { kind, text }))
    })
}

/// The length of the string that a text begins with, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#" {"level":"error","msg":"it \"failed\"","n":1.50,"deep":{"a":[1,{}],"b":null},"ok":true,"time":1} "#;

    fn laid_out(line: &str) -> String {
        let lines = pretty(line).unwrap();
        lines
            .iter()
            .map(|(depth, tokens)| {
                let text: String = tokens.iter().map(|token| token.text).collect();
                format!("{}{text}", " ".repeat(*depth))
            })
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_line_is_told_in_short() {
        let summary = summary(LINE).unwrap();
        assert_eq!(summary.message.as_deref(), Some("it \"failed\""));
        let fields: Vec<String> =
            summary.fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(fields, ["n=1.50", "ok=true"]);
        assert_eq!(summary.count, 6);
    }

    #[test]
    fn the_best_message_wins() {
        let summary = summary(r#"{"event":"login","message":"in","x":"é"}"#).unwrap();
        assert_eq!(summary.message.as_deref(), Some("in"));
        assert_eq!(summary.fields.last(), Some(&("x".to_owned(), "é".to_owned())));
    }

    #[test]
    fn it_is_laid_out_as_written() {
        let expected = "{\n \"level\": \"error\",\n \"msg\": \"it \\\"failed\\\"\",\n \"n\": 1.50,\n \"deep\": {\n  \
                        \"a\": [\n   1,\n   {}\n  ],\n  \"b\": null\n },\n \"ok\": true,\n \"time\": 1\n}";
        assert_eq!(laid_out(LINE), expected);
    }

    #[test]
    fn laid_out_it_is_the_same_document() {
        let before: serde_json::Value = serde_json::from_str(LINE).unwrap();
        let after: serde_json::Value = serde_json::from_str(&laid_out(LINE)).unwrap();
        assert_eq!(before, after);
    }

    #[test]
    fn other_lines_are_none() {
        for line in ["", "{", "{}x", "[1]", "{a}", "{\"a\":}", "plain", "{\"a\":1", "{{}}"] {
            assert!(pretty(line).is_none(), "{line}");
            assert!(summary(line).is_none(), "{line}");
        }
        let deep = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
        assert!(pretty(&deep).is_none());
        assert_eq!(laid_out("{}"), "{}");
    }
}

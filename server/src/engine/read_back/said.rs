//! What was read so far, one text per value of a flag, and how the engine's document is looked into.

use serde_json::Value;
use shared::run::{Typed, Unsaid, flags};

/// The texts of a form, and what no text says.
#[derive(Default)]
pub(super) struct Said {
    pub(super) typed: Vec<Typed>,
    pub(super) unsaid: Vec<Unsaid>,
    pub(super) hidden: Vec<String>,
}

impl Said {
    /// One value of a flag.
    pub(super) fn flag(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        match flags::by_long(name) {
            Some(flag) => self.typed.push(Typed { flag, text }),
            None => self.unsaid.push(Unsaid::Value { flag: name.to_owned(), text }),
        }
    }

    /// A switch that is on.
    pub(super) fn switch(&mut self, name: &str, on: bool) {
        if on {
            self.flag(name, "true");
        }
    }

    /// A value that is there.
    pub(super) fn maybe(&mut self, name: &str, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.flag(name, text);
        }
    }

    /// A number that is set.
    pub(super) fn number(&mut self, name: &str, number: Option<i64>) {
        self.maybe(name, number.map(|number| number.to_string()));
    }
}

/// A text that is not empty.
pub(super) fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn flag(document: &Value, name: &str) -> bool {
    document.get(name).and_then(Value::as_bool).unwrap_or(false)
}

pub(super) fn number(document: &Value, name: &str) -> Option<i64> {
    document.get(name).and_then(Value::as_i64)
}

/// A number that is not nothing: 0 is how the engine writes what was not given.
pub(super) fn set(document: &Value, name: &str) -> Option<i64> {
    number(document, name).filter(|number| *number != 0)
}

pub(super) fn items<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    document.get(name).and_then(Value::as_array).into_iter().flatten()
}

pub(super) fn texts<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    items(document, name).filter_map(Value::as_str).collect()
}

/// The members of an object, with the engine's nothing as no members.
pub(super) fn members<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let members = document.get(name).and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

pub(super) fn pairs<'a>(document: &'a Value, name: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    members(document, name).filter_map(|(name, value)| Some((name, value.as_str()?)))
}

/// Values of one option, as `--mount` and `--network` take them.
#[derive(Default)]
pub(super) struct Row(Vec<String>);

impl Row {
    pub(super) fn push(&mut self, name: &str, value: &str) {
        let field = format!("{name}={value}");
        self.0.push(if field.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", field.replace('"', "\"\""))
        } else {
            field
        });
    }

    pub(super) fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn join(self) -> String {
        self.0.join(",")
    }
}

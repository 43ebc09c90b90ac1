//! `key=value` pairs within a line (logfmt), so that they can step back behind the message.

const NAME_MAX_BYTES: usize = 64;

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// Words.
    Text(&'a str),
    /// A name with its `=`.
    Key(&'a str),
    /// What follows it.
    Value(&'a str),
}

impl<'a> Part<'a> {
    /// Its text.
    #[must_use]
    pub fn text(self) -> &'a str {
        match self {
            Self::Text(text) | Self::Key(text) | Self::Value(text) => text,
        }
    }
}

/// The parts of a line; together they are the line.
#[must_use]
pub fn parts(line: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(equals) = line.get(at..).and_then(|rest| rest.find('=')).map(|found| at + found) {
        at = equals + 1;
        let name = line.get(from..equals).map(last_word).unwrap_or_default();
        let value = line.get(at..).map(value_of).unwrap_or_default();
        if !is_name(name) || value.is_empty() {
            continue;
        }
        let start = equals - name.len();
        if start > from {
            parts.extend(line.get(from..start).map(Part::Text));
        }
        parts.extend(line.get(start..at).map(Part::Key));
        parts.push(Part::Value(value));
        at += value.len();
        from = at;
    }
    if from < line.len() {
        parts.extend(line.get(from..).map(Part::Text));
    }
    parts
}

/// The end of a text that can be a name, read backwards and no further than a name is long.
fn last_word(before: &str) -> &str {
    let far = before.bytes().rev().take(NAME_MAX_BYTES + 1);
    let length = far.take_while(|byte| !b" \t,;([{".contains(byte)).count();
    before.get(before.len() - length..).unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    name.len() <= NAME_MAX_BYTES
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-/@".contains(&byte))
}

fn value_of(rest: &str) -> &str {
    let length = if rest.starts_with('"') {
        let mut escaped = false;
        rest.bytes()
            .enumerate()
            .skip(1)
            .find(|(_, byte)| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            })
            .map(|(at, _)| at + 1)
    } else {
        None
    };
    let length = length
        .unwrap_or_else(|| rest.find([' ', '\t', ',', ';', ')', ']', '}', '=', '&']).unwrap_or(rest.len()));
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(line: &str) -> Vec<(&str, &str)> {
        let parts = parts(line);
        assert_eq!(parts.iter().map(|part| part.text()).collect::<String>(), line, "nothing is lost");
        parts
            .windows(2)
            .filter_map(|two| match two {
                [Part::Key(key), Part::Value(value)] => Some((*key, *value)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn pairs_are_found() {
        assert_eq!(pairs("GET /x status=200 ms=18"), [("status=", "200"), ("ms=", "18")]);
        assert_eq!(
            pairs(r#"level=info msg="a \"b\" c=d" é x.y-z=1"#),
            [("level=", "info"), ("msg=", r#""a \"b\" c=d""#), ("x.y-z=", "1")]
        );
        assert_eq!(pairs("(key=value), other=[1]"), [("key=", "value"), ("other=", "[1")]);
    }

    #[test]
    fn what_only_looks_alike_is_text() {
        assert_eq!(pairs("GET /products?page=2 == a= 1=2 =x"), []);
        assert_eq!(pairs("a==b"), []);
        assert_eq!(pairs("x=\"open"), [("x=", "\"open")]);
        assert_eq!(pairs(""), []);
        assert_eq!(pairs(&"=".repeat(60_000)), []);
    }
}

//! The engine's document as the rows of a tree: flattened once, then only indices are chosen. Pure.

use std::collections::HashSet;

use serde_json::Value;

/// A document whose nodes stand in the order in which they are drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    nodes: Vec<Node>,
}

/// One key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// How many branches it is inside of.
    pub depth: usize,
    /// The name in an object, or the place in a list.
    pub key: Key,
    /// As `jq` writes it: `.HostConfig.PortBindings["80/tcp"][0].HostPort`.
    pub path: String,
    /// As a JSON pointer: `/HostConfig/PortBindings/80~1tcp/0/HostPort`.
    pub pointer: String,
    /// What stands there.
    pub shown: Shown,
    /// How many nodes after this one are inside of it.
    pub inside: usize,
    searched: String,
}

/// What a value is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// In an object.
    Name(String),
    /// In a list.
    Place(usize),
}

/// A value as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// An object of so many keys.
    Object(usize),
    /// A list of so many values.
    List(usize),
    /// A text.
    Text(String),
    /// A number, as the engine wrote it.
    Number(String),
    /// True or false.
    Flag(bool),
    /// Nothing.
    Null,
}

impl Shown {
    /// Whether it has something inside.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        matches!(self, Self::Object(count) | Self::List(count) if *count > 0)
    }
}

/// What a filter found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// How many keys and values answer it.
    pub hits: usize,
    shown: Vec<bool>,
}

impl Document {
    /// Flattens a document.
    #[must_use]
    pub fn new(value: &Value) -> Self {
        let mut nodes = Vec::new();
        children(value, 0, ("", ""), &mut nodes);
        Self { nodes }
    }

    /// The node of that number.
    #[must_use]
    pub fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    /// The paths of all branches.
    #[must_use]
    pub fn branches(&self) -> HashSet<String> {
        self.nodes.iter().filter(|node| node.shown.is_branch()).map(|node| node.path.clone()).collect()
    }

    /// The nodes that answer a filter by key or value, with what they are inside of and what is inside of
    /// them. Absent when nothing was typed.
    #[must_use]
    pub fn filter(&self, typed: &str) -> Option<Found> {
        let wanted = typed.trim().to_lowercase();
        if wanted.is_empty() {
            return None;
        }
        let mut found = Found { hits: 0, shown: vec![false; self.nodes.len()] };
        let mut above: Vec<usize> = Vec::new();
        let mut shown_until = 0;
        for (index, node) in self.nodes.iter().enumerate() {
            above.truncate(node.depth);
            let hit = node.searched.contains(&wanted);
            if hit {
                found.hits += 1;
                for &branch in &above {
                    show(&mut found.shown, branch);
                }
                shown_until = shown_until.max(index + node.inside + 1);
            }
            if index < shown_until {
                show(&mut found.shown, index);
            }
            above.push(index);
        }
        Some(found)
    }

    /// The numbers of the nodes to draw. `is_open` says it of a branch's path.
    #[must_use]
    pub fn rows(&self, is_open: impl Fn(&str) -> bool, found: Option<&Found>) -> Vec<usize> {
        let mut rows = Vec::new();
        let mut index = 0;
        while let Some(node) = self.nodes.get(index) {
            let shown = found.is_none_or(|found| found.shown.get(index).copied().unwrap_or(false));
            if shown {
                rows.push(index);
            }
            let closed = !shown || (node.shown.is_branch() && !is_open(&node.path));
            index += if closed { node.inside + 1 } else { 1 };
        }
        rows
    }
}

fn show(shown: &mut [bool], index: usize) {
    if let Some(place) = shown.get_mut(index) {
        *place = true;
    }
}

/// Where a node stands, in both writings.
type Place<'a> = (&'a str, &'a str);

fn children(value: &Value, depth: usize, (path, pointer): Place<'_>, nodes: &mut Vec<Node>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let path = format!("{path}{}", step(name));
                let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                add(Key::Name(name.clone()), value, depth, (&path, &pointer), nodes);
            }
        }
        Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                let (path, pointer) = (format!("{path}[{place}]"), format!("{pointer}/{place}"));
                add(Key::Place(place), value, depth, (&path, &pointer), nodes);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn add(key: Key, value: &Value, depth: usize, at: Place<'_>, nodes: &mut Vec<Node>) {
    let shown = match value {
        Value::Object(map) => Shown::Object(map.len()),
        Value::Array(list) => Shown::List(list.len()),
        Value::String(text) => Shown::Text(text.clone()),
        Value::Number(number) => Shown::Number(number.to_string()),
        Value::Bool(flag) => Shown::Flag(*flag),
        Value::Null => Shown::Null,
    };
    let name = match &key {
        Key::Name(name) => name.as_str(),
        Key::Place(_) => "",
    };
    let searched = match &shown {
        Shown::Text(text) | Shown::Number(text) => format!("{name}\n{text}"),
        Shown::Flag(flag) => format!("{name}\n{flag}"),
        Shown::Object(_) | Shown::List(_) | Shown::Null => name.to_owned(),
    }
    .to_lowercase();
    let index = nodes.len();
    let (path, pointer) = (at.0.to_owned(), at.1.to_owned());
    nodes.push(Node { depth, key, path, pointer, shown, inside: 0, searched });
    children(value, depth + 1, at, nodes);
    let inside = nodes.len() - index - 1;
    if let Some(node) = nodes.get_mut(index) {
        node.inside = inside;
    }
}

/// One step of a path: `.Name`, or quoted where a bare name would not be read again.
fn step(name: &str) -> String {
    let bare = name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if bare { format!(".{name}") } else { format!("[{}]", Value::from(name)) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Document {
        Document::new(&json!({
            "Id": "abc",
            "State": { "Running": true, "Pid": 42 },
            "Ports": { "80/tcp": [{ "HostPort": "8080" }] },
            "Empty": {}
        }))
    }

    fn paths(document: &Document, rows: &[usize]) -> Vec<String> {
        rows.iter().filter_map(|row| document.node(*row)).map(|node| node.path.clone()).collect()
    }

    #[test]
    fn closed_branches_hide_what_is_inside() {
        let document = document();
        assert_eq!(paths(&document, &document.rows(|_| false, None)), [".Empty", ".Id", ".Ports", ".State"]);
        assert_eq!(document.rows(|_| true, None).len(), 9);
        let rows = document.rows(|path| path == ".State", None);
        assert_eq!(
            paths(&document, &rows),
            [".Empty", ".Id", ".Ports", ".State", ".State.Pid", ".State.Running"]
        );
    }

    #[test]
    fn paths_can_be_given_to_jq() {
        let document = document();
        let all = paths(&document, &document.rows(|_| true, None));
        assert!(all.contains(&r#".Ports["80/tcp"][0].HostPort"#.to_owned()), "{all:?}");
    }

    #[test]
    fn pointers_lead_back_to_the_value() {
        let value = json!({ "a/b": { "~": [1, 2] } });
        let document = Document::new(&value);
        let last = document.node(3).unwrap();
        assert_eq!(value.pointer(&last.pointer), Some(&json!(2)));
    }

    #[test]
    fn a_filter_keeps_the_way_to_its_hits() {
        let document = document();
        let found = document.filter("8080").unwrap();
        assert_eq!(found.hits, 1);
        assert_eq!(
            paths(&document, &document.rows(|_| true, Some(&found))),
            [".Ports", r#".Ports["80/tcp"]"#, r#".Ports["80/tcp"][0]"#, r#".Ports["80/tcp"][0].HostPort"#]
        );
        let found = document.filter("STATE").unwrap();
        assert_eq!(found.hits, 1);
        let rows = document.rows(|_| true, Some(&found));
        assert_eq!(paths(&document, &rows), [".State", ".State.Pid", ".State.Running"]);
        assert_eq!(document.filter(" "), None);
        let found = document.filter("nothing like it").unwrap();
        assert_eq!((found.hits, document.rows(|_| true, Some(&found)).len()), (0, 0));
    }

    #[test]
    fn an_empty_branch_does_not_open() {
        let document = document();
        assert!(!document.branches().contains(".Empty"));
        assert!(document.branches().contains(".State"));
    }
}

//! What SECURITY.md says that is held by a test, is: each test that it names is there under that name.

use std::path::{Path, PathBuf};

/// Where the table's names begin.
const ROOTS: [(&str, &str); 4] = [
    ("suite/", "tests/tests/suite/"),
    ("server/", "server/src/"),
    ("shared/", "shared/src/"),
    ("browser/", "tests/browser/"),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The tests named in a text: `` `suite/session.rs::a_test` ``, `` `browser/flow.spec.ts::its title` ``.
fn named(text: &str) -> Vec<(&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).collect()
}

/// What is wrong with a name, if anything.
fn missing((file, test): (&str, &str)) -> Option<String> {
    let Some((prefix, folder)) = ROOTS.into_iter().find(|(prefix, _)| file.starts_with(prefix)) else {
        return Some(format!("{file} begins with none of {ROOTS:?}"));
    };
    let path = repository().join(folder).join(&file[prefix.len()..]);
    let Ok(source) = std::fs::read_to_string(&path) else { return Some(format!("there is no {file}")) };
    let there = if file.ends_with(".rs") {
        // With its attribute, since a helper of that name proves nothing.
        let start = source.find(&format!("fn {test}(")).unwrap_or(0);
        source[..start].lines().rev().take(4).any(|line| line.contains("test")) && start > 0
    } else {
        source.contains(&format!("test('{test}'"))
    };
    (!there).then(|| format!("{file} has no test {test}"))
}

#[test]
fn each_test_that_the_document_names_is_there() {
    let text = std::fs::read_to_string(repository().join("SECURITY.md")).unwrap();
    let names = named(&text);
    assert!(names.len() > 60, "the table is read: {}", names.len());
    let wrong: Vec<_> = names.into_iter().filter_map(missing).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each line is answered: by a test, or by why there is none.
    for number in 1..=30 {
        let start = format!("| {number} |");
        let row = text.lines().find(|line| line.starts_with(&start));
        let row = row.unwrap_or_else(|| panic!("the table has no line {number}"));
        assert!(!named(row).is_empty() || row.contains("not applicable"), "{row}");
    }
    // And it would be noticed.
    assert!(missing(("suite/session.rs", "no_test_of_this_name")).is_some());
    assert!(missing(("suite/security.rs", "missing")).is_some(), "a helper is no test");
}

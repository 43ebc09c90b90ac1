//! Snapshots: texts that are checked in and may change only on purpose.

use std::path::PathBuf;

/// Compares a text with the file of that name in `tests/suite/snapshots`. With `UPDATE_SNAPSHOTS=1` in
/// the environment the file is written instead.
///
/// # Panics
/// When they differ, showing the first line that does.
pub fn check(name: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/suite/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, found).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected == found {
        return;
    }
    let longest = expected.lines().count().max(found.lines().count());
    let (mut before, mut now) = (expected.lines(), found.lines());
    for number in 1..=longest {
        let (before, now) = (before.next(), now.next());
        assert!(
            before == now,
            "{name} differs from line {number} on; if that is meant, run the tests with UPDATE_SNAPSHOTS=1\n  \
             checked in: {}\n  found:      {}",
            before.unwrap_or("(nothing)"),
            now.unwrap_or("(nothing)"),
        );
    }
    panic!("{name} differs in its line ends");
}

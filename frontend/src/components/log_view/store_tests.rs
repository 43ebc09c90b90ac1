//! What is held, what leaves, and gaps that are closed.

use super::*;

fn line(text: &str) -> LogLine {
    LogLine { nanos: 1, stream: LogStream::Stdout, cut: 0, text: text.as_bytes().to_vec() }
}

fn gap(skipped: u64) -> Mark {
    Mark::Gap(Gap { skipped, from: LogCursor::default(), loading: false })
}

fn told(store: &Store) -> String {
    let told: Vec<String> = store
        .entries()
        .map(|entry| match &entry.content {
            Content::Line(line) => format!("{}:{}", entry.sequence, line.plain()),
            Content::Mark(Mark::Gap(gap)) => format!("{}:gap{}", entry.sequence, gap.skipped),
            Content::Mark(_) => format!("{}:mark", entry.sequence),
        })
        .collect();
    told.join(" ")
}

#[test]
fn the_oldest_leave() {
    let mut store = Store::with_bounds(3, 1_000_000);
    for text in ["ERROR a", "WARN b", "c", "d", "e"] {
        store.push(line(text));
    }
    store.trim(u64::MAX);
    assert_eq!(told(&store), "2:c 3:d 4:e");
    assert_eq!((store.lines(), store.left(), store.counts().of(Group::Error)), (3, 2, 0));
    assert_eq!(store.counts().of(Group::Other), 3);
    store.push(line("f"));
    store.trim(3);
    assert_eq!(told(&store), "3:d 4:e 5:f");
    store.push(line("g"));
    store.trim(3);
    assert!(store.is_over(), "what is being read stays");
}

#[test]
fn bytes_are_bounded_too() {
    let mut store = Store::with_bounds(100, 1000);
    for _ in 0..50 {
        store.push(line(&"x".repeat(236)));
        store.trim(u64::MAX);
    }
    assert_eq!(store.lines(), 3);
}

#[test]
fn a_gap_is_filled_piece_by_piece() {
    let mut store = Store::default();
    store.push(line("a"));
    store.mark(gap(3));
    store.push(line("e"));
    assert_eq!(told(&store), "0:a 1:gap3 5:e");
    let rest = store.fill(1, vec![line("b"), line("c")], LogCursor { nanos: 9, nth: 1 });
    assert_eq!((rest, told(&store).as_str()), (Some(3), "0:a 1:b 2:c 3:gap1 5:e"));
    assert_eq!(store.gap(3).map(|gap| gap.from.nanos), Some(9));
    assert_eq!(store.fill(3, vec![line("d"), line("surplus")], LogCursor::default()), None);
    assert_eq!((told(&store).as_str(), store.lines()), ("0:a 1:b 2:c 3:d 5:e", 5));
    assert_eq!(store.line(5).map(|line| line.plain().into_owned()).as_deref(), Some("e"));
    assert_eq!(store.line(4), None);
}

#[test]
fn a_gap_without_lines_is_closed() {
    let mut store = Store::default();
    store.mark(gap(3));
    store.push(line("e"));
    store.close(0);
    store.close(4);
    assert_eq!(told(&store), "4:e");
}

#[test]
fn a_gap_that_leaves_is_counted() {
    let mut store = Store::with_bounds(1, 1000);
    store.mark(gap(7));
    store.push(line("a"));
    store.push(line("b"));
    store.trim(u64::MAX);
    assert_eq!(store.left(), 8);
}

#[test]
fn an_indented_line_has_the_level_before() {
    let mut store = Store::default();
    for text in ["ERROR it failed", "\tat main", "  at x", "fine"] {
        store.push(line(text));
    }
    assert_eq!((store.counts().of(Group::Error), store.counts().of(Group::Other)), (3, 1));
}

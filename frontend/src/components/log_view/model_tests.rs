//! Following and staying, filtering, gaps, and walking through what was found.

use shared::logs::{LogCursor, LogLine, LogStream};

use super::{
    super::selection::{Hidden, Outputs},
    *,
};
use crate::components::log_view::store::Group;

fn batch(texts: &[&str], skipped: u64) -> LogBatch {
    let lines = texts
        .iter()
        .map(|text| LogLine { nanos: 5, stream: LogStream::Stdout, cut: 0, text: text.as_bytes().to_vec() })
        .collect();
    LogBatch { subscription: 1, skipped, gap_from: LogCursor::default(), cursor: LogCursor::default(), lines }
}

fn model(lines: usize) -> Model {
    let mut model = Model::default();
    let texts: Vec<String> = (0..lines).map(|line| format!("line {line}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    model.take(batch(&texts, 0));
    model
}

#[test]
fn following_stays_at_the_end() {
    let mut model = model(100);
    assert_eq!(model.scroll_top(200.0), 1800.0);
    model.take(batch(&["more"], 0));
    assert_eq!(model.scroll_top(200.0), 1820.0);
    let window = model.window(200.0);
    assert_eq!((window.before, window.after, window.sequences.len()), (1760.0, 0.0, 13));
}

#[test]
fn reading_keeps_its_place() {
    let mut model = model(100);
    model.look_at(1005.0);
    assert_eq!(model.eye(), Eye::On(50, 5.0));
    model.take(batch(&["more"; 50], 7));
    assert_eq!(model.scroll_top(200.0), 1005.0);
    assert!(model.measured(10, 60.0), "a row above is higher than was thought");
    assert_eq!(model.scroll_top(200.0), 1045.0, "what is read does not move");
    assert_eq!(model.seen(200.0), Some((50, 60)));
}

#[test]
fn a_filter_shows_what_it_says() {
    let mut model = Model::default();
    model.take(batch(&["ERROR a", "INFO b", "c", "WARN d"], 0));
    model.mark(Mark::Started(shared::UnixMillis(1)));
    let hidden = Hidden::default().toggled(Group::Info).toggled(Group::Other);
    model.set_filter(Filter { hidden, ..Filter::default() });
    assert_eq!(model.window(200.0).sequences, [0, 3, 4]);
    model.take(batch(&["INFO e", "ERROR f"], 0));
    assert_eq!(model.window(200.0).sequences, [0, 3, 4, 6]);
    model.set_filter(Filter { outputs: Outputs::Only(LogStream::Stderr), ..Filter::default() });
    assert_eq!(model.window(200.0).sequences, [4]);
}

#[test]
fn hits_are_walked_around() {
    let mut model = model(100);
    model.found(&[10, 50, 90]);
    model.look_at(400.0);
    let mut at = |forward| {
        model.step(forward, 200.0);
        model.current().zip(model.current_number())
    };
    assert_eq!(at(true), Some((50, 2)), "the first after what is seen");
    assert_eq!(at(true), Some((90, 3)));
    assert_eq!(at(true), Some((10, 1)));
    assert_eq!(at(false), Some((90, 3)));
    assert_eq!(model.eye(), Eye::On(90, -66.0));
    model.forget_hits();
    assert_eq!((model.hits(), model.current()), (0, None));
}

#[test]
fn only_hits_can_be_shown() {
    let mut model = model(10);
    model.set_filter(Filter { hits_only: true, ..Filter::default() });
    assert_eq!(model.shown(), 0);
    model.found(&[3, 7]);
    model.found(&[9]);
    assert_eq!(model.window(200.0).sequences, [3, 7, 9]);
    model.found(&[1]);
    assert_eq!(model.window(200.0).sequences, [1, 3, 7, 9]);
}

#[test]
fn a_gap_is_filled_where_it_stands() {
    let mut model = model(2);
    model.take(batch(&["after"], 2));
    assert_eq!(model.window(200.0).sequences, [0, 1, 2, 5]);
    assert_eq!(model.fill(2, batch(&["x", "y"], 0).lines, LogCursor::default()), None);
    assert_eq!(model.window(200.0).sequences, [0, 1, 2, 3, 5]);
}

#[test]
fn what_is_opened_stays_in_view() {
    let mut model = model(100);
    model.toggle(99, 200.0);
    assert!(model.is_open(99));
    assert_eq!((model.eye(), model.scroll_top(200.0)), (Eye::On(90, 0.0), 1800.0));
    assert!(model.measured(99, 220.0));
    assert_eq!(model.scroll_top(200.0), 1800.0);
    assert!(model.reveal(99, 200.0), "it is as high as the view, and begins below");
    assert_eq!(model.scroll_top(200.0), 1980.0);
    assert!(!model.reveal(99, 200.0));
    model.toggle(99, 200.0);
    assert!(!model.is_open(99));
}

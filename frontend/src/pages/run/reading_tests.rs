//! What is said where.

use super::*;

fn reading(image: &str, command: &str, pairs: &[(&str, &str)]) -> Reading {
    let entry = |(row, (name, text)): (usize, &(&str, &str))| Entry {
        row: u32::try_from(row).unwrap(),
        typed: Typed { flag: flags::by_long(name).unwrap(), text: (*text).to_owned() },
    };
    let entries = pairs.iter().enumerate().map(entry).collect();
    Reading::of(image, command, entries, &Taken::default())
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    let read = reading("", "a && b", &[("publish", "x"), ("volume", "aa:b"), ("volume", "cc:/c")]);
    assert_eq!(read.troubles(Spot::Image), [Trouble::Problem(Problem::NoImage)]);
    assert_eq!(read.troubles(Spot::Command), [Trouble::Unread(NoteKind::OtherCommand)]);
    assert!(matches!(read.troubles(Spot::Row(0)).as_slice(), [Trouble::Unread(NoteKind::BadValue(_))]));
    assert!(!read.troubles(Spot::Row(1)).is_empty());
    assert_eq!(read.troubles(Spot::Row(2)), []);
    assert_eq!(read.blocking(), 4);
    assert_eq!(read.heads[&Section::Volumes].set, 2);
}

#[test]
fn what_reaches_the_host_is_marked() {
    let read = reading("i", "", &[("volume", "/etc:/etc"), ("privileged", "true")]);
    assert_eq!(read.reach(Spot::Row(0)), [HostReason::HostPath("/etc".to_owned())]);
    assert_eq!(read.reach(Spot::Row(1)), [HostReason::Privileged]);
    assert!(read.heads[&Section::Security].host);
    assert_eq!(read.blocking(), 0);
}

#[test]
fn a_refusal_finds_its_field() {
    let read = reading("i", "", &[("publish", "80"), ("publish", "x"), ("publish", "81")]);
    assert_eq!(read.spot_of("network.ports[1]"), Some(Spot::Row(2)));
    assert_eq!(read.spot_of("network.ports"), Some(Spot::Flag("publish")));
    assert_eq!(read.spot_of("image"), Some(Spot::Image));
    assert_eq!(read.spot_of("security.privileged"), Some(Spot::Flag("privileged")));
}

#[test]
fn a_container_that_is_not_here_is_said_and_does_not_block() {
    let read = reading("i", "", &[("volumes-from", "gone:ro"), ("network", "container:away")]);
    assert_eq!(read.troubles(Spot::Row(0)), [Trouble::NoContainer("gone".to_owned())]);
    assert_eq!(read.troubles(Spot::Row(1)), [Trouble::NoContainer("away".to_owned())]);
    assert_eq!(read.blocking(), 0);
}

#[test]
fn values_of_variables_are_not_in_the_heads() {
    let read = reading("i", "", &[("env", "TOKEN=canary")]);
    assert_eq!(read.heads[&Section::Environment].values, ["TOKEN"]);
}

//! What a line looks like: one table of forms, and that nothing dangerous gets through.

use super::*;

fn text(line: &[u8]) -> String {
    let joined: String = spans(line).into_iter().map(|span| span.text).collect();
    assert_eq!(plain(line), joined, "{line:?}: both ways agree");
    joined
}

fn color_of(sequence: &str) -> Option<Color> {
    spans(format!("\u{1b}[{sequence}mx").as_bytes()).first().and_then(|span| span.style.foreground)
}

const fn color(hue: Hue, bright: bool) -> Option<Color> {
    Some(Color { hue, bright })
}

#[test]
fn colours_come_from_all_forms() {
    for (sequence, expected) in [
        ("31", color(Hue::Red, false)),
        ("1;32", color(Hue::Green, false)),
        ("94", color(Hue::Blue, true)),
        ("38;5;9", color(Hue::Red, true)),
        ("38;5;2", color(Hue::Green, false)),
        ("38;5;196", color(Hue::Red, true)),
        ("38;5;240", color(Hue::Black, true)),
        ("38;5;255", color(Hue::White, true)),
        ("38;2;0;0;255", color(Hue::Blue, true)),
        ("38;2;120;60;0", color(Hue::Yellow, false)),
        ("38:2::10:200:10", color(Hue::Green, false)),
        ("38:2:10:200:10", color(Hue::Green, false)),
        ("38:5:13", color(Hue::Magenta, true)),
        ("48;5;9;35", color(Hue::Magenta, false)),
        ("58;2;1;2;3;36", color(Hue::Cyan, false)),
        ("31;39", None),
        ("31;0", None),
        ("", None),
        ("99999999999999999999", None),
        ("38;5", color(Hue::Black, false)),
        ("38", None),
    ] {
        assert_eq!(color_of(sequence), expected, "{sequence}");
    }
}

#[test]
fn styles_begin_and_end() {
    let found = spans(b"a\x1b[1;3;4mb\x1b[22;24mc\x1b[m\x1b[7;9md");
    let texts: Vec<&str> = found.iter().map(|span| span.text.as_str()).collect();
    assert_eq!(texts, ["a", "b", "c", "d"]);
    assert!(found[1].style.bold && found[1].style.italic && found[1].style.underline);
    assert_eq!(found[2].style, Style { italic: true, ..Style::default() });
    assert_eq!(found[3].style, Style { inverse: true, strike: true, ..Style::default() });
}

#[test]
fn other_escapes_leave_no_trace() {
    for line in [
        &b"a\x1b[2Jb"[..],
        b"a\x1b[?25lb",
        b"a\x1b[38;5;1 qb",
        b"a\x1b]0;title\x07b",
        b"a\x1b]8;;https://evil.example/\x1b\\b",
        b"a\x1b]52;c;aGk=\x07b",
        b"a\x1bP1$r0m\x1b\\b",
        b"a\x1b_apc\x1b\\b",
        b"a\x1b(Bb",
        b"a\x1b#8b",
        b"a\x1b=b",
        b"a\x07b",
        "a\u{9b}31mb".as_bytes(),
        "a\u{9d}0;t\u{9c}b".as_bytes(),
        "a\u{90}x\u{1b}\\b".as_bytes(),
    ] {
        assert_eq!(text(line), "ab", "{line:?}");
    }
}

#[test]
fn a_sequence_without_end_hides_nothing() {
    assert_eq!(text(b"a\x1b]0;rest"), "a\u{241b}]0;rest");
    assert_eq!(text(b"a\x1b[12"), "a\u{241b}[12");
    assert_eq!(text(b"a\x1b"), "a\u{241b}");
    assert_eq!(text("a\u{9b}12".as_bytes()), "a\u{fffd}12");
    assert_eq!(text("\u{1b}[3\u{e9}m".as_bytes()), "\u{241b}[3\u{e9}m");
    assert_eq!(text(b"\x1b]0;a\x1b]0;b\x07c"), "\u{241b}]0;ac");
}

#[test]
fn progress_keeps_the_last() {
    assert_eq!(text(b"10%\r20%\r100%\r"), "100%");
    assert_eq!(text(b"line\r\r"), "line");
    assert_eq!(text(b"old\x1b[2K\rnew"), "new");
    assert_eq!(text(b"old\x1b[1Gnew"), "new");
    assert_eq!(text(b"ab\x08c"), "ac");
    assert_eq!(text(b"\x08\x08a"), "a");
}

#[test]
fn what_is_invisible_is_drawn() {
    assert_eq!(text(b"a\0b\x01\x7f"), "a\u{2400}b\u{2401}\u{2421}");
    assert_eq!(text("a\u{202e}b\u{2066}".as_bytes()), "a\u{27e8}202E\u{27e9}b\u{27e8}2066\u{27e9}");
    assert_eq!(text("\u{feff}x\u{200b}".as_bytes()), "\u{27e8}FEFF\u{27e9}x\u{27e8}200B\u{27e9}");
    assert_eq!(text(b"a\xffb\xc3"), "a\u{fffd}b\u{fffd}");
    assert_eq!(text("tab\tend \u{e9}\u{1f680}".as_bytes()), "tab\tend \u{e9}\u{1f680}");
    assert_eq!(text(b"a\nb"), "a\u{240a}b");
}

/// Every line of up to three of the bytes that mean something, and long runs of them.
#[test]
fn whatever_comes_is_safe() {
    let bytes =
        [0x1b, b'[', b']', b'm', b'3', b';', b':', b'\\', 7, 8, 13, b'a', 0, 0xc2, 0x9b, 0xff, b' ', b'P'];
    let safe = |line: &[u8]| {
        for character in text(line).chars() {
            assert!(character == '\t' || !(character.is_control() || deceives(character)), "{line:?}");
        }
    };
    for first in bytes {
        for second in bytes {
            for third in bytes {
                safe(&[first, second, third]);
                safe(&[0x1b, first, second, third, b'x']);
            }
        }
        safe(&[first].repeat(70_000));
    }
}

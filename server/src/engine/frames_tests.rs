//! Tests of the decoder: any stream, cut anywhere.

use proptest::prelude::*;

use super::*;

const TIME: &str = "2026-01-02T15:04:05.123456789Z";
const NANOS: i64 = 1_767_366_245_123_456_789;

fn framed(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind, 0, 0, 0];
    frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

fn decode(framing: Framing, stream: &[u8], cuts: &[usize]) -> Vec<RawLine> {
    let mut decoder = FrameDecoder::new(framing);
    let mut splitter = LineSplitter::new(framing);
    let mut lines = Vec::new();
    let mut from = 0;
    for to in cuts.iter().copied().map(|cut| cut.min(stream.len())).chain([stream.len()]) {
        if to > from {
            decoder.push(&stream[from..to], |frame| splitter.push(frame, &mut lines)).unwrap();
            from = to;
        }
    }
    splitter.finish(&mut lines);
    lines
}

fn texts(lines: &[RawLine]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.text.to_vec()).collect()
}

#[test]
fn times() {
    assert_eq!(parse_time(TIME.as_bytes()), Some(NANOS));
    assert_eq!(parse_time(b"2026-01-02T16:04:05.123456789+01:00"), Some(NANOS));
    assert_eq!(parse_time(b"1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(parse_time(b"2000-02-29T00:00:00.5Z"), Some(951_782_400_500_000_000));
    for bad in ["", "2026", "2026-13-02T15:04:05Z", "2026-01-02 15:04:05Z", "hello world, this is text"] {
        assert_eq!(parse_time(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn a_line_in_messages_is_one_line() {
    let mut stream = framed(1, format!("{TIME} {}", "a".repeat(MESSAGE_BYTES)).as_bytes());
    stream.extend(framed(2, format!("{TIME} between\n").as_bytes()));
    stream.extend(framed(1, format!("{TIME} b\n").as_bytes()));
    let lines = decode(Framing::Multiplexed, &stream, &[]);
    assert_eq!(texts(&lines), [b"between".to_vec(), [vec![b'a'; MESSAGE_BYTES], vec![b'b']].concat()]);
}

#[test]
fn a_terminals_long_line_is_one_line() {
    let stream = format!("{TIME} {}{TIME} tail\r\n{TIME} next\r\n", "a".repeat(MESSAGE_BYTES));
    let lines = decode(Framing::Raw, stream.as_bytes(), &[5, 40, 16_400]);
    assert_eq!(texts(&lines), [[vec![b'a'; MESSAGE_BYTES], b"tail".to_vec()].concat(), b"next".to_vec()]);
}

#[test]
fn what_looks_like_a_header_in_a_terminal_is_text() {
    let fake = [1, 0, 0, 0, 255, 255, 255, 255];
    let stream = [format!("{TIME} ").into_bytes(), fake.to_vec(), b"\n".to_vec()].concat();
    assert_eq!(texts(&decode(Framing::Raw, &stream, &[])), [fake.to_vec()]);
}

#[test]
fn a_monstrous_line_is_cut_and_marked() {
    let long = LINE_MAX_BYTES * 3;
    let stream = framed(1, format!("{TIME} {}\n", "x".repeat(long)).as_bytes());
    let lines = decode(Framing::Multiplexed, &stream, &[100, 50_000, 150_000]);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].text.len(), LINE_MAX_BYTES);
    assert_eq!(lines[0].cut, (long - LINE_MAX_BYTES) as u64);
}

#[test]
fn a_malformed_header_ends_the_stream() {
    for header in [[9, 0, 0, 0, 0, 0, 0, 1], [1, 1, 0, 0, 0, 0, 0, 1]] {
        let mut decoder = FrameDecoder::new(Framing::Multiplexed);
        assert!(decoder.push(&header, |_| {}).is_err());
    }
}

#[test]
fn no_newline_at_the_end() {
    let stream = framed(1, format!("{TIME} prompt> ").as_bytes());
    assert_eq!(texts(&decode(Framing::Multiplexed, &stream, &[])), [b"prompt> ".to_vec()]);
}

#[test]
fn lines_that_come_one_by_one_stand_together() {
    let line = framed(1, format!("{TIME} a line\n").as_bytes());
    let cuts: Vec<usize> = (1..200).map(|nth| nth * line.len()).collect();
    let lines = decode(Framing::Multiplexed, &line.repeat(200), &cuts);
    assert_eq!(lines.len(), 200);
    let places: Vec<usize> = lines.iter().map(|line| line.text.as_ptr().addr()).collect();
    assert!(
        places.windows(2).all(|pair| pair[1] == pair[0] + "a line".len()),
        "each keeps a read of its own"
    );
}

proptest! {
    #[test]
    fn lines_survive_any_cutting(
        lines in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>().prop_filter("no newline", |b| *b != b'\n' && *b != b'\r'), 0..80)), 0..20),
        mut cuts in prop::collection::vec(0usize..2000, 0..20),
    ) {
        cuts.sort_unstable();
        let stream: Vec<u8> = lines.iter().flat_map(|(out, text)| {
            framed(if *out { 1 } else { 2 }, &[TIME.as_bytes(), b" ", text, b"\n"].concat())
        }).collect();
        let decoded = decode(Framing::Multiplexed, &stream, &cuts);
        let expected: Vec<_> = lines.iter().map(|(out, text)| (if *out { LogStream::Stdout } else { LogStream::Stderr }, text.clone())).collect();
        let got: Vec<_> = decoded.iter().map(|line| (line.stream, line.text.to_vec())).collect();
        prop_assert_eq!(got, expected);
        prop_assert!(decoded.iter().all(|line| line.nanos == NANOS && line.cut == 0));
    }

    #[test]
    fn terminal_lines_survive_any_cutting(
        lines in prop::collection::vec(prop::collection::vec(any::<u8>().prop_filter("no newline", |b| *b != b'\n' && *b != b'\r'), 0..80), 0..20),
        mut cuts in prop::collection::vec(0usize..2000, 0..20),
    ) {
        cuts.sort_unstable();
        let stream: Vec<u8> = lines.iter().flat_map(|text| [TIME.as_bytes(), b" ", text, b"\r\n"].concat()).collect();
        let decoded = decode(Framing::Raw, &stream, &cuts);
        prop_assert_eq!(texts(&decoded), lines);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..4000), raw in any::<bool>()) {
        let framing = if raw { Framing::Raw } else { Framing::Multiplexed };
        let mut decoder = FrameDecoder::new(framing);
        let mut splitter = LineSplitter::new(framing);
        let mut lines = Vec::new();
        let _ = decoder.push(&bytes, |frame| splitter.push(frame, &mut lines));
        splitter.finish(&mut lines);
        let kept: usize = lines.iter().map(|line| line.text.len()).sum();
        prop_assert!(kept <= bytes.len());
    }
}

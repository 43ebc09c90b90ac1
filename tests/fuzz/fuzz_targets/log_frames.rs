//! Any bytes as a container's output, cut anywhere: the decoder neither panics nor keeps more than it was
//! given, and how a stream is cut changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, unreachable_pub, reason = "the decoder's own file, without the server around it")]
#[path = "../../../server/src/engine/frames.rs"]
mod frames;

use frames::{FrameDecoder, Framing, LineSplitter, RawLine};

fn decode<'a>(framing: Framing, chunks: impl Iterator<Item = &'a [u8]>) -> (Vec<RawLine>, bool) {
    let mut decoder = FrameDecoder::new(framing);
    let mut splitter = LineSplitter::new(framing);
    let mut lines = Vec::new();
    for chunk in chunks {
        if decoder.push(chunk, |frame| splitter.push(frame, &mut lines)).is_err() {
            return (lines, false);
        }
    }
    splitter.finish(&mut lines);
    (lines, true)
}

fuzz_target!(|input: (bool, u8, Vec<u8>)| {
    let (raw, cut, bytes) = input;
    let framing = if raw { Framing::Raw } else { Framing::Multiplexed };
    let whole = decode(framing, std::iter::once(bytes.as_slice()));
    assert_eq!(decode(framing, bytes.chunks(usize::from(cut).max(1))), whole);
    let kept: usize = whole.0.iter().map(|line| line.text.len()).sum();
    assert!(kept <= bytes.len());
});

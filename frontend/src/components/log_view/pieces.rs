//! A line as it is drawn: pieces of text, each with one look, and what the search found marked in them.
//!
//! Belongs here: choosing what of a line is shown (the message of a line of JSON, fields behind it) and how.
//! Does not: elements; `row` makes them.

use shared::logs::{
    ansi::{self, Color, Hue, Style},
    fields::{self, Part},
    json::{self, Kind},
};

use super::store::Line;

/// So many bytes of a line are drawn until it is opened.
const SHORT: usize = 2048;

/// What a piece is, for its look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// Plain text.
    #[default]
    Plain,
    /// The name of a field.
    Key,
    /// Its value.
    Value,
    /// A program's own colours.
    Ansi(Style),
    /// A piece of JSON.
    Json(Kind),
}

/// Text in one look; `marked` if the search found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The text, safe to show.
    pub(super) text: String,
    /// Its look.
    pub(super) look: Look,
    /// Whether the search found it.
    pub(super) marked: bool,
}

impl Piece {
    fn new(text: impl Into<String>, look: Look) -> Self {
        Self { text: text.into(), look, marked: false }
    }
}

/// A line as it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// What stands in the line.
    pub(super) message: Vec<Piece>,
    /// The document below it, if it is open and JSON.
    pub(super) document: Vec<Vec<Piece>>,
    /// How many fields the document has; absent for what is no JSON.
    pub(super) fields: Option<usize>,
    /// Characters that are not drawn until the line is opened.
    pub(super) hidden: usize,
}

/// What of a line is drawn.
pub(super) fn draw(line: &Line, open: bool) -> Drawn {
    let text = line.plain();
    if let Some(summary) = json::looks_like_object(&text).then(|| json::summary(&text)).flatten() {
        let message = summarised(&summary, &text);
        let document = if open { document(&text) } else { Vec::new() };
        return Drawn { message, document, fields: Some(summary.count), hidden: 0 };
    }
    let shown = if open { &*line.text } else { short(&line.text) };
    let spans = ansi::spans(shown);
    let hidden = line.text.len() - shown.len();
    let coloured = spans.iter().any(|span| span.style != Style::default());
    let message = if coloured {
        spans.into_iter().map(|span| Piece::new(span.text, Look::Ansi(span.style))).collect()
    } else {
        let text: String = spans.into_iter().map(|span| span.text).collect();
        with_fields(&text)
    };
    Drawn { message, document: Vec::new(), fields: None, hidden }
}

/// The beginning of a long text, cut between two characters.
fn short(text: &[u8]) -> &[u8] {
    if text.len() <= SHORT + 64 {
        return text;
    }
    let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = (SHORT..SHORT + 4).find(|at| !continues(*at)).unwrap_or(SHORT);
    text.get(..end).unwrap_or(text)
}

fn with_fields(text: &str) -> Vec<Piece> {
    let look = |part: &Part<'_>| match part {
        Part::Text(_) => Look::Plain,
        Part::Key(_) => Look::Key,
        Part::Value(_) => Look::Value,
    };
    fields::parts(text).iter().map(|part| Piece::new(part.text(), look(part))).collect()
}

fn summarised(summary: &json::Summary, text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    match &summary.message {
        Some(message) => pieces.push(Piece::new(ansi::visible(message), Look::Plain)),
        None if summary.fields.is_empty() => pieces.push(Piece::new(text.trim(), Look::Plain)),
        None => {}
    }
    for (key, value) in summary.fields.iter().take(40) {
        if !pieces.is_empty() {
            pieces.push(Piece::new(" ", Look::Plain));
        }
        let value: String = ansi::visible(value).chars().take(200).collect();
        pieces.push(Piece::new(format!("{}=", ansi::visible(key)), Look::Key));
        pieces.push(Piece::new(value, Look::Value));
    }
    pieces
}

fn document(text: &str) -> Vec<Vec<Piece>> {
    let lines = json::pretty(text).unwrap_or_default();
    lines
        .into_iter()
        .map(|(depth, tokens)| {
            let indent = Piece::new("  ".repeat(depth), Look::Plain);
            let tokens = tokens.into_iter().map(|token| Piece::new(token.text, Look::Json(token.kind)));
            std::iter::once(indent).filter(|indent| !indent.text.is_empty()).chain(tokens).collect()
        })
        .collect()
}

/// The text of pieces, as it is searched.
pub(super) fn text_of(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Marks ranges of the pieces' text. They are in UTF-16 units, as browsers count, rising and apart.
pub(super) fn mark(pieces: Vec<Piece>, ranges: &[(u32, u32)]) -> Vec<Piece> {
    if ranges.is_empty() {
        return pieces;
    }
    let inside = |at: u32| {
        let index = ranges.partition_point(|(_, end)| *end <= at);
        ranges.get(index).is_some_and(|(start, _)| *start <= at)
    };
    let mut at = 0_u32;
    let mut marked: Vec<Piece> = Vec::with_capacity(pieces.len() + ranges.len());
    for piece in pieces {
        let mut fresh = true;
        for character in piece.text.chars() {
            let is_in = inside(at);
            // Two hits side by side are two marks.
            let begins = ranges.binary_search_by_key(&at, |(start, _)| *start).is_ok();
            at = at.saturating_add(u32::try_from(character.len_utf16()).unwrap_or(1));
            match marked.last_mut() {
                Some(last) if !fresh && last.marked == is_in && !begins => last.text.push(character),
                _ => marked.push(Piece { text: character.into(), look: piece.look, marked: is_in }),
            }
            fresh = false;
        }
    }
    marked
}

/// The name of a colour in style sheets.
pub(super) fn color_name(color: Color) -> &'static str {
    match (color.hue, color.bright) {
        (Hue::Black, false) => "black",
        (Hue::Red, false) => "red",
        (Hue::Green, false) => "green",
        (Hue::Yellow, false) => "yellow",
        (Hue::Blue, false) => "blue",
        (Hue::Magenta, false) => "magenta",
        (Hue::Cyan, false) => "cyan",
        (Hue::White, false) => "white",
        (Hue::Black, true) => "bright-black",
        (Hue::Red, true) => "bright-red",
        (Hue::Green, true) => "bright-green",
        (Hue::Yellow, true) => "bright-yellow",
        (Hue::Blue, true) => "bright-blue",
        (Hue::Magenta, true) => "bright-magenta",
        (Hue::Cyan, true) => "bright-cyan",
        (Hue::White, true) => "bright-white",
    }
}

#[cfg(test)]
mod tests {
    use shared::logs::LogStream;

    use super::*;

    fn line(text: &[u8]) -> Line {
        Line { nanos: 0, stream: LogStream::Stdout, cut: 0, text: text.into(), level: None, hit: false }
    }

    fn told(pieces: &[Piece]) -> String {
        let told: Vec<String> = pieces
            .iter()
            .map(|piece| {
                let sign = if piece.marked { "*" } else { "" };
                match piece.look {
                    Look::Plain => format!("{sign}{}", piece.text),
                    Look::Key => format!("{sign}k({})", piece.text),
                    Look::Value => format!("{sign}v({})", piece.text),
                    Look::Ansi(_) => format!("{sign}a({})", piece.text),
                    Look::Json(_) => format!("{sign}j({})", piece.text),
                }
            })
            .collect();
        told.join("|")
    }

    #[test]
    fn json_is_folded_and_opened() {
        let line = line(br#"{"level":"warn","msg":"slow \u001b[31mred\u001b[0m","ms":12,"deep":{"a":1}}"#);
        let folded = draw(&line, false);
        assert_eq!(told(&folded.message), "slow red| |k(ms=)|v(12)");
        assert_eq!((folded.fields, folded.document.len()), (Some(4), 0));
        let open = draw(&line, true);
        assert_eq!(open.document.len(), 8);
        assert_eq!(text_of(&open.document[4]), "  \"deep\": {");
    }

    #[test]
    fn fields_step_back_unless_the_program_has_colours() {
        assert_eq!(told(&draw(&line(b"GET / ms=1"), false).message), "GET / |k(ms=)|v(1)");
        assert_eq!(told(&draw(&line(b"\x1b[1mGET\x1b[m ms=1"), false).message), "a(GET)|a( ms=1)");
        assert_eq!(told(&draw(&line(br#"{"a":{}}"#), false).message), r#"{"a":{}}"#);
    }

    #[test]
    fn a_long_line_is_drawn_in_part() {
        let long = line("é".repeat(5_000).as_bytes());
        let drawn = draw(&long, false);
        assert_eq!(drawn.hidden, 10_000 - 2_048);
        assert_eq!(text_of(&drawn.message), "é".repeat(1_024));
        assert_eq!(draw(&long, true).hidden, 0);
        assert_eq!(draw(&line(&[b'x'; 2_100]), false).hidden, 0);
    }

    #[test]
    fn hits_are_marked_across_pieces() {
        let pieces = || vec![Piece::new("a🚀b", Look::Plain), Piece::new("key=", Look::Key)];
        assert_eq!(told(&mark(pieces(), &[(1, 5)])), "a|*🚀b|*k(k)|k(ey=)");
        assert_eq!(told(&mark(pieces(), &[(0, 1), (1, 3), (7, 8)])), "*a|*🚀|b|k(key)|*k(=)");
        assert_eq!(told(&mark(pieces(), &[])), "a🚀b|k(key=)");
    }
}

//! What a line looks like on a screen: colours and styles are kept, every other escape is taken out, and
//! what a terminal would hide is made visible.
//!
//! Belongs here: reading SGR (ECMA-48, section 8.3.117), what the engine's terminals do to one line (carriage
//! return, backspace), and the characters that could deceive a reader (bidirectional controls, NUL, invisible
//! ones). Does not: colours in the sense of the page; they are names here.

use std::{borrow::Cow, fmt::Write};

/// One of the eight colours that every palette has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hue {
    /// Black.
    Black,
    /// Red.
    Red,
    /// Green.
    Green,
    /// Yellow.
    Yellow,
    /// Blue.
    Blue,
    /// Magenta.
    Magenta,
    /// Cyan.
    Cyan,
    /// White.
    White,
}

/// A colour of the palette. What asks for one of 256 or 16 million gets the nearest, so that it can be read
/// in both themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Color {
    /// Which of the eight.
    pub hue: Hue,
    /// Its bright form.
    pub bright: bool,
}

/// How a piece of a line is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// The text's colour; absent for the page's own.
    pub foreground: Option<Color>,
    /// The colour behind it.
    pub background: Option<Color>,
    /// Bold.
    pub bold: bool,
    /// Dim.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck through.
    pub strike: bool,
    /// Text and ground exchanged.
    pub inverse: bool,
}

/// A piece of a line in one style. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text, safe to show.
    pub text: String,
    /// Its style.
    pub style: Style,
}

/// A line as pieces. Bytes that are not UTF-8 become U+FFFD; hidden text (SGR 8) is shown, since a log
/// hides nothing.
#[must_use]
pub fn spans(line: &[u8]) -> Vec<Span> {
    let text = String::from_utf8_lossy(line);
    let mut screen = Screen::default();
    let mut rest = text.as_ref();
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or_default();
        rest = screen.take(character, after);
    }
    screen.spans
}

/// A line as it is searched and copied: the text of its [`spans`].
#[must_use]
pub fn plain(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) if is_plain(text) => Cow::Borrowed(text),
        Ok(_) | Err(_) => Cow::Owned(spans(line).into_iter().map(|span| span.text).collect()),
    }
}

/// Text that comes from elsewhere than a line (a message inside JSON), safe to show.
#[must_use]
pub fn visible(text: &str) -> String {
    plain(text.as_bytes()).into_owned()
}

fn is_plain(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().all(|byte| byte == b'\t' || (0x20..0x7f).contains(&byte));
    }
    text.chars().all(|character| character == '\t' || !(character.is_control() || deceives(character)))
}

/// Characters that are not seen, or that change what is seen of others.
fn deceives(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line of a terminal.
#[derive(Default)]
struct Screen {
    spans: Vec<Span>,
    style: Style,
    /// A carriage return was seen: what is printed next begins the line anew.
    returned: bool,
}

impl Screen {
    /// Takes one character, and what belongs to it of what follows; gives back the rest.
    fn take<'a>(&mut self, character: char, after: &'a str) -> &'a str {
        match character {
            '\u{1b}' => return self.escape(after),
            '\u{9b}' => return self.control_sequence(after).unwrap_or_else(|| self.replace(after)),
            '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => {
                return end_of_string(after).unwrap_or_else(|| self.replace(after));
            }
            '\r' => self.returned = true,
            '\u{8}' => self.back(),
            '\u{7}' => {}
            '\t' => self.print('\t'),
            '\u{7f}' => self.print('\u{2421}'),
            control if control < ' ' => {
                self.print(char::from_u32(0x2400 + u32::from(control)).unwrap_or('\u{fffd}'));
            }
            '\u{80}'..='\u{9f}' => self.print('\u{fffd}'),
            hidden if deceives(hidden) => {
                let mut name = String::new();
                // Writing to a string does not fail.
                let _ = write!(name, "\u{27e8}{:04X}\u{27e9}", u32::from(hidden));
                name.chars().for_each(|character| self.print(character));
            }
            character => self.print(character),
        }
        after
    }

    fn print(&mut self, character: char) {
        if self.returned {
            self.returned = false;
            self.spans.clear();
        }
        match self.spans.last_mut() {
            Some(span) if span.style == self.style => span.text.push(character),
            _ => self.spans.push(Span { text: character.into(), style: self.style }),
        }
    }

    fn replace<'a>(&mut self, after: &'a str) -> &'a str {
        self.print('\u{fffd}');
        after
    }

    fn back(&mut self) {
        if let Some(span) = self.spans.last_mut() {
            span.text.pop();
            if span.text.is_empty() {
                self.spans.pop();
            }
        }
    }

    /// What follows ESC. A sequence that never ends hides nothing: its ESC is drawn and the rest is text.
    fn escape<'a>(&mut self, after: &'a str) -> &'a str {
        let mut characters = after.chars();
        let rest = match characters.next() {
            Some('[') => self.control_sequence(characters.as_str()),
            Some(']' | 'P' | 'X' | '^' | '_') => end_of_string(characters.as_str()),
            Some(' '..='/') => {
                let body = after.trim_start_matches(|character| matches!(character, ' '..='/'));
                let mut body = body.chars();
                body.next().filter(|last| matches!(last, '0'..='~')).map(|_| body.as_str())
            }
            Some('0'..='~') => Some(characters.as_str()),
            _ => None,
        };
        rest.unwrap_or_else(|| {
            self.print('\u{241b}');
            after
        })
    }

    /// What follows CSI, if it is whole.
    fn control_sequence<'a>(&mut self, after: &'a str) -> Option<&'a str> {
        let end = after.find(|character| !matches!(character, ' '..='?'))?;
        let (parameters, rest) = after.split_at_checked(end)?;
        let mut rest = rest.chars();
        match rest.next()? {
            'm' if parameters.bytes().all(|byte| byte.is_ascii_digit() || byte == b';' || byte == b':') => {
                self.style.select(parameters);
            }
            // The cursor goes to the first column: as a carriage return.
            'G' if matches!(parameters, "" | "0" | "1") => self.returned = true,
            'K' if parameters == "2" => self.returned = true,
            '@'..='~' => {}
            _ => return None,
        }
        Some(rest.as_str())
    }
}

/// What follows a command string (OSC, DCS...), after its terminator. Another string within it means that
/// it has no end; it is not looked for further, so that a line is read once.
fn end_of_string(after: &str) -> Option<&str> {
    let end = after.find(|character| {
        matches!(character, '\u{7}' | '\u{1b}' | '\u{90}' | '\u{98}' | '\u{9c}'..='\u{9f}')
    })?;
    let rest = after.get(end..)?;
    rest.strip_prefix(['\u{7}', '\u{9c}']).or_else(|| rest.strip_prefix("\u{1b}\\"))
}

impl Style {
    /// Applies the parameters of one SGR sequence.
    fn select(&mut self, parameters: &str) {
        // More than this in one sequence is no style but an attempt to waste time.
        let mut groups = parameters.split(';').take(64);
        while let Some(group) = groups.next() {
            let mut parts = group.split(':');
            let code = number(parts.next());
            match code {
                38 | 48 | 58 => {
                    let color = if group.contains(':') {
                        let parts: Vec<&str> = parts.collect();
                        extended_with_colons(&parts)
                    } else {
                        extended(&mut groups)
                    };
                    match code {
                        38 => self.foreground = color.or(self.foreground),
                        48 => self.background = color.or(self.background),
                        _ => {}
                    }
                }
                4 => self.underline = group != "4:0",
                code => self.select_simple(code),
            }
        }
    }

    fn select_simple(&mut self, code: u32) {
        match code {
            0 => *self = Self::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            7 => self.inverse = true,
            9 => self.strike = true,
            21 => self.underline = true,
            22 => {
                self.bold = false;
                self.dim = false;
            }
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.inverse = false,
            29 => self.strike = false,
            39 => self.foreground = None,
            49 => self.background = None,
            30..=37 => self.foreground = Some(Color::indexed(code - 30)),
            40..=47 => self.background = Some(Color::indexed(code - 40)),
            90..=97 => self.foreground = Some(Color::indexed(code - 90 + 8)),
            100..=107 => self.background = Some(Color::indexed(code - 100 + 8)),
            _ => {}
        }
    }
}

fn number(text: Option<&str>) -> u32 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn extended<'a>(groups: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    match number(groups.next()) {
        5 => Some(Color::indexed(number(groups.next()))),
        2 => Some(Color::nearest(number(groups.next()), number(groups.next()), number(groups.next()))),
        _ => None,
    }
}

/// `38:5:n`, `38:2:r:g:b` and, with a colour space before them, `38:2::r:g:b`.
fn extended_with_colons(parts: &[&str]) -> Option<Color> {
    match parts {
        ["5", index, ..] => Some(Color::indexed(number(Some(index)))),
        ["2", _, red, green, blue, ..] | ["2", red, green, blue] => {
            Some(Color::nearest(number(Some(red)), number(Some(green)), number(Some(blue))))
        }
        _ => None,
    }
}

impl Color {
    /// One of the 256 of xterm.
    fn indexed(index: u32) -> Self {
        let hue = match index % 8 {
            0 => Hue::Black,
            1 => Hue::Red,
            2 => Hue::Green,
            3 => Hue::Yellow,
            4 => Hue::Blue,
            5 => Hue::Magenta,
            6 => Hue::Cyan,
            _ => Hue::White,
        };
        match index {
            0..=15 => Self { hue, bright: index >= 8 },
            16..=231 => {
                let step = |part: u32| if part == 0 { 0 } else { 55 + part * 40 };
                let cube = index - 16;
                Self::nearest(step(cube / 36), step(cube / 6 % 6), step(cube % 6))
            }
            _ => {
                let grey = 8 + index.min(255).saturating_sub(232) * 10;
                Self::nearest(grey, grey, grey)
            }
        }
    }

    /// The nearest of the palette: by hue where there is one, else by lightness.
    fn nearest(red: u32, green: u32, blue: u32) -> Self {
        let (red, green, blue) = (red.min(255), green.min(255), blue.min(255));
        let most = red.max(green).max(blue);
        let least = red.min(green).min(blue);
        let spread = most - least;
        if spread < 48 {
            return match most {
                0..=47 => Self { hue: Hue::Black, bright: false },
                48..=159 => Self { hue: Hue::Black, bright: true },
                160..=223 => Self { hue: Hue::White, bright: false },
                _ => Self { hue: Hue::White, bright: true },
            };
        }
        // Degrees around the colour wheel, from red.
        let part = |first: u32, second: u32| {
            (60 * (i64::from(first) - i64::from(second)) / i64::from(spread)).rem_euclid(360)
        };
        let degrees = if most == red {
            part(green, blue)
        } else if most == green {
            (part(blue, red) + 120).rem_euclid(360)
        } else {
            (part(red, green) + 240).rem_euclid(360)
        };
        let hue = match degrees {
            20..=74 => Hue::Yellow,
            75..=159 => Hue::Green,
            160..=199 => Hue::Cyan,
            200..=264 => Hue::Blue,
            265..=334 => Hue::Magenta,
            _ => Hue::Red,
        };
        Self { hue, bright: most >= 208 }
    }
}

#[cfg(test)]
#[path = "ansi_tests.rs"]
mod tests;

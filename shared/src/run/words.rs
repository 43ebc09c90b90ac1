//! Splits a pasted shell line into words, as a shell would, and quotes words for one.
//!
//! Nothing is run or looked up: what only the shell of the person could fill in (variables, commands,
//! patterns) stays in the word as it was written, and is named.

/// Something in a word that only the person's own shell could fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unknown {
    /// `$NAME`, `${NAME}`
    Variable,
    /// `$(command)`, `` `command` ``
    Substitution,
    /// `~`
    Home,
    /// `*`, `?`, `[a-z]`, `{a,b}`
    Pattern,
}

/// A word after the shell's own quoting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What the program would get.
    pub text: String,
    /// As it was written.
    pub source: String,
    /// What could not be filled in.
    pub unknown: Vec<Unknown>,
}

/// One command of the line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// Its words.
    pub words: Vec<Word>,
    /// `> file`, `2>&1`, as written.
    pub redirections: Vec<String>,
    /// The whole of it, as written.
    pub source: String,
}

/// The commands of a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// In the order they stand.
    pub commands: Vec<Command>,
    /// Whether a quote was not closed: the rest of the text is in the last word then.
    pub unclosed: bool,
}

/// Splits a text into commands, and these into words.
#[must_use]
pub fn split(text: &str) -> Commands {
    let mut lexer = Lexer { rest: text, whole: text, ..Lexer::default() };
    lexer.run();
    lexer.found
}

#[derive(Default)]
struct Lexer<'a> {
    whole: &'a str,
    rest: &'a str,
    /// Where the command began.
    start: usize,
    command: Command,
    word: Option<Word>,
    /// Where the word began.
    word_start: usize,
    /// The part of the word that stood outside quotes.
    bare: String,
    /// What a redirection was, until its file is known.
    redirection: Option<usize>,
    found: Commands,
}

const SEPARATORS: &[&str] = &["&&", "||", "|&", ";;", "&", "|", ";", "\n", "(", ")"];

impl<'a> Lexer<'a> {
    fn at(&self) -> usize {
        self.whole.len() - self.rest.len()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.skip(next.len_utf8());
        Some(next)
    }

    fn word(&mut self) -> &mut Word {
        if self.word.is_none() {
            self.word_start = self.at();
            self.bare.clear();
        }
        self.word.get_or_insert_default()
    }

    fn push(&mut self, text: &str) {
        self.word().text.push_str(text);
    }

    fn run(&mut self) {
        loop {
            let begins = self.word.is_none() && self.command.words.is_empty() && self.redirection.is_none();
            if begins && self.rest.starts_with(['$', '#']) {
                self.prompt();
            }
            if self.continuation() {
                continue;
            }
            let Some(first) = self.rest.chars().next() else { break };
            match first {
                ' ' | '\t' | '\r' => {
                    self.end_word();
                    self.skip(1);
                }
                '#' if self.word.is_none() => {
                    let end = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.skip(end);
                }
                '<' | '>' => self.redirect(),
                '&' if self.rest.starts_with("&>") => self.redirect(),
                _ if self.separate() => {}
                _ => self.letter(first),
            }
        }
        self.end_command(self.whole.len());
    }

    /// `$ ` and `# ` before a command are the prompt of whoever copied it.
    fn prompt(&mut self) {
        let after = self.rest.strip_prefix("$ ").or_else(|| {
            let after = self.rest.strip_prefix("# ")?.trim_start();
            ["docker ", "sudo ", "podman "].iter().any(|name| after.starts_with(name)).then_some(after)
        });
        if let Some(after) = after {
            self.rest = after;
            self.start = self.at();
        }
    }

    /// The end of a line that goes on: `\` in a shell, `^` and `` ` `` in those of Windows. Blanks that
    /// slipped in behind it are forgiven.
    fn continuation(&mut self) -> bool {
        let Some(mark) = self.rest.chars().next().filter(|mark| matches!(mark, '\\' | '^' | '`')) else {
            return false;
        };
        let after = self.rest.get(1..).unwrap_or_default().trim_start_matches([' ', '\t', '\r']);
        let Some(next) = after.strip_prefix('\n') else { return false };
        if mark != '\\' || self.rest.get(1..2) != Some("\n") {
            self.end_word();
        }
        self.rest = next;
        true
    }

    fn separate(&mut self) -> bool {
        let Some(separator) = SEPARATORS.iter().find(|separator| self.rest.starts_with(**separator)) else {
            return false;
        };
        let end = self.at();
        self.end_command(end);
        self.skip(separator.len());
        self.start = self.at();
        true
    }

    fn redirect(&mut self) {
        // `2>`: the number belongs to it.
        let number = self.word.as_ref().is_some_and(|word| word.text.bytes().all(|b| b.is_ascii_digit()));
        let start = if number {
            self.word = None;
            self.word_start
        } else {
            self.end_word();
            self.at()
        };
        while self.rest.starts_with(['<', '>', '&', '|']) {
            self.skip(1);
        }
        let blanks = self.rest.len() - self.rest.trim_start_matches([' ', '\t']).len();
        self.skip(blanks);
        self.redirection = Some(start);
        // A file is wanted even if nothing follows, so that the next separator ends it.
        self.word();
    }

    fn letter(&mut self, first: char) {
        let begins = self.word.is_none() || self.word.as_ref().is_some_and(|word| word.text.is_empty());
        self.word();
        match first {
            '\'' => self.single_quotes(),
            '"' => {
                self.skip(1);
                self.double_quotes();
            }
            '\\' => {
                self.skip(1);
                if let Some(next) = self.next() {
                    self.push(next.encode_utf8(&mut [0; 4]));
                }
            }
            '$' => self.dollar(false),
            '`' => self.backticks(),
            '~' if begins && self.bare.is_empty() => {
                self.skip(1);
                self.push("~");
                self.bare.push('~');
                self.word().unknown.push(Unknown::Home);
            }
            other => {
                self.skip(other.len_utf8());
                self.push(other.encode_utf8(&mut [0; 4]));
                self.bare.push(other);
            }
        }
    }

    fn single_quotes(&mut self) {
        self.skip(1);
        match self.rest.split_once('\'') {
            Some((inside, after)) => {
                self.push(inside);
                self.rest = after;
            }
            None => self.unclosed(),
        }
        self.bare.push(' ');
    }

    fn unclosed(&mut self) {
        let rest = self.rest;
        self.push(rest);
        self.rest = "";
        self.found.unclosed = true;
    }

    fn double_quotes(&mut self) {
        self.bare.push(' ');
        loop {
            match self.rest.chars().next() {
                None => {
                    self.found.unclosed = true;
                    return;
                }
                Some('"') => {
                    self.skip(1);
                    return;
                }
                Some('$') => self.dollar(true),
                Some('`') => self.backticks(),
                Some('\\') => {
                    self.skip(1);
                    match self.next() {
                        Some('\n') => {}
                        Some(next @ ('$' | '`' | '"' | '\\')) => self.push(next.encode_utf8(&mut [0; 4])),
                        Some(other) => {
                            self.push("\\");
                            self.push(other.encode_utf8(&mut [0; 4]));
                        }
                        None => self.push("\\"),
                    }
                }
                Some(other) => {
                    self.skip(other.len_utf8());
                    self.push(other.encode_utf8(&mut [0; 4]));
                }
            }
        }
    }

    /// Takes bytes over as they were written, and names what they are.
    fn keep(&mut self, bytes: usize, unknown: Unknown) {
        let text = self.rest.get(..bytes).unwrap_or(self.rest);
        self.push(text);
        self.word().unknown.push(unknown);
        self.skip(bytes);
    }

    fn backticks(&mut self) {
        let end = self.rest.get(1..).and_then(|rest| rest.find('`')).map(|end| end + 2);
        self.found.unclosed |= end.is_none();
        self.keep(end.unwrap_or(self.rest.len()), Unknown::Substitution);
    }

    fn dollar(&mut self, quoted: bool) {
        let after = self.rest.get(1..).unwrap_or_default();
        let first = after.chars().next();
        match first {
            Some('(') => {
                let end = closing(after, '(', ')');
                self.found.unclosed |= end.is_none();
                self.keep(end.map_or(self.rest.len(), |end| end + 1), Unknown::Substitution);
            }
            Some('{') => {
                let end = closing(after, '{', '}');
                self.found.unclosed |= end.is_none();
                self.keep(end.map_or(self.rest.len(), |end| end + 1), Unknown::Variable);
            }
            Some('\'') if !quoted => {
                self.skip(2);
                self.ansi_quotes();
            }
            Some('"') if !quoted => {
                self.skip(2);
                self.double_quotes();
            }
            Some(letter) if letter.is_ascii_alphabetic() || letter == '_' => {
                let name = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                self.keep(1 + name.unwrap_or(after.len()), Unknown::Variable);
            }
            Some(special) if special.is_ascii_digit() || "@*#?!$-".contains(special) => {
                self.keep(2, Unknown::Variable);
            }
            _ => {
                self.skip(1);
                self.push("$");
            }
        }
    }

    /// `$'...'`, with the escapes of C.
    fn ansi_quotes(&mut self) {
        self.bare.push(' ');
        loop {
            match self.next() {
                None => {
                    self.found.unclosed = true;
                    return;
                }
                Some('\'') => return,
                Some('\\') => {
                    let decoded = match self.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some('r') => '\r',
                        Some('a') => '\u{7}',
                        Some('b') => '\u{8}',
                        Some('e' | 'E') => '\u{1b}',
                        Some('f') => '\u{c}',
                        Some('v') => '\u{b}',
                        Some('x') => self.digits(16, 2),
                        Some('u') => self.digits(16, 4),
                        Some('U') => self.digits(16, 8),
                        Some(other) => other,
                        None => '\\',
                    };
                    self.push(decoded.encode_utf8(&mut [0; 4]));
                }
                Some(other) => self.push(other.encode_utf8(&mut [0; 4])),
            }
        }
    }

    fn digits(&mut self, radix: u32, most: usize) -> char {
        let count = self.rest.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
        let code = self.rest.get(..count).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        self.skip(count);
        code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn end_word(&mut self) {
        let Some(mut word) = self.word.take() else { return };
        if is_pattern(&self.bare) {
            word.unknown.push(Unknown::Pattern);
        }
        word.unknown.sort_unstable();
        word.unknown.dedup();
        let end = self.at();
        if let Some(start) = self.redirection.take() {
            let source = self.whole.get(start..end).unwrap_or_default();
            self.command.redirections.push(source.trim().to_owned());
            return;
        }
        word.source = self.whole.get(self.word_start..end).unwrap_or_default().to_owned();
        self.command.words.push(word);
    }

    fn end_command(&mut self, end: usize) {
        self.end_word();
        let mut command = std::mem::take(&mut self.command);
        let source = self.whole.get(self.start..end).unwrap_or_default();
        source.trim().clone_into(&mut command.source);
        if !command.words.is_empty() || !command.redirections.is_empty() {
            self.found.commands.push(command);
        }
    }
}

/// The bytes up to and with the bracket that closes the first one.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, letter) in text.char_indices() {
        if letter == open {
            depth += 1;
        } else if letter == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(index + close.len_utf8());
            }
        }
    }
    None
}

/// Whether a shell would look for files, or repeat the word. An address in brackets is none.
fn is_pattern(bare: &str) -> bool {
    let between = |open: char, close: char| {
        let (_, after) = bare.split_once(open)?;
        after.split_once(close).map(|(inside, _)| inside)
    };
    let address = |inside: &str| inside.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
    bare.contains(['*', '?'])
        || between('[', ']').is_some_and(|inside| !address(inside))
        || between('{', '}').is_some_and(|inside| inside.contains(',') || inside.contains(".."))
}

/// Quotes a word so that a shell gives back exactly it.
#[must_use]
pub fn quote(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;

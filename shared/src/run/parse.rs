//! A pasted `docker run` line into a spec. What is not taken over is named: nothing is dropped silently.

use std::{
    collections::VecDeque,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{
    Reason, RunSpec,
    flags::{self, Fate, Flag, Kind, Refusal},
    foreign::FOREIGN_VALUES,
    network::{JoinedNetwork, MacAddress},
    note::{Note, NoteKind},
    values::Name,
    words::{self, Command, Word},
};

/// What became of a pasted text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// What the form holds now.
    pub spec: RunSpec,
    /// What is not in it.
    pub notes: Vec<Note>,
}

/// The older flags that fill a part of the first network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstNetwork {
    pub(super) aliases: Vec<Name>,
    pub(super) ipv4: Option<Ipv4Addr>,
    pub(super) ipv6: Option<Ipv6Addr>,
    pub(super) link_local: Vec<IpAddr>,
    pub(super) mac: Option<MacAddress>,
}

/// A spec while its flags are read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) spec: RunSpec,
    pub(super) first: FirstNetwork,
}

impl Draft {
    /// The spec, and whether the older flags could be joined to its first network.
    pub(super) fn finish(self) -> (RunSpec, bool) {
        let Self { mut spec, first } = self;
        if first == FirstNetwork::default() {
            return (spec, true);
        }
        let networks = &mut spec.network.networks;
        if networks.is_empty()
            && let Ok(name) = "default".parse()
        {
            networks.push(JoinedNetwork::plain(name));
        }
        let merged = networks.first_mut().is_some_and(|network| merge(network, first));
        (spec, merged)
    }
}

/// Reads a pasted text: the first `docker run` or `docker create` in it.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let found = words::split(text);
    let mut parser = Parser::default();
    if found.unclosed {
        let last = found.commands.iter().flat_map(|command| &command.words).next_back();
        parser.note(NoteKind::UnclosedQuote, last.map_or("", |word| word.source.as_str()));
    }
    let mut chosen = false;
    for command in &found.commands {
        match start(command) {
            Some(start) if !chosen => {
                chosen = true;
                for words in start.prefixes {
                    parser.note(NoteKind::Prefix, words);
                }
                for words in start.globals {
                    parser.note(NoteKind::GlobalOption, words);
                }
                parser.read(start.rest);
                for words in &command.redirections {
                    parser.note(NoteKind::Redirection, words.as_str());
                }
            }
            _ => parser.note(NoteKind::OtherCommand, command.source.as_str()),
        }
    }
    if !chosen {
        parser.notes = vec![Note::new(NoteKind::NotDockerRun, text.trim())];
    }
    parser.finish()
}

/// A command that begins with `docker run`, taken apart.
struct Start<'a> {
    prefixes: Vec<String>,
    globals: Vec<String>,
    rest: &'a [Word],
}

const GLOBAL_VALUES: &[&str] = &[
    "-H",
    "--host",
    "-c",
    "--context",
    "--config",
    "-l",
    "--log-level",
    "--tlscacert",
    "--tlscert",
    "--tlskey",
];

fn start(command: &Command) -> Option<Start<'_>> {
    let mut words = command.words.as_slice();
    let (mut prefixes, mut globals) = (Vec::new(), Vec::new());
    loop {
        let (first, rest) = words.split_first()?;
        words = rest;
        let text = first.text.as_str();
        match text.rsplit('/').next() {
            Some("docker" | "podman" | "nerdctl" | "docker.exe") => break,
            Some("sudo") => {}
            _ if text.starts_with('-')
                || is_assignment(text)
                || matches!(text, "exec" | "time" | "winpty") =>
            {
                prefixes.push(first.source.clone());
            }
            // `sudo -u NAME`
            _ if prefixes.last().is_some_and(|last| matches!(last.as_str(), "-u" | "-g")) => {
                if let Some(last) = prefixes.last_mut() {
                    *last = format!("{last} {}", first.source);
                }
            }
            _ => return None,
        }
    }
    loop {
        let (first, rest) = words.split_first()?;
        words = rest;
        match first.text.as_str() {
            "run" | "create" => return Some(Start { prefixes, globals, rest: words }),
            "container" => {}
            option if GLOBAL_VALUES.contains(&option) => {
                let (value, rest) = words.split_first()?;
                words = rest;
                globals.push(format!("{} {}", first.source, value.source));
            }
            option if option.starts_with('-') => globals.push(first.source.clone()),
            _ => return None,
        }
    }
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// Dashes of typography.
pub(super) const DASHES: [char; 2] = ['\u{2013}', '\u{2014}'];

#[derive(Default)]
struct Parser {
    draft: Draft,
    notes: Vec<Note>,
    /// Flags of one value that were given, each with its words.
    seen: Vec<(&'static str, String)>,
    /// The words that fill the first network.
    first_words: Vec<String>,
    has_image: bool,
}

impl Parser {
    fn note(&mut self, kind: NoteKind, words: impl Into<String>) {
        self.notes.push(Note::new(kind, words));
    }

    fn read(&mut self, words: &[Word]) {
        let mut words: VecDeque<&Word> = words.iter().collect();
        while let Some(word) = words.pop_front() {
            match word.text.as_str() {
                "--" => break,
                text if text.starts_with("--") => self.long(word, &mut words),
                text if text.starts_with('-') && text.len() > 1 => self.short(word, &mut words),
                // What a page has made of two dashes: surely no image.
                text if text.starts_with(DASHES) => self.note(NoteKind::UnknownFlag, word.source.as_str()),
                _ => {
                    words.push_front(word);
                    break;
                }
            }
        }
        if let Some(image) = words.pop_front() {
            self.name_unknown(image, &image.source);
            self.draft.spec.image.clone_from(&image.text);
            self.has_image = true;
        }
        for word in words {
            self.name_unknown(word, &word.source);
            self.draft.spec.command.push(word.text.clone());
        }
    }

    fn name_unknown(&mut self, word: &Word, words: &str) {
        for unknown in &word.unknown {
            self.note(NoteKind::NotKnownHere(*unknown), words);
        }
    }

    fn long<'a>(&mut self, word: &'a Word, rest: &mut VecDeque<&'a Word>) {
        let text = word.text.strip_prefix("--").unwrap_or_default();
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let Some(flag) = flags::by_long(name) else {
            let mut words = word.source.clone();
            if value.is_none()
                && FOREIGN_VALUES.contains(&name)
                && let Some(value) = rest.pop_front()
            {
                words = format!("{words} {}", value.source);
            }
            return self.note(NoteKind::UnknownFlag, words);
        };
        match value {
            Some(value) => self.take(flag, value, word, word.source.clone()),
            None if flag.kind == Kind::Switch => self.take(flag, "true", word, word.source.clone()),
            None => self.take_next(flag, word, rest),
        }
    }

    fn take_next(&mut self, flag: &'static Flag, word: &Word, rest: &mut VecDeque<&Word>) {
        match rest.pop_front() {
            Some(value) => self.take(flag, &value.text, value, format!("{} {}", word.source, value.source)),
            None => self.note(NoteKind::MissingValue, word.source.as_str()),
        }
    }

    /// Letters behind one dash: switches, the last of them perhaps with a value.
    fn short<'a>(&mut self, word: &'a Word, rest: &mut VecDeque<&'a Word>) {
        let letters = word.text.strip_prefix('-').unwrap_or_default();
        for (index, letter) in letters.char_indices() {
            let after = letters.get(index + letter.len_utf8()..).unwrap_or_default();
            let Some(flag) = flags::by_short(letter) else {
                return self.note(NoteKind::UnknownFlag, word.source.as_str());
            };
            let value = after.strip_prefix('=');
            match (flag.kind, value) {
                (_, Some(value)) => return self.take(flag, value, word, word.source.clone()),
                (Kind::Switch, None) => self.take(flag, "true", word, format!("-{letter}")),
                _ if after.is_empty() => return self.take_next(flag, word, rest),
                _ => return self.take(flag, after, word, word.source.clone()),
            }
        }
    }

    fn take(&mut self, flag: &'static Flag, value: &str, word: &Word, words: String) {
        match flag.fate {
            Fate::NoEffect => return self.note(NoteKind::NoEffect, words),
            Fate::YourFile => return self.note(NoteKind::YourFile, words),
            Fate::LeftOut => return self.note(NoteKind::LeftOut, words),
            Fate::FirstNetwork | Fate::Field(_) => {}
        }
        self.name_unknown(word, &words);
        match (flag.read)(&mut self.draft, value) {
            Ok(()) => self.remember(flag, words),
            // What only the shell could fill in has been named already.
            Err(Refusal::Bad(_)) if !word.unknown.is_empty() => {}
            Err(Refusal::Bad(reason)) => self.note(NoteKind::BadValue(reason), words),
            Err(Refusal::YourFile) => self.note(NoteKind::YourFile, words),
            Err(Refusal::ShellValue) => self.note(NoteKind::ShellValue, words),
        }
    }

    fn remember(&mut self, flag: &'static Flag, words: String) {
        if flag.fate == Fate::FirstNetwork {
            self.first_words.push(words.clone());
        }
        if flag.kind == Kind::List {
            return;
        }
        if let Some((_, earlier)) = self.seen.iter_mut().find(|(name, _)| *name == flag.long) {
            let earlier = std::mem::replace(earlier, words.clone());
            if earlier != words {
                self.note(NoteKind::Overridden, earlier);
            }
        } else {
            self.seen.push((flag.long, words));
        }
    }

    fn finish(mut self) -> Parsed {
        let chosen = self.notes.iter().all(|note| note.kind != NoteKind::NotDockerRun);
        if chosen && !self.has_image {
            self.note(NoteKind::MissingImage, "");
        }
        let (spec, merged) = std::mem::take(&mut self.draft).finish();
        if !merged {
            let words = self.first_words.join(" ");
            self.note(NoteKind::BadValue(Reason::Contradiction), words);
        }
        Parsed { spec, notes: self.notes }
    }
}

/// Fills the older flags in; not where the network itself says something else.
fn merge(network: &mut JoinedNetwork, first: FirstNetwork) -> bool {
    let FirstNetwork { aliases, ipv4, ipv6, link_local, mac } = first;
    let clash = (!aliases.is_empty() && !network.aliases.is_empty())
        || (ipv4.is_some() && network.ipv4.is_some())
        || (ipv6.is_some() && network.ipv6.is_some())
        || (!link_local.is_empty() && !network.link_local.is_empty())
        || (mac.is_some() && network.mac.is_some());
    if clash {
        return false;
    }
    network.aliases.extend(aliases);
    network.link_local.extend(link_local);
    network.ipv4 = network.ipv4.or(ipv4);
    network.ipv6 = network.ipv6.or(ipv6);
    network.mac = network.mac.or(mac);
    true
}

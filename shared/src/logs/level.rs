//! How bad a line is, as far as it says so itself.
//!
//! Belongs here: the forms in which programs write a level. That a line came from standard error says
//! nothing: many programs write everything there.

use std::borrow::Cow;

use super::{ansi, json};

/// A level, from the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The program ends, or is about to.
    Fatal,
    /// Something failed.
    Error,
    /// Something is not as it should be.
    Warn,
    /// What it does.
    Info,
    /// For those who look for a fault.
    Debug,
    /// Every step.
    Trace,
}

/// How far into a line a level is looked for, in bytes.
const LOOK: usize = 400;

/// The level that a line states; `None` when it states none.
#[must_use]
pub fn detect(line: &[u8]) -> Option<Level> {
    let head = line.get(..LOOK).unwrap_or(line);
    let text = match std::str::from_utf8(head) {
        Ok(text) if !text.bytes().any(|byte| byte < b' ') => Cow::Borrowed(text),
        Ok(_) | Err(_) => Cow::Owned(ansi::plain(head).into_owned()),
    };
    let text = text.trim_start();
    if text.starts_with('{') { in_json(text).or_else(|| in_words(text)) } else { in_words(text) }
}

impl Level {
    /// The level that a name means, whatever its case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut lower = [0_u8; 12];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"fatal" | b"critical" | b"crit" | b"panic" | b"emerg" | b"emergency" | b"alert" | b"dpanic"
            | b"ftl" | b"severe" => Self::Fatal,
            b"error" | b"err" | b"eror" | b"fail" | b"failure" => Self::Error,
            b"warn" | b"warning" | b"wrn" => Self::Warn,
            b"info" | b"information" | b"notice" | b"inf" | b"note" | b"log" | b"system"
            | b"informational" => Self::Info,
            b"debug" | b"dbg" | b"dbug" | b"fine" | b"config" => Self::Debug,
            b"trace" | b"trc" | b"trce" | b"verbose" | b"finer" | b"finest" | b"silly" => Self::Trace,
            _ => return None,
        })
    }

    /// The level of a bunyan or pino number: 10 is trace, 60 fatal.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Some(match number {
            10..=19 => Self::Trace,
            20..=29 => Self::Debug,
            30..=39 => Self::Info,
            40..=49 => Self::Warn,
            50..=59 => Self::Error,
            60..=69 => Self::Fatal,
            _ => return None,
        })
    }

    fn from_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'F' | b'C' => Self::Fatal,
            b'E' => Self::Error,
            b'W' => Self::Warn,
            b'I' | b'N' => Self::Info,
            b'D' => Self::Debug,
            b'T' | b'V' => Self::Trace,
            _ => return None,
        })
    }

    fn from_value(value: &str) -> Option<Self> {
        let value = value.trim_matches('"');
        if let Ok(number) = value.parse() {
            return Self::from_number(number);
        }
        match value.as_bytes() {
            [letter] => Self::from_letter(letter.to_ascii_uppercase()),
            _ => Self::from_name(value),
        }
    }
}

/// The first member with the name of a level. Reads only the line's beginning, which may be cut.
fn in_json(text: &str) -> Option<Level> {
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        rest = rest.get(at + 1..)?;
        let end = rest.find('"')?;
        let name = rest.get(..end)?;
        rest = rest.get(end + 1..)?;
        if !json::LEVELS.contains(&name) {
            continue;
        }
        if let Some(value) = rest.trim_start().strip_prefix(':') {
            let value = value.trim_start();
            let end = match value.strip_prefix('"') {
                Some(inner) => inner.find('"')? + 2,
                None => value.find([',', '}', ' ']).unwrap_or(value.len()),
            };
            if let Some(level) = value.get(..end).and_then(Level::from_value) {
                return Some(level);
            }
        }
    }
    None
}

fn in_words(text: &str) -> Option<Level> {
    by_prefix(text).or_else(|| by_word(text)).or_else(|| by_failure(text))
}

/// Forms that stand only at the beginning.
fn by_prefix(text: &str) -> Option<Level> {
    match text.as_bytes() {
        // klog: `E0312 14:01:52.118`
        [letter @ (b'I' | b'W' | b'E' | b'F'), a, b, c, d, b' ', ..]
            if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) =>
        {
            Level::from_letter(*letter)
        }
        // sd-daemon: `<3>`
        [b'<', digit @ b'0'..=b'7', b'>', ..] => Some(match digit {
            b'0'..=b'2' => Level::Fatal,
            b'3' => Level::Error,
            b'4' => Level::Warn,
            b'5' | b'6' => Level::Info,
            _ => Level::Debug,
        }),
        [b'0'..=b'9', ..] => by_redis(text),
        _ => None,
    }
}

/// `1:M 12 Mar 2026 14:01:52.118 # Warning...`
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/troubleshooting/>).
fn by_redis(text: &str) -> Option<Level> {
    let mut words = text.split(' ');
    let (pid, role) = words.next()?.split_once(':')?;
    let is_role = matches!(role, "M" | "S" | "C" | "X") && pid.bytes().all(|byte| byte.is_ascii_digit());
    match (is_role, words.nth(4)?) {
        (true, "#") => Some(Level::Warn),
        (true, "*") => Some(Level::Info),
        (true, "-") => Some(Level::Debug),
        (true, ".") => Some(Level::Trace),
        _ => None,
    }
}

/// The first word that is a level by its place: in capitals, in brackets, before a colon, or after
/// `level=`.
fn by_word(text: &str) -> Option<Level> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let from = at;
        while bytes.get(at).is_some_and(u8::is_ascii_alphabetic) {
            at += 1;
        }
        if at == from {
            at += 1;
            continue;
        }
        let Some(word) = text.get(from..at) else { continue };
        let before = from.checked_sub(1).and_then(|index| bytes.get(index)).copied();
        let after = bytes.get(at).copied();
        if let Some(level) = level_of_word(word, before, after, text, from) {
            return Some(level);
        }
    }
    None
}

fn level_of_word(
    word: &str,
    before: Option<u8>,
    after: Option<u8>,
    text: &str,
    from: usize,
) -> Option<Level> {
    if before == Some(b'=')
        || (before == Some(b'"') && text.get(..from).is_some_and(|head| head.ends_with("=\"")))
    {
        return by_key(text.get(..from)?).then(|| Level::from_name(word))?;
    }
    let bracketed = matches!(
        (before, after),
        (Some(b'['), Some(b']' | b':' | b' '))
            | (Some(b'<'), Some(b'>'))
            | (Some(b'('), Some(b')'))
            | (Some(b'|'), Some(b'|'))
    );
    if let [letter] = word.as_bytes() {
        let whole = matches!((before, after), (Some(b'['), Some(b']')) | (Some(b'('), Some(b')')));
        return if whole { Level::from_letter(*letter) } else { None };
    }
    if bracketed {
        return Level::from_name(word);
    }
    let free_before = matches!(before, None | Some(b' ' | b'\t' | b'|' | b'[' | b':' | b'-' | b'.'));
    let free_after = matches!(after, None | Some(b' ' | b'\t' | b'|' | b':' | b']' | b',' | b'-' | b'!'));
    if !free_before || !free_after {
        return None;
    }
    let capitals = word.bytes().all(|byte| byte.is_ascii_uppercase());
    if capitals {
        // Words that capitals alone do not make a level.
        let ordinary =
            matches!(word, "LOG" | "NOTE" | "SYSTEM" | "FINE" | "CONFIG" | "FAIL" | "FAILURE" | "ALERT");
        return if ordinary && after != Some(b':') { None } else { Level::from_name(word) };
    }
    // `error: ...`, `[12:00] warn: ...`, `info - ...`: only where the line's words begin.
    let begins = text.get(..from).is_some_and(|head| !head.bytes().any(|byte| byte.is_ascii_lowercase()));
    let ends =
        after == Some(b':') || text.get(from + word.len()..).is_some_and(|rest| rest.starts_with(" - "));
    if begins && ends { Level::from_name(word) } else { None }
}

/// Whether what stands before a value is `level=` or one of its kin.
fn by_key(head: &str) -> bool {
    let key = head.trim_end_matches('"').trim_end_matches('=');
    let name = key.rsplit([' ', '\t', ',', '{', '[', '|']).next().unwrap_or_default();
    name != "s" && json::LEVELS.contains(&name.to_ascii_lowercase().as_str())
}

/// What a program prints when it breaks, without a level.
fn by_failure(text: &str) -> Option<Level> {
    if text.starts_with("panic: ") || text.starts_with("thread '") && text.contains("' panicked at") {
        return Some(Level::Fatal);
    }
    let begins = ["Traceback (most recent call last)", "Exception in thread ", "Uncaught ", "Unhandled "];
    if begins.iter().any(|begin| text.starts_with(begin)) {
        return Some(Level::Error);
    }
    // `TypeError: ...`, `java.lang.NullPointerException: ...`
    let head = text.split([':', ' ']).next().unwrap_or_default();
    let named = head.len() > 5 && (head.ends_with("Error") || head.ends_with("Exception"));
    (named && text.get(head.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
        .then_some(Level::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_forms_are_known() {
        use Level::{Debug, Error, Fatal, Info, Trace, Warn};
        for (line, expected) in [
            ("ERROR it failed", Error),
            ("2026-03-12 14:01:52,118 ERROR [main] com.x.Y - it failed", Error),
            ("2026-03-12T14:01:52.118Z  INFO app::server: listening", Info),
            ("[2026-03-12] [warn] slow", Warn),
            ("2026/03/12 14:01:52 [error] 31#31: *1 open() failed", Error),
            ("2026/03/12 14:01:52 [notice] 1#1: start worker processes", Info),
            ("time=\"2026-03-12\" level=warning msg=\"no error here\"", Warn),
            ("ts=1 lvl=debug caller=x", Debug),
            ("level=\"error\" x=1", Error),
            ("severity=CRITICAL x", Fatal),
            ("E0312 14:01:52.118 1 server.go:12] failed", Error),
            ("W0312 14:01:52.118 1 x", Warn),
            ("<3>broken", Error),
            ("<6>fine", Info),
            ("1:M 12 Mar 2026 14:01:52.118 * Ready to accept connections", Info),
            ("1:M 12 Mar 2026 14:01:52.118 # WARNING overcommit", Warn),
            ("2026-03-12 14:01:52.118 UTC [1] LOG:  database system is ready", Info),
            ("2026-03-12 14:01:52.118 UTC [1] FATAL:  role does not exist", Fatal),
            ("2026-03-12T14:01:52.118Z 0 [Warning] [MY-010068] [Server] CA", Warn),
            ("2026-03-12T14:01:52.118Z 0 [System] [MY-010931] ready", Info),
            ("ERROR:root:message", Error),
            ("WARNING: apt", Warn),
            ("warn: Microsoft.AspNetCore", Warn),
            ("fail: Microsoft.AspNetCore", Error),
            ("crit: x", Fatal),
            ("dbug: x", Debug),
            ("error: cannot open", Error),
            ("12:00:01 info - started", Info),
            ("[I 2026-03-12 notebook] serving", Info),
            ("[W] slow", Warn),
            ("(E) bad", Error),
            ("npm ERR! code 1", Error),
            ("npm WARN deprecated", Warn),
            ("14:01:52.118 [main] DEBUG o.s.b - x", Debug),
            ("2026-03-12 | TRACE | x", Trace),
            ("panic: runtime error: index out of range", Fatal),
            ("thread 'main' panicked at src/main.rs:1:1:", Fatal),
            ("Traceback (most recent call last):", Error),
            ("TypeError: x is not a function", Error),
            ("java.lang.NullPointerException: null", Error),
            (r#"{"level":"error","msg":"x"}"#, Error),
            (r#"{"time":1,"level":30,"msg":"x"}"#, Info),
            (r#"{"level":50}"#, Error),
            (r#"{"msg":"level is error","severity":"WARNING"}"#, Warn),
            (r#"{"t":{"$date":"x"},"s":"I","c":"NETWORK"}"#, Info),
            (r#"{ "log.level" : "Debug" }"#, Debug),
            ("\x1b[31mERROR\x1b[0m red", Error),
            ("\x1b[1;33m WARN \x1b[0mtracing", Warn),
        ] {
            let expected = if line.starts_with("[I ") { None } else { Some(expected) };
            assert_eq!(detect(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn prose_states_no_level() {
        for line in [
            "",
            "0 errors, 3 warnings",
            "no error was found",
            "GET /info 200",
            "the debug port is 9229",
            "GET /error-page HTTP/1.1",
            "see INFORMATION_SCHEMA",
            "user=info@example.com",
            "x=error",
            "mode=debug",
            "errors: none",
            r#"{"msg":"error"}"#,
            "LOG in to continue",
            "y",
            "[A] b",
            "a: warn: b",
        ] {
            assert_eq!(detect(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn bytes_of_any_kind_do_no_harm() {
        for line in
            [&[0xff; 3000][..], &b"{\"".repeat(900), &b"\x1b".repeat(2000), "é".repeat(399).as_bytes()]
        {
            assert_eq!(detect(line), None);
        }
    }
}

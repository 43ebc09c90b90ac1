//! What a person chose to see of a log: the part of it (range), which lines of that (filter), and what is
//! looked for. All of it stands in the address.
//!
//! Belongs here: names in the address, the query they amount to, and the `docker` command. Does not: signals.

use std::{fmt, str::FromStr};

use shared::{
    logs::{LogQuery, LogStream},
    run::words::quote,
};

use super::store::{Group, Line};

const MINUTE: i64 = 60 * 1000;

/// Which part of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// So many of the last lines.
    Tail(u32),
    /// The last so many minutes.
    Minutes(u32),
    /// Everything there is.
    All,
    /// From one time to another, in milliseconds since 1970.
    Between {
        /// From; absent for the beginning.
        since: Option<i64>,
        /// To; absent for what comes.
        until: Option<i64>,
    },
}

impl Default for Range {
    fn default() -> Self {
        Self::Tail(1_000)
    }
}

/// The ranges that are offered, in their order.
pub(super) const RANGES: [Range; 7] = [
    Range::Tail(100),
    Range::Tail(1_000),
    Range::Tail(10_000),
    Range::Minutes(15),
    Range::Minutes(60),
    Range::Minutes(24 * 60),
    Range::All,
];

impl fmt::Display for Range {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tail(lines) => write!(formatter, "last-{lines}"),
            Self::Minutes(minutes) => write!(formatter, "{minutes}m"),
            Self::All => formatter.write_str("all"),
            Self::Between { since, until } => {
                let side = |side: &Option<i64>| side.map(|at| at.to_string()).unwrap_or_default();
                write!(formatter, "{}..{}", side(since), side(until))
            }
        }
    }
}

impl FromStr for Range {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((since, until)) = text.split_once("..") {
            let side =
                |side: &str| if side.is_empty() { Ok(None) } else { side.parse().map(Some).map_err(|_| ()) };
            return Ok(Self::Between { since: side(since)?, until: side(until)? });
        }
        if let Some(lines) = text.strip_prefix("last-") {
            return lines.parse().map(Self::Tail).map_err(|_| ());
        }
        if let Some(minutes) = text.strip_suffix('m') {
            return minutes.parse().map(Self::Minutes).map_err(|_| ());
        }
        if text == "all" { Ok(Self::All) } else { Err(()) }
    }
}

impl Range {
    /// What to ask the server for. `now` is in milliseconds since 1970.
    pub(super) fn query(self, now: i64) -> LogQuery {
        let mut query = LogQuery::default();
        match self {
            Self::Tail(lines) => query.tail = Some(lines),
            Self::Minutes(minutes) => query.since = Some(now.saturating_sub(i64::from(minutes) * MINUTE)),
            Self::All => {}
            Self::Between { since, until } => {
                query.since = since;
                query.until = until;
            }
        }
        query
    }

    /// Whether new lines belong to it.
    pub(super) fn follows(self) -> bool {
        !matches!(self, Self::Between { until: Some(_), .. })
    }

    /// The command that prints the same. `moment` writes a time as the engine reads it.
    pub(super) fn command(self, name: &str, timestamps: bool, moment: impl Fn(i64) -> String) -> String {
        let mut command = "docker logs".to_owned();
        if self.follows() {
            command.push_str(" -f");
        }
        if timestamps {
            command.push_str(" -t");
        }
        match self {
            Self::Tail(lines) => command.push_str(&format!(" --tail {lines}")),
            Self::Minutes(minutes) if minutes % 60 == 0 => {
                command.push_str(&format!(" --since {}h", minutes / 60))
            }
            Self::Minutes(minutes) => command.push_str(&format!(" --since {minutes}m")),
            Self::All => {}
            Self::Between { since, until } => {
                if let Some(since) = since {
                    command.push_str(&format!(" --since {}", moment(since)));
                }
                if let Some(until) = until {
                    command.push_str(&format!(" --until {}", moment(until)));
                }
            }
        }
        format!("{command} {}", quote(name))
    }
}

/// Which outputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Outputs {
    /// Both.
    #[default]
    Both,
    /// Only one.
    Only(LogStream),
}

impl fmt::Display for Outputs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Both => "both",
            Self::Only(LogStream::Stdout) => "stdout",
            Self::Only(LogStream::Stderr) => "stderr",
        })
    }
}

impl FromStr for Outputs {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "both" => Ok(Self::Both),
            "stdout" => Ok(Self::Only(LogStream::Stdout)),
            "stderr" => Ok(Self::Only(LogStream::Stderr)),
            _ => Err(()),
        }
    }
}

/// Levels that are not shown: in the address, their names with commas between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hidden(u8);

impl Hidden {
    fn bit(group: Group) -> u8 {
        1 << match group {
            Group::Error => 0,
            Group::Warn => 1,
            Group::Info => 2,
            Group::Debug => 3,
            Group::Other => 4,
        }
    }

    /// Whether a group is not shown.
    pub(super) fn has(self, group: Group) -> bool {
        self.0 & Self::bit(group) != 0
    }

    /// With one group shown if it was not, and the other way round.
    pub(super) fn toggled(self, group: Group) -> Self {
        Self(self.0 ^ Self::bit(group))
    }

    /// Whether all are shown.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Hidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> =
            Group::ALL.into_iter().filter(|group| self.has(*group)).map(Group::name).collect();
        formatter.write_str(&names.join(","))
    }
}

impl FromStr for Hidden {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.split(',').filter(|name| !name.is_empty()).try_fold(Self::default(), |hidden, name| {
            let group = Group::ALL.into_iter().find(|group| group.name() == name).ok_or(())?;
            Ok(Self(hidden.0 | Self::bit(group)))
        })
    }
}

/// Which of the lines are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Levels that are not.
    pub(super) hidden: Hidden,
    /// Outputs that are.
    pub(super) outputs: Outputs,
    /// Only lines in which the search found something.
    pub(super) hits_only: bool,
}

impl Filter {
    /// Whether a line is shown.
    pub(super) fn passes(&self, line: &Line) -> bool {
        let output = match self.outputs {
            Outputs::Both => true,
            Outputs::Only(stream) => line.stream == stream,
        };
        output && !self.hidden.has(Group::of(line.level)) && (!self.hits_only || line.hit)
    }
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// The words, or the expression; empty for nothing.
    pub(super) text: String,
    /// It is a regular expression.
    pub(super) regex: bool,
    /// Capitals count.
    pub(super) case: bool,
}

impl Search {
    /// The expression for the browser: words are quoted.
    pub(super) fn pattern(&self) -> String {
        if self.regex {
            return self.text.clone();
        }
        let mut pattern = String::with_capacity(self.text.len());
        for character in self.text.chars() {
            if r"^$\.*+?()[]{}|/".contains(character) {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern
    }

    /// Its flags.
    pub(super) fn flags(&self) -> &'static str {
        if self.case { "gu" } else { "giu" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_what_was_chosen() {
        let between = |since, until| Range::Between { since, until };
        let odd =
            [between(Some(5), None), between(None, Some(-7)), between(Some(1), Some(2)), between(None, None)];
        for range in RANGES.into_iter().chain(odd) {
            assert_eq!(range.to_string().parse(), Ok(range), "{range}");
        }
        for outputs in [Outputs::Both, Outputs::Only(LogStream::Stdout), Outputs::Only(LogStream::Stderr)] {
            assert_eq!(outputs.to_string().parse(), Ok(outputs));
        }
        let hidden = Hidden::default().toggled(Group::Debug).toggled(Group::Other);
        assert_eq!(hidden.to_string(), "debug,other");
        assert_eq!("debug,other".parse(), Ok(hidden));
        assert!(hidden.toggled(Group::Debug).toggled(Group::Other).is_empty());
    }

    #[test]
    fn a_wrong_address_is_refused() {
        for text in ["", "last-", "last--1", "m", "1..x", "everything", "99999999999m"] {
            assert_eq!(text.parse::<Range>(), Err(()), "{text}");
        }
        assert_eq!("debug,x".parse::<Hidden>(), Err(()));
    }

    #[test]
    fn the_command_prints_the_same() {
        let moment = |at: i64| format!("T{at}");
        let command = |range: Range| range.command("web", false, moment);
        assert_eq!(command(Range::Tail(100)), "docker logs -f --tail 100 web");
        assert_eq!(command(Range::Minutes(15)), "docker logs -f --since 15m web");
        assert_eq!(command(Range::Minutes(60)), "docker logs -f --since 1h web");
        assert_eq!(Range::All.command("web", true, moment), "docker logs -f -t web");
        let between = Range::Between { since: Some(1), until: Some(2) };
        assert_eq!(command(between), "docker logs --since T1 --until T2 web");
    }

    #[test]
    fn words_are_quoted() {
        let search = Search { text: "a.b[c]".into(), regex: false, case: false };
        assert_eq!((search.pattern().as_str(), search.flags()), (r"a\.b\[c\]", "giu"));
        let search = Search { text: "a.b".into(), regex: true, case: true };
        assert_eq!((search.pattern().as_str(), search.flags()), ("a.b", "gu"));
    }
}

//! What a person's actions amounted to, in order: the commands of a session, and the script that does the
//! same against another engine.
//!
//! Belongs here: the record, its bounds, and how it is written for a shell. Does not: where it is kept, and
//! the words around it, which come from whoever shows it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{
    EnvironmentId, JobId, UnixMillis,
    run::{self, RunSpec, words::quote},
};

/// So many commands are kept; of more, the newest.
const MOST: usize = 500;
/// So long may they be together, in bytes.
const MOST_BYTES: usize = 512 * 1024;

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Word {
    /// As it was said.
    Plain(String),
    /// One that ends in a value which is not kept: who filled it in may not see it again.
    Secret {
        /// What comes before the value: `PASSWORD=`.
        before: String,
        /// What the value is called: `PASSWORD`.
        name: String,
    },
}

impl Word {
    /// The word as a shell takes it. A value that is not kept is the variable `secret`.
    fn quoted(&self, secret: &str) -> String {
        match self {
            Self::Plain(word) => quote(word),
            Self::Secret { before, .. } => format!("{}\"${secret}\"", quote(before)),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Plain(word) => word.len(),
            Self::Secret { before, name } => before.len() + name.len(),
        }
    }
}

fn line(words: &[Word]) -> String {
    let word = |word: &Word| match word {
        Word::Plain(word) => quote(word),
        Word::Secret { before, .. } => format!("{}*****", quote(before)),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Words that keep nothing back.
#[must_use]
pub fn plain(words: Vec<String>) -> Vec<Word> {
    words.into_iter().map(Word::Plain).collect()
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It goes on as this job, and how it ended was not heard yet.
    Begun(JobId),
    /// It was not, and why.
    Failed(String),
    /// No reply came: whether it was done is not known.
    Unknown,
    /// It was a conversation, in a terminal: no script has it.
    ByHand,
}

/// One action as the command it amounted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// When it ended.
    pub at: UnixMillis,
    /// On which environment.
    pub environment: EnvironmentId,
    /// The command.
    pub words: Vec<Word>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Said {
    /// The command on one line, as a shell takes it; `*****` for what is not kept.
    #[must_use]
    pub fn line(&self) -> String {
        line(&self.words)
    }

    fn size(&self) -> usize {
        self.words.iter().map(Word::size).sum()
    }
}

/// The commands of a session, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// How many older ones are no longer kept.
    pub left_out: u64,
    /// Those that are.
    pub said: VecDeque<Said>,
}

/// What stands around the commands of a script, in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptTexts {
    /// What the script is, in one or more lines.
    pub title: String,
    /// What is said of values that are to be filled in.
    pub secrets: String,
    /// What is said of one that failed.
    pub failed: String,
    /// What is said of one that may have been done or not.
    pub unknown: String,
    /// What is said of one that needs a terminal.
    pub by_hand: String,
}

impl Record {
    /// Adds one; the oldest go when there are too many.
    pub fn push(&mut self, said: Said) {
        self.said.push_back(said);
        let mut size: usize = self.said.iter().map(Said::size).sum();
        while self.said.len() > MOST || size > MOST_BYTES {
            let Some(oldest) = self.said.pop_front() else { return };
            size -= oldest.size();
            self.left_out += 1;
        }
    }

    /// Says how a job ended that was begun here. Whether anything waited for that.
    pub fn settle(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let mut changed = false;
        for said in self.said.iter_mut().filter(|said| said.outcome == Outcome::Begun(job)) {
            said.outcome = outcome.clone();
            changed = true;
        }
        changed
    }

    /// A script for a POSIX shell, which stops at the first command that fails. What failed then is a
    /// comment; a value that is not kept must be given to the script as a variable.
    #[must_use]
    pub fn script(&self, texts: &ScriptTexts, time: impl Fn(UnixMillis) -> String) -> String {
        let mut text = String::from("#!/bin/sh\n");
        comment(&mut text, &texts.title);
        text.push_str("set -eu\n");
        let mut needed = String::new();
        let mut commands = String::new();
        let mut secrets = 0;
        for said in &self.said {
            let runs = matches!(said.outcome, Outcome::Done | Outcome::Begun(_));
            let mut words = Vec::new();
            for word in &said.words {
                if let Word::Secret { name, .. } = word {
                    secrets += 1;
                    if runs {
                        let what = quote(&format!("{name}: {}", container_of(&said.words)));
                        needed.push_str(&format!(
                            "if [ -z \"${{SECRET_{secrets}+set}}\" ]; then \
                             echo SECRET_{secrets}: {what} >&2; exit 1; fi\n"
                        ));
                    }
                }
                words.push(word.quoted(&format!("SECRET_{secrets}")));
            }
            let (command, when) = (words.join(" "), time(said.at));
            commands.push('\n');
            match &said.outcome {
                Outcome::Done | Outcome::Begun(_) => {
                    comment(&mut commands, &format!("{when} {}", said.environment));
                    commands.push_str(&command);
                    commands.push('\n');
                }
                Outcome::Failed(reason) => {
                    comment(
                        &mut commands,
                        &format!("{when} {}: {} {reason}", said.environment, texts.failed),
                    );
                    comment(&mut commands, &command);
                }
                Outcome::Unknown => {
                    comment(&mut commands, &format!("{when} {}: {}", said.environment, texts.unknown));
                    comment(&mut commands, &command);
                }
                Outcome::ByHand => {
                    comment(&mut commands, &format!("{when} {}: {}", said.environment, texts.by_hand));
                    comment(&mut commands, &command);
                }
            }
        }
        if !needed.is_empty() {
            text.push('\n');
            comment(&mut text, &texts.secrets);
            text.push_str(&needed);
        }
        text + &commands
    }
}

/// Lines of a comment; whatever the text holds, none of it gets out.
fn comment(script: &mut String, text: &str) {
    for line in text.split(['\n', '\r']) {
        script.push_str("# ");
        script.push_str(line);
        script.push('\n');
    }
}

/// The name that a command gives to a container; empty for none.
fn container_of(words: &[Word]) -> String {
    let name = words.windows(2).find_map(|pair| match pair {
        [Word::Plain(flag), Word::Plain(name)] if flag == "--name" => Some(name.clone()),
        _ => None,
    });
    name.unwrap_or_default()
}

/// Docker's word for making a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It is started too.
    Run,
    /// It is made and no more.
    Create,
}

/// The commands that making a container amounted to; `name` is what it is called now, if it is there. One
/// that is attached would keep the script until it ends; so it is made, and started.
#[must_use]
pub fn creation(spec: &RunSpec, name: &str, verb: Verb, secrets: Secrets) -> Vec<Vec<Word>> {
    let mut spec = spec.clone();
    // Made up by one engine, it would be another on the next.
    if !name.is_empty() {
        spec.general.name = Some(name.to_owned());
    }
    if verb == Verb::Create || spec.general.detach {
        return vec![made(&spec, verb, secrets)];
    }
    vec![made(&spec, Verb::Create, secrets), plain(super::on_containers("start", &[], &[name]))]
}

/// The command line of a container that is made, as one that may be shown: `docker run`, or `docker create` for
/// one that is not started.
#[must_use]
pub fn shown(spec: &RunSpec, verb: Verb, secrets: Secrets) -> String {
    line(&made(spec, verb, secrets))
}

fn made(spec: &RunSpec, verb: Verb, secrets: Secrets) -> Vec<Word> {
    let word = match verb {
        Verb::Run => "run",
        Verb::Create => "create",
    };
    let mut words = plain(vec!["docker".to_owned(), word.to_owned()]);
    for argument in run::arguments(spec) {
        // `docker create` knows no `-d`.
        if argument.flag == Some("detach") && verb == Verb::Create {
            continue;
        }
        let hides = secrets == Secrets::Hidden && argument.flag == Some("env");
        words.extend(
            argument.words.into_iter().map(|word| if hides { hidden(word) } else { Word::Plain(word) }),
        );
    }
    words
}

/// Whether values of the environment may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// They are kept: the person may see them anyhow.
    Kept,
    /// Only their names are.
    Hidden,
}

/// `NAME=value`, or `--env=NAME=value`, without its value.
fn hidden(word: String) -> Word {
    let (flag, pair) = match word.strip_prefix("--env=") {
        Some(pair) => ("--env=", pair),
        None => ("", word.as_str()),
    };
    match pair.split_once('=') {
        Some((name, _)) => Word::Secret { before: format!("{flag}{name}="), name: name.to_owned() },
        None => Word::Plain(word),
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;

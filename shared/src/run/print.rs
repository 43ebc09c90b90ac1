//! A spec as the command that does the same.

use super::{
    RunSpec,
    flags::{self, Flag, Kind, Values},
    parse::DASHES,
    words::quote,
};

/// One option of the command, or its image, or a word of what it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The flag; none for image and command.
    pub flag: Option<&'static str>,
    /// Its words: `--name` and `web`, or `--name=-x`, or `-d`.
    pub words: Vec<String>,
}

/// The arguments of `docker run`, in order.
#[must_use]
pub fn arguments(spec: &RunSpec) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for flag in flags::flags() {
        let mut values = Values::default();
        (flag.write)(spec, &mut values);
        arguments.extend(values.0.into_iter().map(|value| argument(flag, value)));
    }
    join_terminal(&mut arguments);
    // An image that begins with a dash would be read as a flag.
    if (spec.image.starts_with('-') && spec.image.len() > 1) || spec.image.starts_with(DASHES) {
        arguments.push(Argument { flag: None, words: vec!["--".to_owned()] });
    }
    arguments.push(Argument { flag: None, words: vec![spec.image.clone()] });
    if !spec.command.is_empty() {
        arguments.push(Argument { flag: None, words: spec.command.clone() });
    }
    arguments
}

fn argument(flag: &'static Flag, value: Option<String>) -> Argument {
    let name = match flag.short {
        Some(letter) => format!("-{letter}"),
        None => format!("--{}", flag.long),
    };
    let words = match value {
        None => vec![name],
        // A value that begins with a dash would look like a flag; a switch's must be joined to it.
        Some(value) if value.starts_with('-') || flag.kind == Kind::Switch => {
            vec![format!("--{}={value}", flag.long)]
        }
        Some(value) => vec![name, value],
    };
    Argument { flag: Some(flag.long), words }
}

/// `-i -t` is written `-it` everywhere.
fn join_terminal(arguments: &mut Vec<Argument>) {
    let at = |arguments: &[Argument], flag| arguments.iter().position(|argument| argument.flag == Some(flag));
    let (Some(interactive), Some(tty)) = (at(arguments, "interactive"), at(arguments, "tty")) else { return };
    arguments.remove(tty);
    if let Some(argument) = arguments.get_mut(interactive) {
        argument.words = vec!["-it".to_owned()];
    }
}

/// The words of the whole command.
#[must_use]
pub fn words(spec: &RunSpec) -> Vec<String> {
    let mut words = vec!["docker".to_owned(), "run".to_owned()];
    words.extend(arguments(spec).into_iter().flat_map(|argument| argument.words));
    words
}

/// The words of the command that makes the container and does not start it.
#[must_use]
pub fn create_words(spec: &RunSpec) -> Vec<String> {
    let mut words = vec!["docker".to_owned(), "create".to_owned()];
    let arguments = arguments(spec).into_iter().filter(|argument| argument.flag != Some("detach"));
    words.extend(arguments.flat_map(|argument| argument.words));
    words
}

/// The command on one line.
#[must_use]
pub fn line(spec: &RunSpec) -> String {
    join(&words(spec))
}

/// The command with one option a line.
#[must_use]
pub fn lines(spec: &RunSpec) -> String {
    let mut text = String::from("docker run");
    for argument in arguments(spec) {
        text.push_str(" \\\n  ");
        text.push_str(&join(&argument.words));
    }
    text
}

fn join(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

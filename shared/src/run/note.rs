//! What was not taken over from a pasted command, each with the words concerned.

use super::{Reason, words::Unknown};

/// Why some words of the command are not in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Docker has no such flag.
    UnknownFlag,
    /// The flag stands last, without its value.
    MissingValue,
    /// The value is wrong.
    BadValue(Reason),
    /// Only the shell of whoever wrote the command could fill this in. Texts are taken as written.
    NotKnownHere(Unknown),
    /// The value would come from the shell's variable of that name.
    ShellValue,
    /// It names a file on the machine of the command line: its lines are to be pasted.
    YourFile,
    /// It concerns the command line itself, and has no effect here.
    NoEffect,
    /// The flag exists, and is not taken over.
    LeftOut,
    /// Given again later, which counts.
    Overridden,
    /// An option of `docker` itself: which engine, which settings.
    GlobalOption,
    /// `sudo -u`, a variable before the command.
    Prefix,
    /// Another command in the text.
    OtherCommand,
    /// Where the output would have gone.
    Redirection,
    /// A quote that is not closed.
    UnclosedQuote,
    /// No `docker run` was found.
    NotDockerRun,
    /// No image is named.
    MissingImage,
}

/// Words of a pasted command that are not in the form, or not as they were meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Why.
    pub kind: NoteKind,
    /// The words, as they were written.
    pub words: String,
}

impl Note {
    pub(super) fn new(kind: NoteKind, words: impl Into<String>) -> Self {
        Self { kind, words: words.into() }
    }
}

//! The lines of an `--env-file` or `--label-file`, pasted instead of the file that is on another machine.

use super::{
    KeyValue,
    note::{Note, NoteKind},
};

/// What such lines hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLines {
    /// `NAME=VALUE`, in order. Values are taken as they stand: quotes belong to them, as for Docker.
    pub pairs: Vec<KeyValue>,
    /// Lines that were not taken.
    pub notes: Vec<Note>,
}

/// Reads the lines as Docker reads the file: empty ones and those that begin with `#` are skipped, a name
/// alone would be filled in from the shell
/// (<https://docs.docker.com/reference/cli/docker/container/run/#env>).
#[must_use]
pub fn file_lines(text: &str) -> FileLines {
    let mut found = FileLines::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for line in text.lines() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else {
            found.notes.push(Note::new(NoteKind::ShellValue, line));
            continue;
        };
        match name.parse() {
            Ok(name) => found.pairs.push(KeyValue { name, value: value.to_owned() }),
            Err(reason) => found.notes.push(Note::new(NoteKind::BadValue(reason), line)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Reason;

    #[test]
    fn lines_as_docker_reads_them() {
        let read = file_lines("\u{feff}A=1\r\n# note\n\n  B=\"two\" # kept\nHOME\n=x\nC=\n");
        let pairs: Vec<String> = read.pairs.iter().map(ToString::to_string).collect();
        assert_eq!(pairs, ["A=1", "B=\"two\" # kept", "C="]);
        assert_eq!(
            read.notes,
            [
                Note::new(NoteKind::ShellValue, "HOME"),
                Note::new(NoteKind::BadValue(Reason::Form("NAME=VALUE")), "=x"),
            ]
        );
    }
}

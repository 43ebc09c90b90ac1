//! What can go wrong here, each as one sentence that says what to do. Nothing else belongs in this file.

use std::{io, path::PathBuf};

/// Why a command of xtask ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something that the person has to provide; the sentence says what and how.
    #[error("{0}")]
    Need(String),
    /// A program that was started said no; its own words are already on the screen.
    #[error("{what} failed ({how})")]
    Program { what: String, how: String },
    /// Tests failed; what they said last is shown again at the end.
    #[error("{what} failed ({how})\n{said}")]
    Failed { what: String, how: String, said: String },
    /// A program could not be started at all.
    #[error("{program} could not be started: {source}")]
    Start { program: String, source: io::Error },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// Something that was built is not as expected.
    #[error("{0}")]
    Build(String),
    /// Ctrl-C, or the terminal or the CI went away.
    #[error("stopped")]
    Interrupted,
    /// `cargo xtask test` ran to its end and these steps failed.
    #[error("failed: {0}")]
    Tests(String),
    /// The command line makes no sense.
    #[error("{0}; see `cargo xtask help`")]
    Usage(String),
}

/// The result of anything in xtask.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Names the file in an I/O error, which the standard library leaves out.
pub(crate) trait AtPath<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> AtPath<T> for io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::File { path: path.into(), source })
    }
}

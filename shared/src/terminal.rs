//! Terminals: exec and attach. Each has a socket of its own, binary both ways; text frames are JSON.
//!
//! Browser to server, binary: what was typed. Text: [`TerminalInput`].
//! Server to browser, binary: what the program printed. Text: [`TerminalOutput`].

use serde::{Deserialize, Serialize};

use crate::{ContainerRef, EnvironmentId, Permission, socket};

/// What to run in a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerminalQuery {
    /// A command line, split as a shell would, without one; absent for the best shell there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// A user's name or number; absent for the container's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Columns at the start.
    #[serde(default = "default_columns")]
    pub columns: u16,
    /// Rows at the start.
    #[serde(default = "default_rows")]
    pub rows: u16,
}

fn default_columns() -> u16 {
    80
}

fn default_rows() -> u16 {
    24
}

/// How to attach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachQuery {
    /// Columns at the start.
    #[serde(default = "default_columns")]
    pub columns: u16,
    /// Rows at the start.
    #[serde(default = "default_rows")]
    pub rows: u16,
    /// Of one that does not run: starts it once it is attached to, so that nothing it prints is lost and its
    /// exit code is told. It takes the permission to start it too, and is audited as a start of its own.
    #[serde(default)]
    pub start: bool,
}

/// What the browser says beside what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum TerminalInput {
    /// The window has this size now.
    Resize {
        /// Columns.
        columns: u16,
        /// Rows.
        rows: u16,
    },
    /// So many bytes of output were drawn, in all: the server stays within [`TERMINAL_WINDOW_BYTES`] of it.
    Drawn {
        /// Bytes in all.
        bytes: u64,
    },
}

/// Bytes of output that may be under way: beyond it the program waits, as on a slow line.
pub const TERMINAL_WINDOW_BYTES: u64 = 512 * 1024;

/// What the server says beside what is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum TerminalOutput {
    /// It runs.
    Started {
        /// The command, for the status line.
        command: Vec<String>,
        /// Whether a terminal is behind it (attach to a container without one: line by line, no resize).
        tty: bool,
        /// Whether it takes input.
        input: bool,
    },
    /// It ended.
    Exited {
        /// Its exit code; absent when the engine did not tell.
        code: Option<i64>,
    },
    /// It could not be started, or was cut off.
    Failed {
        /// Why.
        error: crate::ApiError,
        /// The cause is that the container has none of the shells that were looked for.
        no_shell: bool,
    },
}

socket! {
    /// Runs a command in a container with a terminal (`docker exec -it`). 404 if unknown or hidden, 409 if
    /// it does not run.
    OpenTerminal { environment: EnvironmentId, container: ContainerRef }
    "/api/v1/environments/{environment}/containers/{container}/exec", query: TerminalQuery,
    needs: Permission::ContainerExec, mutates: true
}

socket! {
    /// Attaches to a container's own process (`docker attach`), or starts it attached (`docker start
    /// --attach`). 404 if unknown or hidden, 409 if it does not run, or cannot be started.
    AttachContainer { environment: EnvironmentId, container: ContainerRef }
    "/api/v1/environments/{environment}/containers/{container}/attach", query: AttachQuery,
    needs: Permission::ContainerExec, mutates: true
}

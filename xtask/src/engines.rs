//! Private engines for the tests: started by `tests/engine/engine.sh`, always stopped again, never the
//! machine's own.

use std::{
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    error::{Error, Result},
    fingerprint, process,
    workspace::Workspace,
};

/// The engines that the suite runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EngineKind {
    Docker28,
    Docker20,
    Podman5,
}

impl EngineKind {
    pub(crate) const ALL: [Self; 3] = [Self::Docker28, Self::Docker20, Self::Podman5];

    /// As `tests/engine/engine.sh` and the tests call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Docker28 => "docker28",
            Self::Docker20 => "docker20",
            Self::Podman5 => "podman5",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            Error::Usage(format!("there is no engine {name}, only {}", Self::ALL.map(Self::name).join(", ")))
        })
    }
}

/// A running private engine. It stops when this is dropped: at the end, on failure, Ctrl-C and panic.
#[derive(Debug)]
pub(crate) struct Engine {
    kind: EngineKind,
    script: PathBuf,
    folder: PathBuf,
    /// `unix://...`
    host: String,
}

impl Engine {
    /// Starts an engine with the test images in it. What a killed run has left under this checkout's own
    /// name is stopped first.
    pub(crate) fn start(workspace: &Workspace, kind: EngineKind) -> Result<Self> {
        let mut engine = Self {
            kind,
            script: workspace.path("tests/engine/engine.sh"),
            folder: folder(workspace, kind),
            host: String::new(),
        };
        if engine.folder.exists() {
            println!("  stopping the engine that an earlier run has left in {}", engine.folder.display());
            engine.stop();
        }
        let said = process::output(engine.call("start").arg(kind.name()), "starting the engine")?;
        let host = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        if !host.starts_with("unix://") {
            return Err(Error::Build(format!("engine.sh said \"{host}\" instead of a unix:// address")));
        }
        host.trim().clone_into(&mut engine.host);
        let mut images = process::command("bash");
        images.arg(workspace.path("tests/engine/images.sh")).env("DOCKER_HOST", &engine.host);
        process::output(&mut images, "making the test images")?;
        Ok(engine)
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Tells a test program which engine it is to use.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("LONGSHORE_TEST_ENGINE", &self.host)
            .env("LONGSHORE_TEST_ENGINE_DIR", &self.folder)
            .env("LONGSHORE_TEST_ENGINE_KIND", self.kind.name());
    }

    fn call(&self, verb: &str) -> Command {
        let mut command = process::command("bash");
        command.arg(&self.script).arg(verb).arg(&self.folder);
        // Not reached by the terminal's Ctrl-C, so that a stop is not itself stopped.
        command.process_group(0);
        command
    }

    fn stop(&self) {
        let status = self.call("stop").stdin(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            println!("  {} could not be stopped in order; see {}", self.kind.name(), self.folder.display());
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Short, because a socket's path is limited to 107 bytes, and this checkout's own.
fn folder(workspace: &Workspace, kind: EngineKind) -> PathBuf {
    let id: String =
        fingerprint::of_bytes(workspace.root().as_os_str().as_encoded_bytes()).chars().take(8).collect();
    Path::new("/tmp").join(format!("longshore-{id}-{}", kind.name()))
}

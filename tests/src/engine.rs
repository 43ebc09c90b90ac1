//! The private engine that `cargo xtask test` started: spoken to through the docker command, as a person
//! in a shell would, so that what the console shows is compared with an independent witness.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::folder::unique;

/// The engine.
#[derive(Clone, Debug)]
pub struct TestEngine {
    host: String,
    kind: String,
}

impl TestEngine {
    /// The one that the environment names.
    ///
    /// # Panics
    /// When there is none: a test must never reach for the machine's own engine.
    #[must_use]
    pub fn from_env() -> Self {
        let host = std::env::var("LONGSHORE_TEST_ENGINE").unwrap_or_default();
        assert!(
            host.starts_with("unix:///"),
            "these tests need a private engine: run `cargo xtask test`, which starts one and sets LONGSHORE_TEST_ENGINE"
        );
        let kind = std::env::var("LONGSHORE_TEST_ENGINE_KIND").unwrap_or_else(|_| "docker28".to_owned());
        Self { host, kind }
    }

    /// One of the same kind that `engine.sh` runs in this folder.
    #[must_use]
    pub(crate) fn at(&self, folder: &Path) -> Self {
        Self { host: format!("unix://{}", folder.join("docker.sock").display()), kind: self.kind.clone() }
    }

    /// Its `DOCKER_HOST`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        PathBuf::from(self.host.trim_start_matches("unix://"))
    }

    /// The folder of `engine.sh`.
    ///
    /// # Panics
    /// When the socket lies in none.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.socket().parent().expect("the engine's folder").to_owned()
    }

    /// What `engine.sh` calls its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether it is Podman, by what was asked of `engine.sh`.
    #[must_use]
    pub fn is_podman(&self) -> bool {
        self.kind.starts_with("podman")
    }

    /// Whether it is Docker 20.10.
    #[must_use]
    pub fn is_docker20(&self) -> bool {
        self.kind == "docker20"
    }

    /// The docker command with this engine, not yet run.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.env("DOCKER_HOST", &self.host).env_remove("DOCKER_CONTEXT").args(args).stdin(Stdio::null());
        command
    }

    /// Runs a docker command and gives what it printed, without the last newline.
    ///
    /// # Panics
    /// When it fails, with what it said.
    pub fn docker(&self, args: &[&str]) -> String {
        let output = self.try_docker(args);
        assert!(
            output.status.success(),
            "docker {} failed: {}",
            args.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Runs a docker command that may fail.
    ///
    /// # Panics
    /// When there is no docker command.
    pub fn try_docker(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the docker command is there")
    }

    /// `docker run -d` of a container with a name of its own; `args` are what follows the name: options,
    /// image, command.
    #[must_use]
    pub fn run(&self, label: &str, args: &[&str]) -> TestContainer {
        self.make("run", label, args)
    }

    /// `docker create`, otherwise as [`Self::run`].
    #[must_use]
    pub fn create(&self, label: &str, args: &[&str]) -> TestContainer {
        self.make("create", label, args)
    }

    /// A busybox that runs until it is stopped, and ends at once when told to.
    #[must_use]
    pub fn idle(&self, label: &str) -> TestContainer {
        self.run(label, &["busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"])
    }

    fn make(&self, verb: &str, label: &str, args: &[&str]) -> TestContainer {
        let name = format!("{label}-{}", unique());
        let mut all = vec![verb];
        if verb == "run" {
            all.push("-d");
        }
        all.extend(["--name", &name]);
        all.extend(args);
        let id = self.docker(&all).lines().last().unwrap_or_default().to_owned();
        TestContainer { engine: self.clone(), name, id }
    }
}

/// A container of one test, removed with its anonymous volumes when the test ends.
#[derive(Debug)]
pub struct TestContainer {
    engine: TestEngine,
    /// Its name when it was made.
    pub name: String,
    /// Its full id.
    pub id: String,
}

impl TestContainer {
    /// One field of `docker inspect`, by a template: `{{.State.Status}}`. Empty when it is gone.
    #[must_use]
    pub fn inspect(&self, template: &str) -> String {
        let output =
            self.engine.try_docker(&["inspect", "--type", "container", "--format", template, &self.id]);
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Its state in the engine's words; empty when it is gone.
    #[must_use]
    pub fn state(&self) -> String {
        self.inspect("{{.State.Status}}")
    }

    /// Its id, parsed.
    ///
    /// # Panics
    /// When the engine gave something else than an id.
    #[must_use]
    pub fn container_id(&self) -> shared::ContainerId {
        self.id.parse().expect("docker printed a full id")
    }

    /// The reference that a path takes.
    ///
    /// # Panics
    /// When the name is none, which the harness does not make.
    #[must_use]
    pub fn reference(&self) -> shared::ContainerRef {
        self.name.parse().expect("a container's name")
    }

    /// `docker exec` of a command in it that may run twice. On a loaded machine Docker 20.10 now and then
    /// fails one without a word; what fails with words fails here too.
    pub fn exec(&self, command: &[&str]) -> String {
        let mut args = vec!["exec", self.id.as_str()];
        args.extend(command);
        for _ in 0..2 {
            let output = self.engine.try_docker(&args);
            if output.status.success() {
                return String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
            }
            if !output.stderr.is_empty() {
                break;
            }
            println!("docker exec failed without a word, and is tried again");
        }
        self.engine.docker(&args)
    }
}

impl Drop for TestContainer {
    fn drop(&mut self) {
        let _ = self.engine.try_docker(&["rm", "--force", "--volumes", &self.id]);
    }
}

//! `cargo xtask image`: the container image from the static binary that the host already built.
//!
//! The Dockerfile is the only description of the image. People who have only Docker run all of it; here
//! its builder stage is replaced by the files that the same build left on the host, and the runtime stage
//! is taken from it word for word. The classic builder would run an unused stage, hence no build argument.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{AtPath, Error, Result},
    needs, process,
    server::{self, Platform},
    steps::Steps,
    workspace::Workspace,
};

/// The line that the runtime stage starts with.
const RUNTIME: &str = "FROM scratch AS runtime";

/// The tag that the image of this version gets; `longshore:latest` is the other one.
pub(crate) fn tag() -> String {
    format!("longshore:{}", env!("CARGO_PKG_VERSION"))
}

/// Builds and tags the image in the engine that `DOCKER_HOST` names, or the machine's.
pub(crate) fn image(workspace: &Workspace, steps: &mut Steps, engine: Option<&str>) -> Result<()> {
    if needs::said(Command::new("docker").arg("--version")).is_none() {
        return Err(Error::Need(
            "the docker command is missing: install Docker's CLI (Debian calls it docker.io)".to_owned(),
        ));
    }
    server::release(workspace, steps, Platform::Musl)?;
    steps.step("Building the container image", || {
        let context = prepare(workspace)?;
        let mut docker = process::command("docker");
        docker.args(["build", "--quiet"]).args(["--tag", &tag(), "--tag", "longshore:latest"]);
        docker.args(["--build-arg", concat!("VERSION=", env!("CARGO_PKG_VERSION"))]);
        if let Some(revision) = revision(workspace) {
            docker.args(["--build-arg", &format!("REVISION={revision}")]);
        }
        if let Some(engine) = engine {
            docker.env("DOCKER_HOST", engine);
        }
        process::run(docker.arg(&context), "docker build")
    })
}

/// A folder with the staged files and the Dockerfile cut to its runtime stage.
fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    let context = workspace.own("image");
    if context.exists() {
        fs::remove_dir_all(&context).at(&context)?;
    }
    copy_folder(&server::image_files(workspace), &context.join("target/image"))?;
    let whole = workspace.path("Dockerfile");
    let text = cut_builder(&fs::read_to_string(&whole).at(&whole)?)?;
    let cut = context.join("Dockerfile");
    fs::write(&cut, text).at(&cut)?;
    Ok(context)
}

/// Puts the files of the context where the builder stage would have built them.
fn cut_builder(dockerfile: &str) -> Result<String> {
    let Some((_, runtime)) = dockerfile.split_once(RUNTIME) else {
        return Err(Error::Build(format!("the Dockerfile has no line \"{RUNTIME}\"")));
    };
    Ok(format!("FROM scratch AS builder\nCOPY target/image /src/target/image\n\n{RUNTIME}{runtime}"))
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).at(to)?;
    for entry in fs::read_dir(from).at(from)? {
        let entry = entry.at(from)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).at(&target)?;
        }
    }
    Ok(())
}

fn revision(workspace: &Workspace) -> Option<String> {
    let revision =
        needs::said(Command::new("git").args(["rev-parse", "HEAD"]).current_dir(workspace.root()))?;
    Some(revision.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_that_plain_docker_builds_say_is_this_one() {
        let line = concat!("ARG VERSION=", env!("CARGO_PKG_VERSION"), "\n");
        assert!(include_str!("../../Dockerfile").contains(line), "the Dockerfile wants {line}");
    }

    #[test]
    fn the_runtime_stage_is_taken_word_for_word() {
        let whole = include_str!("../../Dockerfile");
        let cut = cut_builder(whole).unwrap();
        assert!(!cut.contains("cargo"));
        let stage = |text: &str| text.split_once(RUNTIME).map(|(_, stage)| stage.to_owned());
        assert_eq!(stage(&cut), stage(whole));
        assert!(stage(whole).is_some_and(|stage| stage.contains("COPY --from=builder")));
    }
}

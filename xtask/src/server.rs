//! Building the server: one release with the site embedded, natively or for musl, and the debug one.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    error::{AtPath, Error, Result},
    fingerprint, needs, process, site,
    steps::Steps,
    workspace::Workspace,
};

/// What a release is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    /// This machine, with its own libc.
    Native,
    /// Any Linux: static, for the container image. Also what the tests run.
    Musl,
}

impl Platform {
    fn target(self) -> Result<Option<&'static str>> {
        match (self, env::consts::ARCH) {
            (Self::Native, _) => Ok(None),
            (Self::Musl, "x86_64") => Ok(Some("x86_64-unknown-linux-musl")),
            (Self::Musl, "aarch64") => Ok(Some("aarch64-unknown-linux-musl")),
            (Self::Musl, other) => {
                Err(Error::Need(format!("the static binary is built on x86_64 and aarch64, not on {other}")))
            }
        }
    }
}

/// Builds site and server unless they are what the sources say, and gives the binary.
pub(crate) fn release(workspace: &Workspace, steps: &mut Steps, platform: Platform) -> Result<PathBuf> {
    let target = platform.target()?;
    let binary = match target {
        None => workspace.target("release/longshore"),
        Some(target) => workspace.target(target).join("release/longshore"),
    };
    let stamp = workspace.own(if target.is_some() { "server-musl.stamp" } else { "server.stamp" });
    let sources: Vec<_> = site::SOURCES.iter().chain(&["server"]).map(|path| workspace.path(path)).collect();
    let fingerprint = fingerprint::of_sources(&sources)?;
    // Somebody may have called cargo by hand, without the site: then the binary is not the one we left.
    let whole =
        |binary: &Path| format!("{fingerprint} {}", fingerprint::of_state(binary).unwrap_or_default());
    if binary.exists() && fingerprint::is_fresh(&stamp, &whole(&binary)) {
        return Ok(binary);
    }

    let site = site::build(workspace, steps, site::Kind::Release)?;
    let mut cargo = process::cargo();
    cargo
        .args(["build", "--release", "--package", "longshore", "--features", "embed"])
        .env("LONGSHORE_SITE", &site)
        .current_dir(workspace.root());
    match target {
        None => needs::c_compiler("cc")?,
        Some(target) => {
            needs::c_compiler("musl-gcc")?;
            needs::rust_target(steps, target)?;
            cargo.args(["--target", target]).env(format!("CC_{}", target.replace('-', "_")), "musl-gcc");
        }
    }
    steps.step("Compiling the server", || process::run(&mut cargo, "compiling the server"))?;
    if platform == Platform::Musl {
        stage_image(workspace, &binary)?;
    }
    fingerprint::keep(&stamp, &whole(&binary))?;
    Ok(binary)
}

/// The server as it is while somebody works on it: quick to build, no site inside.
pub(crate) fn debug(workspace: &Workspace) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--package", "longshore"]).current_dir(workspace.root());
    process::run(&mut cargo, "compiling the server")?;
    Ok(workspace.target("debug/longshore"))
}

/// What the container image consists of, as it will lie in it; see the Dockerfile.
pub(crate) fn image_files(workspace: &Workspace) -> PathBuf {
    workspace.target("image")
}

fn stage_image(workspace: &Workspace, binary: &Path) -> Result<()> {
    let files = image_files(workspace);
    let certificates = files.join("etc/ssl/certs");
    for folder in [&certificates, &files.join("data")] {
        fs::create_dir_all(folder).at(folder)?;
    }
    let copy = files.join("longshore");
    fs::copy(binary, &copy).at(&copy)?;
    // Node carries Mozilla's roots, so neither the host nor the builder needs a package for them.
    let roots = process::output(
        process::command("node").args(["-p", "require('tls').rootCertificates.join('\\n')"]),
        "reading the certificate roots",
    )?;
    let file = certificates.join("ca-certificates.crt");
    fs::write(&file, roots).at(&file)
}

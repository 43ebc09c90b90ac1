//! What a machine must have before anything can be built. Each thing missing is one sentence that says
//! what to do; what rustup can add by itself is added.

use std::{path::PathBuf, process::Command};

use crate::{
    error::{Error, Result},
    process,
    steps::Steps,
};

/// The oldest Node.js that the packages of `frontend/package.json` run on.
const NODE_MAJOR: u32 = 20;

/// The target of everything that runs in the browser.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Node.js and npm, new enough.
pub(crate) fn node() -> Result<()> {
    let version = said(Command::new("node").arg("--version"));
    let major = version.as_deref().and_then(major_version);
    match (version, major) {
        (Some(_), Some(major)) if major >= NODE_MAJOR => {}
        (Some(version), _) => {
            return Err(Error::Need(format!(
                "Node.js is {}, and {NODE_MAJOR} or newer is needed: install a newer one from your system's packages or from nodejs.org",
                version.trim()
            )));
        }
        (None, _) => {
            return Err(Error::Need(format!(
                "Node.js is missing: install version {NODE_MAJOR} or newer (with npm) from your system's packages or from nodejs.org"
            )));
        }
    }
    if said(Command::new("npm").arg("--version")).is_none() {
        return Err(Error::Need(
            "npm is missing: install it (it comes with Node.js; Debian calls it npm)".to_owned(),
        ));
    }
    Ok(())
}

/// The standard library of `target`; rustup adds it where it is missing.
pub(crate) fn rust_target(steps: &mut Steps, target: &str) -> Result<()> {
    if has_rust_target(target) {
        return Ok(());
    }
    if said(Command::new("rustup").arg("--version")).is_none() {
        return Err(Error::Need(format!(
            "the Rust target {target} is missing, and rustup, which could add it, is not installed: get rustup from rustup.rs"
        )));
    }
    steps.step(&format!("Adding the Rust target {target}"), || {
        process::run(
            process::command("rustup").args(["target", "add", target]),
            &format!("rustup target add {target}"),
        )
    })
}

/// A C compiler, which SQLite and ring are built with.
pub(crate) fn c_compiler(compiler: &str) -> Result<()> {
    if said(Command::new(compiler).arg("--version")).is_some() {
        return Ok(());
    }
    let package = if compiler == "musl-gcc" { "musl-tools" } else { "gcc libc6-dev" };
    Err(Error::Need(format!(
        "the C compiler {compiler} is missing: on Debian or Ubuntu run `apt-get install {package}`, elsewhere install the like"
    )))
}

fn has_rust_target(target: &str) -> bool {
    let Some(sysroot) = said(Command::new("rustc").args(["--print", "sysroot"])) else { return false };
    PathBuf::from(sysroot.trim()).join("lib/rustlib").join(target).join("lib").is_dir()
}

/// What a program prints, if it is there and runs.
pub(crate) fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn major_version(text: &str) -> Option<u32> {
    text.trim().trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_node_says() {
        assert_eq!(major_version("v20.11.1\n"), Some(20));
        assert_eq!(major_version("what?"), None);
    }
}

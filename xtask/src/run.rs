//! `cargo xtask run`: from a fresh machine to a console that answers; the second time just that.

use std::{env, os::unix::process::CommandExt, time::Instant};

use crate::{
    error::{Error, Result},
    process,
    server::{self, Platform},
    steps::{Steps, seconds},
    workspace::Workspace,
};

/// Builds what is not built, and becomes the server; returns only if that fails.
pub(crate) fn run(workspace: &Workspace, flags: &[String]) -> Result<()> {
    let start = Instant::now();
    let binary = server::release(workspace, &mut Steps::default(), Platform::Native)?;
    process::check_interrupted()?;
    if start.elapsed().as_secs() > 1 {
        println!("• Built in {}, starting", seconds(start.elapsed()));
    }
    // Where the person called us, so that relative paths among the flags mean what they say.
    let folder = env::current_dir().unwrap_or_else(|_| workspace.root().to_path_buf());
    let source = process::command(&binary).arg("serve").args(flags).current_dir(folder).exec();
    Err(Error::Start { program: binary.display().to_string(), source })
}

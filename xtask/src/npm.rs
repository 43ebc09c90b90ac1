//! What is asked of npm: installing exactly what a lock file says, when it has changed.

use std::{fs, path::Path};

use crate::{
    error::{AtPath, Result},
    fingerprint, process,
    steps::Steps,
};

/// Makes `folder/node_modules` agree with `folder/package-lock.json`.
pub(crate) fn install(steps: &mut Steps, folder: &Path, name: &str) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fingerprint::of_bytes(&fs::read(&lock).at(&lock)?);
    let stamp = folder.join("node_modules/.longshore-lock");
    if fingerprint::is_fresh(&stamp, &wanted) {
        return Ok(());
    }
    steps.step(&format!("Installing npm packages of {name}"), || {
        let mut npm = process::command("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .current_dir(folder);
        process::run(&mut npm, "npm ci")?;
        fingerprint::keep(&stamp, &wanted)
    })
}

//! The whole frontend: from sources to a folder that the server serves or embeds.
//!
//! `target/site` is optimised and compressed, `target/site-dev` is neither. Both hold `index.html` and
//! `assets/` with content-hashed names; `.br` lies beside what it saves bytes of.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    bundle,
    error::{AtPath, Result},
    fingerprint, needs, npm, page, process,
    steps::Steps,
    wasm,
    workspace::Workspace,
};

/// Which of the two builds of the frontend.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Release,
    Dev,
}

impl Kind {
    pub(crate) fn choose<T>(self, release: T, dev: T) -> T {
        match self {
            Self::Release => release,
            Self::Dev => dev,
        }
    }
}

/// What the site is made from.
pub(crate) const SOURCES: [&str; 8] =
    ["shared", "frontend", "style", "xtask", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo"];

/// In `dev` only: `js/dev-reload.js` reloads the page when its content changes.
pub(crate) const BUILD_ID: &str = "build-id.txt";

/// Where the site of this kind lies.
pub(crate) fn folder(workspace: &Workspace, kind: Kind) -> PathBuf {
    workspace.target(kind.choose("site", "site-dev"))
}

/// Builds the site unless it is what the sources say.
pub(crate) fn build(workspace: &Workspace, steps: &mut Steps, kind: Kind) -> Result<PathBuf> {
    let site = folder(workspace, kind);
    let stamp = workspace.own(kind.choose("site.stamp", "site-dev.stamp"));
    let sources = SOURCES.map(|source| workspace.path(source));
    let fingerprint = fingerprint::of_sources(&sources)?;
    if site.join("index.html").exists() && fingerprint::is_fresh(&stamp, &fingerprint) {
        return Ok(site);
    }
    needs::node()?;
    needs::rust_target(steps, needs::WASM_TARGET)?;
    npm::install(steps, &workspace.path("frontend"), "the frontend")?;
    let module = wasm::build(workspace, steps, kind)?;
    let bundles =
        steps.step("Bundling style sheets and modules", || bundle::build(workspace, &module, &site, kind))?;

    let assets = site.join(bundle::FOLDER);
    let mut kept: HashSet<String> = bundles.files.iter().cloned().collect();
    match kind {
        Kind::Release => {
            steps.step("Compressing what the browser downloads", || {
                compress(workspace, &assets, &bundles.files)
            })?;
            kept.extend(bundles.files.iter().map(|file| format!("{file}.br")));
        }
        Kind::Dev => {
            kept.insert(BUILD_ID.to_owned());
        }
    }
    let template = workspace.path("frontend/index.html");
    let filled = page::fill(&fs::read_to_string(&template).at(&template)?, &bundles)?;
    let index = site.join("index.html");
    fs::write(&index, filled).at(&index)?;
    prune(&assets, &kept)?;
    fingerprint::keep(&stamp, &fingerprint)?;
    Ok(site)
}

/// A name says its content, so what lies there compressed is right already.
fn compress(workspace: &Workspace, assets: &Path, files: &[String]) -> Result<()> {
    let packed = |file: &&String| !file.ends_with(".woff2") && !file.ends_with(".png");
    let missing = |file: &&String| !assets.join(format!("{file}.br")).exists();
    let todo: Vec<PathBuf> =
        files.iter().filter(packed).filter(missing).map(|file| assets.join(file)).collect();
    if todo.is_empty() {
        return Ok(());
    }
    process::run(
        process::command("node").arg(workspace.path("xtask/js/compress.mjs")).args(todo),
        "compressing",
    )
}

/// Removes what earlier builds have left.
fn prune(assets: &Path, kept: &HashSet<String>) -> Result<()> {
    for entry in fs::read_dir(assets).at(assets)? {
        let entry = entry.at(assets)?;
        if !kept.contains(&*entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path()).at(entry.path())?;
        }
    }
    Ok(())
}

//! With the feature `embed`: writes the table of the built frontend, which `http/assets.rs` includes.
//!
//! The site is made by `cargo xtask build` before the server is compiled; nothing is built from here.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=LONGSHORE_SITE");
    let table = if env::var_os("CARGO_FEATURE_EMBED").is_some() { site_table()? } else { Vec::new() };
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo gives OUT_DIR")?).join("site.rs");
    // An array, since a static cannot lend what it changes later: the gzip that is made on request.
    fs::write(out, format!("pub(crate) static SITE: [Asset; {}] = [{}];\n", table.len(), table.concat()))?;
    Ok(())
}

fn site_table() -> Result<Vec<String>, Box<dyn Error>> {
    let site = match env::var_os("LONGSHORE_SITE") {
        Some(site) => PathBuf::from(site),
        None => PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo gives CARGO_MANIFEST_DIR")?)
            .join("../target/site"),
    };
    println!("cargo::rerun-if-changed={}", site.display());
    let site = site.canonicalize().unwrap_or(site);
    if !site.join("index.html").is_file() {
        return Err(format!(
            "the feature `embed` needs the built frontend, and {} holds none: run `cargo xtask build`, which makes it and \
             then compiles the server",
            site.display()
        )
        .into());
    }
    let mut table = Vec::new();
    for file in files_under(&site)? {
        let name = file.strip_prefix(&site)?.to_string_lossy().replace('\\', "/");
        if name.ends_with(".br") {
            continue;
        }
        let mime = mime(&name).ok_or_else(|| format!("build.rs knows no media type for {name}"))?;
        let immutable = name.starts_with("assets/");
        table.push(format!(
            "\n    Asset {{ path: {name:?}, mime: {mime:?}, immutable: {immutable}, content: {} }},",
            content(&file),
        ));
    }
    Ok(table)
}

/// A packed file is embedded packed alone: the server unpacks it for who does not take brotli.
fn content(file: &Path) -> String {
    let br = PathBuf::from(format!("{}.br", file.display()));
    if br.is_file() {
        format!("super::Content::Packed {{ br: include_bytes!({br:?}), gz: std::sync::OnceLock::new() }}")
    } else {
        format!("super::Content::Raw(include_bytes!({file:?}))")
    }
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

fn mime(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

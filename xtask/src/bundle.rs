//! esbuild: style sheets, fonts and JavaScript modules become files with content-hashed names.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::{
    error::{AtPath, Error, Result},
    fingerprint, process,
    site::Kind,
    wasm::{Frontend, LOADER},
    workspace::Workspace,
};

/// Where the bundles lie inside the site.
pub(crate) const FOLDER: &str = "assets";

/// The style sheet of the parts.
const LATER: &str = "later.css";

/// What the page names, as paths relative to the site (`assets/boot-1A2B3C4D.js`).
#[derive(Debug)]
pub(crate) struct Bundles {
    /// The style sheet of the first page.
    pub(crate) style: String,
    /// The small module that starts the WebAssembly.
    pub(crate) boot: String,
    pub(crate) wasm: String,
    /// Fonts that the first page shows.
    pub(crate) fonts: Vec<String>,
    /// What is loaded on demand: `terminal` for `frontend/js/terminal.ts`, `terminal.css` for the styles
    /// that it imports.
    pub(crate) on_demand: BTreeMap<String, String>,
    /// In `dev` only: the module that reloads the page.
    pub(crate) reload: Option<String>,
    /// Every file name in the assets folder that belongs to this build.
    pub(crate) files: Vec<String>,
}

/// Bundles all into `site/assets`.
pub(crate) fn build(workspace: &Workspace, frontend: &Frontend, site: &Path, kind: Kind) -> Result<Bundles> {
    let folder = site.join(FOLDER);
    fs::create_dir_all(&folder).at(&folder)?;
    let mut files = Vec::new();

    let wasm = write_hashed(&folder, "longshore.wasm", &fs::read(&frontend.wasm).at(&frontend.wasm)?)?;
    let boot = frontend.folder.join("boot.js");
    fs::write(&boot, boot_source(&wasm)).at(&boot)?;
    files.push(wasm.clone());
    files.extend(write_parts(frontend, &folder)?);

    let reload = match kind {
        Kind::Release => None,
        Kind::Dev => {
            let hashed = write_hashed(&folder, "dev-reload.js", include_bytes!("../js/dev-reload.js"))?;
            files.push(hashed.clone());
            Some(in_site(&hashed))
        }
    };

    let meta = run_esbuild(workspace, &boot, &folder, kind)?;
    let mut bundles = Bundles {
        style: String::new(),
        boot: String::new(),
        wasm: in_site(&wasm),
        fonts: Vec::new(),
        on_demand: BTreeMap::new(),
        reload,
        files,
    };
    read_meta(&meta, &mut bundles);
    if bundles.style.is_empty() || bundles.boot.is_empty() {
        return Err(Error::Build(
            "esbuild did not say where it put the style sheet and the boot module".to_owned(),
        ));
    }
    Ok(bundles)
}

fn boot_source(wasm: &str) -> String {
    format!(
        "import start from \"./longshore.js\";\n\
         start({{ module_or_path: new URL(\"./{wasm}\", import.meta.url) }}).catch((error) => {{\n\
         document.documentElement.dataset.boot = \"failed\";\n\
         throw error;\n\
         }});\n"
    )
}

/// Gives the parts their hashed names, and tells the loader. They are linked to each other by their places in
/// one table, so all change together: one hash is in all of the names, which the first page has to load.
fn write_parts(frontend: &Frontend, folder: &Path) -> Result<Vec<String>> {
    let path = frontend.folder.join(LOADER);
    let mut loader = fs::read_to_string(&path).at(&path)?;
    let parts: Vec<(String, Vec<u8>)> = frontend
        .parts
        .iter()
        .map(|part| {
            let name = part.file_name().map(|name| name.to_string_lossy().into_owned());
            Ok((name.unwrap_or_default(), fs::read(part).at(part)?))
        })
        .collect::<Result<_>>()?;
    let contents: Vec<String> = parts.iter().map(|(_, content)| fingerprint::of_bytes(content)).collect();
    let hash = short(&fingerprint::of_bytes(contents.concat().as_bytes()));
    let mut files = Vec::new();
    for (name, content) in parts {
        let asked = format!("\"./{name}\"");
        if !loader.contains(&asked) {
            return Err(Error::Build(format!("{LOADER} does not load {name}")));
        }
        let hashed = write_named(folder, &name, &hash, &content)?;
        loader = loader.replace(&asked, &format!("\"./{hashed}\""));
        files.push(hashed);
    }
    fs::write(&path, loader).at(&path)?;
    Ok(files)
}

fn run_esbuild(workspace: &Workspace, boot: &Path, folder: &Path, kind: Kind) -> Result<Value> {
    let meta = workspace.own("esbuild.json");
    let fonts = workspace.own("fonts");
    cut_fonts(workspace, &fonts)?;
    let node_path = std::env::join_paths([workspace.path("frontend/node_modules"), fonts])
        .map_err(|error| Error::Build(format!("NODE_PATH: {error}")))?;
    let mut esbuild = process::command(workspace.npm_program("esbuild"));
    esbuild
        .current_dir(workspace.root())
        // The style sheets lie outside of frontend/, where npm's packages are.
        .env("NODE_PATH", node_path)
        .args(["--bundle", "--format=esm", "--target=esnext", "--log-level=warning"])
        // Bindings list the loader once for each thing that they import of it.
        .arg("--log-override:duplicate-object-key=silent")
        .args(["--loader:.woff2=file", "--loader:.svg=file"])
        .args(["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]"])
        .arg(format!("--outdir={}", folder.display()))
        .arg(format!("--metafile={}", meta.display()))
        .arg(boot)
        .args(["style/index.css", "style/later.css"]);
    if matches!(kind, Kind::Release) {
        esbuild.arg("--minify");
    }
    for file in fingerprint::files_under(&workspace.path("frontend/js"))? {
        let name = file.to_string_lossy();
        if name.ends_with(".ts")
            && !name.ends_with(".d.ts")
            && file.parent() == Some(&workspace.path("frontend/js"))
        {
            esbuild.arg(file);
        }
    }
    process::run(&mut esbuild, "esbuild")?;
    let text = fs::read(&meta).at(&meta)?;
    serde_json::from_slice(&text).map_err(|error| Error::Build(format!("{}: {error}", meta.display())))
}

/// The letters that most texts are made of, as fonts of their own.
fn cut_fonts(workspace: &Workspace, folder: &Path) -> Result<()> {
    let mut node = process::command("node");
    node.arg(workspace.path("xtask/js/fonts.mjs"))
        .arg(workspace.path("style/fonts.css"))
        .arg(workspace.path("frontend/node_modules"))
        .arg(folder);
    process::run(&mut node, "cutting fonts")
}

/// See <https://esbuild.github.io/api/#metafile>.
fn read_meta(meta: &Value, bundles: &mut Bundles) {
    let outputs = meta.get("outputs").and_then(Value::as_object);
    for (path, output) in outputs.into_iter().flatten() {
        let file = file_name(path);
        bundles.files.push(file.to_owned());
        if is_first_font(file) {
            bundles.fonts.push(in_site(file));
        }
        let Some(entry) = output.get("entryPoint").and_then(Value::as_str) else { continue };
        let name = file_name(entry);
        if name == "index.css" {
            bundles.style = in_site(file);
        } else if name == "boot.js" {
            bundles.boot = in_site(file);
        } else if name == LATER {
            bundles.on_demand.insert(name.to_owned(), in_site(file));
        } else if let Some(name) = name.strip_suffix(".ts") {
            bundles.on_demand.insert(name.to_owned(), in_site(file));
            if let Some(style) = output.get("cssBundle").and_then(Value::as_str) {
                bundles.on_demand.insert(format!("{name}.css"), in_site(file_name(style)));
            }
        }
    }
}

/// The two cut fonts; the whole ones are fetched by a text that needs them.
fn is_first_font(file: &str) -> bool {
    (file.starts_with("text-") || file.starts_with("code-")) && file.ends_with(".woff2")
}

/// Writes a file that esbuild does not handle, under a name of the same form.
fn write_hashed(folder: &Path, name: &str, content: &[u8]) -> Result<String> {
    write_named(folder, name, &short(&fingerprint::of_bytes(content)), content)
}

/// What of a fingerprint goes into a name.
fn short(fingerprint: &str) -> String {
    fingerprint.chars().take(8).collect::<String>().to_uppercase()
}

fn write_named(folder: &Path, name: &str, hash: &str, content: &[u8]) -> Result<String> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let hashed = format!("{stem}-{hash}.{extension}");
    let path = folder.join(&hashed);
    if !path.exists() {
        fs::write(&path, content).at(&path)?;
    }
    Ok(hashed)
}

fn in_site(file: &str) -> String {
    format!("{FOLDER}/{file}")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meta_file_tells_what_the_page_names() {
        let meta = serde_json::json!({"outputs": {
            "target/site/assets/index-A.css": {"entryPoint": "style/index.css"},
            "target/site/assets/later-G.css": {"entryPoint": "style/later.css"},
            "target/site/assets/boot-B.js": {"entryPoint": "target/longshore/glue/boot.js"},
            "target/site/assets/terminal-C.js": {"entryPoint": "frontend/js/terminal.ts",
                "cssBundle": "target/site/assets/terminal-D.css"},
            "target/site/assets/terminal-D.css": {},
            "target/site/assets/text-E.woff2": {},
            "target/site/assets/inter-latin-wght-normal-F.woff2": {},
        }});
        let mut bundles = Bundles {
            style: String::new(),
            boot: String::new(),
            wasm: String::new(),
            fonts: Vec::new(),
            on_demand: BTreeMap::new(),
            reload: None,
            files: Vec::new(),
        };
        read_meta(&meta, &mut bundles);
        assert_eq!(bundles.style, "assets/index-A.css");
        assert_eq!(bundles.boot, "assets/boot-B.js");
        assert_eq!(bundles.fonts, ["assets/text-E.woff2"]);
        assert_eq!(bundles.on_demand["terminal"], "assets/terminal-C.js");
        assert_eq!(bundles.on_demand["terminal.css"], "assets/terminal-D.css");
        assert_eq!(bundles.on_demand["later.css"], "assets/later-G.css");
        assert_eq!(bundles.files.len(), 7);
    }
}

//! esbuild: style sheets, fonts and JavaScript modules become files with content-hashed names.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::{
    error::{AtPath, Error, Result},
    fingerprint, process,
    site::Kind,
    wasm::Module,
    workspace::Workspace,
};

/// Where the bundles lie inside the site.
pub(crate) const FOLDER: &str = "assets";

/// What the page names, as paths relative to the site (`assets/boot-1A2B3C4D.js`).
#[derive(Debug)]
pub(crate) struct Bundles {
    /// The one style sheet of the product.
    pub(crate) style: String,
    /// The small module that starts the WebAssembly.
    pub(crate) boot: String,
    pub(crate) wasm: String,
    /// Fonts that the first page shows.
    pub(crate) fonts: Vec<String>,
    /// What is loaded on demand: `terminal` for `frontend/js/terminal.ts`, `terminal.css` for the styles
    /// that it imports, `logo.svg` for `frontend/static/logo.svg`.
    pub(crate) on_demand: BTreeMap<String, String>,
    /// In `dev` only: the module that reloads the page.
    pub(crate) reload: Option<String>,
    /// Every file name in the assets folder that belongs to this build.
    pub(crate) files: Vec<String>,
}

/// Bundles all into `site/assets`.
pub(crate) fn build(workspace: &Workspace, module: &Module, site: &Path, kind: Kind) -> Result<Bundles> {
    let folder = site.join(FOLDER);
    fs::create_dir_all(&folder).at(&folder)?;
    let mut files = Vec::new();

    let wasm = write_hashed(&folder, "longshore.wasm", &module.wasm)?;
    let boot = module.folder.join("boot.js");
    fs::write(&boot, boot_source(&wasm)).at(&boot)?;
    files.push(wasm.clone());

    let mut on_demand = BTreeMap::new();
    for file in fingerprint::files_under(&workspace.path("frontend/static"))? {
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let hashed = write_hashed(&folder, &name, &fs::read(&file).at(&file)?)?;
        on_demand.insert(name, in_site(&hashed));
        files.push(hashed);
    }
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
        on_demand,
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

fn run_esbuild(workspace: &Workspace, boot: &Path, folder: &Path, kind: Kind) -> Result<Value> {
    let meta = workspace.own("esbuild.json");
    let mut esbuild = process::command(workspace.npm_program("esbuild"));
    esbuild
        .current_dir(workspace.root())
        // The style sheets lie outside of frontend/, where npm's packages are.
        .env("NODE_PATH", workspace.path("frontend/node_modules"))
        .args(["--bundle", "--format=esm", "--target=esnext", "--log-level=warning"])
        .args(["--loader:.woff2=file", "--loader:.svg=file"])
        .args(["--entry-names=[name]-[hash]", "--asset-names=[name]-[hash]"])
        .arg(format!("--outdir={}", folder.display()))
        .arg(format!("--metafile={}", meta.display()))
        .arg(boot)
        .arg("style/index.css");
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
        } else if let Some(name) = name.strip_suffix(".ts") {
            bundles.on_demand.insert(name.to_owned(), in_site(file));
            if let Some(style) = output.get("cssBundle").and_then(Value::as_str) {
                bundles.on_demand.insert(format!("{name}.css"), in_site(file_name(style)));
            }
        }
    }
}

/// The text's own font; the monospaced one may come a moment later.
fn is_first_font(file: &str) -> bool {
    file.starts_with("inter-") && file.ends_with(".woff2")
}

/// Writes a file that esbuild does not handle, under a name of the same form.
fn write_hashed(folder: &Path, name: &str, content: &[u8]) -> Result<String> {
    let hash: String = fingerprint::of_bytes(content).chars().take(8).collect();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let hashed = format!("{stem}-{}.{extension}", hash.to_uppercase());
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
            "target/site/assets/boot-B.js": {"entryPoint": "target/longshore/glue/boot.js"},
            "target/site/assets/terminal-C.js": {"entryPoint": "frontend/js/terminal.ts",
                "cssBundle": "target/site/assets/terminal-D.css"},
            "target/site/assets/terminal-D.css": {},
            "target/site/assets/inter-latin-wght-normal-E.woff2": {},
            "target/site/assets/jetbrains-mono-latin-wght-normal-F.woff2": {},
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
        assert_eq!(bundles.fonts, ["assets/inter-latin-wght-normal-E.woff2"]);
        assert_eq!(bundles.on_demand["terminal"], "assets/terminal-C.js");
        assert_eq!(bundles.on_demand["terminal.css"], "assets/terminal-D.css");
        assert_eq!(bundles.files.len(), 6);
    }
}

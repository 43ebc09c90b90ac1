//! From the frontend crate to the two things that a browser needs of it: the glue JavaScript and the
//! optimised WebAssembly. What happens to them afterwards is in `bundle`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    error::{AtPath, Error, Result},
    fingerprint,
    needs::WASM_TARGET,
    process,
    site::Kind,
    steps::Steps,
    workspace::Workspace,
};

/// The features that rustc's output uses; binaryen refuses them unless told.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The command by which xtask calls itself to bind.
pub(crate) const BIND: &str = "bind";

/// The frontend, ready to be bundled.
#[derive(Debug)]
pub(crate) struct Module {
    /// The folder with `longshore.js` and what it imports.
    pub(crate) folder: PathBuf,
    pub(crate) wasm: Vec<u8>,
}

/// Compiles the frontend and binds it to JavaScript.
pub(crate) fn build(workspace: &Workspace, steps: &mut Steps, kind: Kind) -> Result<Module> {
    let compiled = steps.step("Compiling the frontend to WebAssembly", || compile(workspace, kind))?;
    let folder = workspace.own(kind.choose("glue", "glue-dev"));
    steps.step("Binding WebAssembly to JavaScript", || {
        // In a process of its own, which gives the gigabyte back that it takes for a debug build.
        let own =
            env::current_exe().map_err(|source| Error::Start { program: "xtask".to_owned(), source })?;
        let mut command = process::command(own);
        command.arg(BIND).args([&compiled, &folder]).arg(kind.choose("release", "dev"));
        process::run(&mut command, "wasm-bindgen")
    })?;
    let bound = folder.join("longshore_bg.wasm");
    let wasm = match kind {
        Kind::Dev => fs::read(&bound).at(&bound)?,
        Kind::Release => optimise(workspace, steps, &bound)?,
    };
    Ok(Module { folder, wasm })
}

fn compile(workspace: &Workspace, kind: Kind) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo
        .args(["build", "--package", "longshore-frontend", "--target", WASM_TARGET])
        .args(["--profile", kind.choose("wasm", "dev")])
        .current_dir(workspace.root());
    process::run(&mut cargo, "compiling the frontend")?;
    let folder = workspace.target(WASM_TARGET).join(kind.choose("wasm", "debug"));
    Ok(folder.join("longshore-frontend.wasm"))
}

/// What `xtask bind COMPILED FOLDER KIND` does; `build` alone calls it.
pub(crate) fn bind(arguments: &[String]) -> Result<()> {
    let [compiled, folder, kind] = arguments else {
        return Err(Error::Usage("bind is for xtask itself".to_owned()));
    };
    let folder = Path::new(folder);
    if folder.exists() {
        fs::remove_dir_all(folder).at(folder)?;
    }
    Bindgen::new()
        .input_path(compiled)
        .out_name("longshore")
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .keep_debug(false)
                .remove_producers_section(true)
                .remove_name_section(kind == "release")
                .generate(folder)
        })
        .map_err(|error| Error::Build(format!("wasm-bindgen: {error:#}")))
}

/// Takes ten seconds, so the last result is kept for the same input.
fn optimise(workspace: &Workspace, steps: &mut Steps, bound: &Path) -> Result<Vec<u8>> {
    let optimised = workspace.own("optimised.wasm");
    let stamp = workspace.own("optimised.stamp");
    let input = fs::read(bound).at(bound)?;
    let fingerprint = format!("{} {}", fingerprint::of_bytes(&input), OPTIMISE.join(" "));
    if !(optimised.exists() && fingerprint::is_fresh(&stamp, &fingerprint)) {
        steps.step("Optimising WebAssembly for size", || {
            let mut program = process::command(workspace.npm_program("wasm-opt"));
            program.args(OPTIMISE).arg(bound).arg("-o").arg(&optimised);
            process::run(&mut program, "wasm-opt")?;
            fingerprint::keep(&stamp, &fingerprint)
        })?;
    }
    fs::read(&optimised).at(&optimised)
}

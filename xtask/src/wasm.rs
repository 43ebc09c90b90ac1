//! From the frontend crate to what a browser needs of it: the glue JavaScript, the optimised WebAssembly of
//! the first page, and the parts that are loaded when they are first shown (`ui/lazy.rs` in the frontend).
//! What happens to them afterwards is in `bundle`.

use std::{
    collections::{HashMap, VecDeque},
    env, fs, mem,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use walrus::{Module, ModuleConfig};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support as wasm_split;

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
const OPTIMISE: [&str; 9] = [
    // What is small once it is compressed: with -Oz, and with equal expressions made one, the module itself is
    // smaller by a twentieth, and what travels is larger by a hundredth.
    "-Os",
    "--skip-pass=local-cse",
    // The stack's last bytes are there (rustc puts it first), and nothing that is pointed at.
    "--low-memory-unused",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The command by which xtask calls itself to bind.
pub(crate) const BIND: &str = "bind";

/// What loads the parts; imported by the glue.
pub(crate) const LOADER: &str = "parts.js";
/// What the bindings make of the first page's module.
const BOUND: &str = "longshore_bg.wasm";
/// The module by whose name the bindings import what the glue has.
const OWN_IMPORTS: &str = "./longshore_bg.js";
/// How the names of the exports begin by which the glue calls closures.
const CLOSURE: &str = "wasm_bindgen__convert__closures_____invoke__";
/// The folder of the parts, inside that of the glue.
const PARTS: &str = "parts";

/// The frontend, ready to be bundled.
#[derive(Debug)]
pub(crate) struct Frontend {
    /// The folder with `longshore.js` and what it imports.
    pub(crate) folder: PathBuf,
    /// What the first page needs.
    pub(crate) wasm: PathBuf,
    /// What is loaded later, under the names by which [`LOADER`] asks for them.
    pub(crate) parts: Vec<PathBuf>,
}

/// Compiles the frontend and binds it to JavaScript.
pub(crate) fn build(workspace: &Workspace, steps: &mut Steps, kind: Kind) -> Result<Frontend> {
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
    let bound = folder.join(BOUND);
    let parts: Vec<PathBuf> = fingerprint::files_under(&folder.join(PARTS))?;
    match kind {
        Kind::Dev => Ok(Frontend { folder, wasm: bound, parts }),
        Kind::Release => {
            let all: Vec<PathBuf> = [bound].into_iter().chain(parts).collect();
            let mut optimised = optimise(workspace, steps, &all)?.into_iter();
            let wasm = optimised.next().unwrap_or_default();
            Ok(Frontend { folder, wasm, parts: optimised.collect() })
        }
    }
}

fn compile(workspace: &Workspace, kind: Kind) -> Result<PathBuf> {
    let mut cargo = process::cargo();
    cargo
        .args(["rustc", "--package", "longshore-frontend", "--target", WASM_TARGET])
        .args(["--profile", kind.choose("wasm", "dev")])
        // By these the parts are told apart; what is left of them goes with the splitting.
        .args(["--", "-Clink-args=--emit-relocs"])
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
    let parts = folder.join(PARTS);
    fs::create_dir_all(&parts).at(&parts)?;
    let whole = fs::read(compiled).at(Path::new(compiled))?;
    let first = folder.join("first.wasm");
    split(&whole, &parts, &first)?;
    if kind == "release" {
        for part in fingerprint::files_under(&parts)?.iter().filter(|file| is_wasm(file)) {
            let named = fs::read(part).at(part)?;
            fs::write(part, without_names(&named)?).at(part)?;
        }
    }
    // The glue imports the loader as its neighbour.
    fs::rename(parts.join(LOADER), folder.join(LOADER)).at(folder)?;
    let failed = |error| Error::Build(format!("wasm-bindgen: {error:#}"));
    let mut output = Bindgen::new()
        .input_path(&first)
        .out_name("longshore")
        .web(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .keep_debug(false)
                // The parts link to the first module by the linker's own exports.
                .keep_lld_exports(true)
                .remove_producers_section(true)
                .remove_name_section(kind == "release")
                .generate_output()
        })
        .map_err(failed)?;
    if kind == "release" {
        drop_exports(output.wasm_mut(), is_of_streams);
        let names = shorten(output.wasm_mut());
        output.emit(folder).map_err(failed)?;
        let glue = folder.join("longshore.js");
        let source = fs::read_to_string(&glue).at(&glue)?;
        fs::write(&glue, renamed(&without_classes(&source), &names)).at(&glue)?;
    } else {
        output.emit(folder).map_err(failed)?;
    }
    fs::remove_file(&first).at(&first)
}

fn is_wasm(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "wasm")
}

/// A part without the names of its functions, which the optimiser does not understand all of.
fn without_names(part: &[u8]) -> Result<Vec<u8>> {
    let module = ModuleConfig::new().generate_name_section(false).parse(part);
    module.map(|mut module| module.emit_wasm()).map_err(|error| Error::Build(format!("a part: {error:#}")))
}

/// Takes out exports that nobody imports, so that the optimiser takes out what only they reach.
fn drop_exports(module: &mut Module, unwanted: fn(&str) -> bool) {
    let found: Vec<_> =
        module.exports.iter().filter(|export| unwanted(&export.name)).map(|export| export.id()).collect();
    for export in found {
        module.exports.delete(export);
    }
}

/// Gives short names to what module and glue know each other by, and tells which. The bindings' own bear a
/// hash each: several kilobytes of the first page that do not compress, in the module and once more in the glue.
fn shorten(module: &mut Module) -> HashMap<String, String> {
    let mut names = HashMap::new();
    let mut short = |name: &mut String| {
        // The bindings use no name that begins so.
        let next = format!("${}", names.len());
        *name = names.entry(mem::take(name)).or_insert(next).clone();
    };
    for import in module.imports.iter_mut().filter(|import| import.module == OWN_IMPORTS) {
        short(&mut import.name);
    }
    for export in module.exports.iter_mut().filter(|export| export.name.starts_with(CLOSURE)) {
        short(&mut export.name);
    }
    names
}

/// JavaScript with other names in it.
fn renamed(source: &str, names: &HashMap<String, String>) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut rest = source;
    let mut result = String::with_capacity(source.len());
    while let Some(start) = rest.find(in_name) {
        let (before, from) = rest.split_at(start);
        let (name, after) = from.split_at(from.find(|c| !in_name(c)).unwrap_or(from.len()));
        result.push_str(before);
        result.push_str(names.get(name).map_or(name, String::as_str));
        rest = after;
    }
    result + rest
}

/// What the framework exports for functions of a server that it would call itself; here there are none. An
/// export is kept for good with all that it reaches.
fn is_of_streams(export: &str) -> bool {
    export.trim_start_matches("__wbg_").starts_with("intounderlying")
}

/// The glue without the classes of what [`is_of_streams`]: the bundler leaves out what nothing uses, once it
/// is told that making them has no effect.
fn without_classes(glue: &str) -> String {
    let lines = glue.lines().filter(|line| !line.starts_with("if (Symbol.dispose)"));
    let pure =
        |line: &str| line.replace(" new FinalizationRegistry(", " /* @__PURE__ */ new FinalizationRegistry(");
    lines.map(|line| pure(line) + "\n").collect()
}

/// Takes out what is reached through `wasm_split` functions alone.
fn split(whole: &[u8], parts: &Path, first: &Path) -> Result<()> {
    let link_name = format!("./{LOADER}");
    let mut options = wasm_split::Options::new(whole);
    options.output_dir = parts;
    options.main_out_path = first;
    options.link_name = &link_name;
    options.main_module = "./longshore.js";
    wasm_split::transform(options)
        .map(|_| ())
        .map_err(|error| Error::Build(format!("splitting the frontend: {error:#}")))
}

fn next<T>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_back()
}

/// Takes ten seconds, so each result is kept for the same input.
fn optimise(workspace: &Workspace, steps: &mut Steps, bound: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let folder = workspace.own("optimised");
    fs::create_dir_all(&folder).at(&folder)?;
    let mut todo = VecDeque::new();
    let mut all = Vec::new();
    for input in bound {
        let name = input.file_name().unwrap_or_default();
        let output = folder.join(name);
        let stamp = output.with_extension("stamp");
        let content = fs::read(input).at(input)?;
        let fingerprint = format!("{} {}", fingerprint::of_bytes(&content), OPTIMISE.join(" "));
        if !(output.exists() && fingerprint::is_fresh(&stamp, &fingerprint)) {
            todo.push_front((input, output.clone(), stamp, fingerprint));
        }
        all.push(output);
    }
    if !todo.is_empty() {
        steps.step("Optimising WebAssembly for size", || {
            // Half of the time of a small part is the program's start, so a few run at once.
            let queue = Mutex::new(todo);
            let work = || {
                while let Some((input, output, stamp, fingerprint)) = next(&queue) {
                    let mut program = process::command(workspace.npm_program("wasm-opt"));
                    program.args(OPTIMISE).arg(input).arg("-o").arg(output);
                    process::run(&mut program, "wasm-opt")?;
                    fingerprint::keep(&stamp, &fingerprint)?;
                }
                Ok(())
            };
            thread::scope(|scope| {
                let workers = thread::available_parallelism().map_or(1, usize::from);
                let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
                workers
                    .into_iter()
                    .try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            })
        })?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports two functions of the glue and one of the loader, and exports the first twice.
    fn module() -> Module {
        let mut module = Module::default();
        let of_none = module.types.add(&[], &[]);
        let (first, _) = module.add_import_func(OWN_IMPORTS, "__wbg_add_0f", of_none);
        module.add_import_func(OWN_IMPORTS, "__wbg_addAll_1e", of_none);
        module.add_import_func("./parts.js", "__wbg_add_0f", of_none);
        module.exports.add(&format!("{CLOSURE}h2d"), first);
        module.exports.add("intounderlyingsource_pull", first);
        module
    }

    #[test]
    fn unwanted_exports_are_taken_out_and_nothing_else() {
        let mut module = module();
        drop_exports(&mut module, is_of_streams);
        let left: Vec<_> = module.exports.iter().map(|export| &*export.name).collect();
        assert_eq!(left, [format!("{CLOSURE}h2d")]);
        assert_eq!(module.imports.iter().count(), 3);
    }

    #[test]
    fn module_and_glue_are_given_the_same_short_names() {
        let mut module = module();
        let names = shorten(&mut module);
        let imports: Vec<_> = module.imports.iter().map(|import| &*import.name).collect();
        assert_eq!(imports, ["$0", "$1", "__wbg_add_0f"]);
        let glue = format!("import0 = {{ __wbg_add_0f: f, __wbg_addAll_1e(é) {{}} }}; wasm.{CLOSURE}h2d(a)");
        assert_eq!(renamed(&glue, &names), "import0 = { $0: f, $1(é) {} }; wasm.$2(a)");
    }

    #[test]
    fn names_of_functions_are_taken_out() {
        let mut named = module();
        for function in named.funcs.iter_mut() {
            function.name = Some("told".to_owned());
        }
        let named = named.emit_wasm();
        let has_name = |module: &[u8]| module.windows(4).any(|bytes| bytes == b"told");
        assert!(has_name(&named));
        assert!(!has_name(&without_names(&named).unwrap()));
        assert!(without_names(b"\0asm").is_err());
    }

    #[test]
    fn classes_that_nothing_uses_have_no_effect() {
        let glue = "class A {}\nif (Symbol.dispose) A.prototype[Symbol.dispose] = A.prototype.free;\nconst AF = x\n    : new FinalizationRegistry(f);\n";
        assert_eq!(
            without_classes(glue),
            "class A {}\nconst AF = x\n    : /* @__PURE__ */ new FinalizationRegistry(f);\n"
        );
    }
}

//! From the frontend crate to what a browser needs of it: the glue JavaScript, the optimised WebAssembly of
//! the first page, and the parts that are loaded when they are first shown (`ui/lazy.rs` in the frontend).
//! What happens to them afterwards is in `bundle`.

use std::{
    collections::VecDeque,
    env, fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

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
const OPTIMISE: [&str; 8] = [
    "-Oz",
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
/// The folder of the parts, inside that of the glue.
const PARTS: &str = "parts";

/// The frontend, ready to be bundled.
#[derive(Debug)]
pub(crate) struct Module {
    /// The folder with `longshore.js` and what it imports.
    pub(crate) folder: PathBuf,
    /// What the first page needs.
    pub(crate) wasm: PathBuf,
    /// What is loaded later, under the names by which [`LOADER`] asks for them.
    pub(crate) parts: Vec<PathBuf>,
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
    let bound = folder.join(BOUND);
    let parts: Vec<PathBuf> = fingerprint::files_under(&folder.join(PARTS))?;
    match kind {
        Kind::Dev => Ok(Module { folder, wasm: bound, parts }),
        Kind::Release => {
            let all: Vec<PathBuf> = [bound].into_iter().chain(parts).collect();
            let mut optimised = optimise(workspace, steps, &all)?.into_iter();
            let wasm = optimised.next().unwrap_or_default();
            Ok(Module { folder, wasm, parts: optimised.collect() })
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
            fs::write(part, without_names(&named)).at(part)?;
        }
    }
    // The glue imports the loader as its neighbour.
    fs::rename(parts.join(LOADER), folder.join(LOADER)).at(folder)?;
    Bindgen::new()
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
                .generate(folder)
        })
        .map_err(|error| Error::Build(format!("wasm-bindgen: {error:#}")))?;
    if kind == "release" {
        tidy(folder)?;
    }
    fs::remove_file(&first).at(&first)
}

/// Takes out what comes with the framework and is of no use here.
fn tidy(folder: &Path) -> Result<()> {
    let bound = folder.join(BOUND);
    let module = fs::read(&bound).at(&bound)?;
    let module = without_exports(&module, is_of_streams)
        .ok_or_else(|| Error::Build(format!("{BOUND} cannot be read")))?;
    fs::write(&bound, module).at(&bound)?;
    let glue = folder.join("longshore.js");
    let source = fs::read_to_string(&glue).at(&glue)?;
    fs::write(&glue, without_classes(&source)).at(&glue)
}

fn is_wasm(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "wasm")
}

/// A section of a module: its id, what it holds, and all of its bytes.
struct Section<'a> {
    id: u8,
    body: &'a [u8],
    whole: &'a [u8],
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const EXPORTS: u8 = 7;

/// The sections of a module; nothing where it cannot be read.
fn sections(module: &[u8]) -> Option<Vec<Section<'_>>> {
    let mut rest = module.strip_prefix(HEADER)?;
    let mut found = Vec::new();
    while let Some((&id, after)) = rest.split_first() {
        let (length, digits) = leb128(after)?;
        let (whole, next) = rest.split_at_checked(1 + digits + length)?;
        found.push(Section { id, body: whole.get(1 + digits..)?, whole });
        rest = next;
    }
    Some(found)
}

/// A module without the names of its functions, which the optimiser does not understand all of. What cannot
/// be read is left as it is: the optimiser will say so.
fn without_names(module: &[u8]) -> Vec<u8> {
    let Some(sections) = sections(module) else { return module.to_vec() };
    let mut kept = HEADER.to_vec();
    for section in sections {
        if section.id != CUSTOM || !section.body.starts_with(b"\x04name") {
            kept.extend_from_slice(section.whole);
        }
    }
    kept
}

/// A module without what nobody imports of it, so that the optimiser takes out what only that reaches.
fn without_exports(module: &[u8], unwanted: fn(&str) -> bool) -> Option<Vec<u8>> {
    let mut kept = HEADER.to_vec();
    for section in sections(module)? {
        if section.id != EXPORTS {
            kept.extend_from_slice(section.whole);
            continue;
        }
        let (count, digits) = leb128(section.body)?;
        let mut rest = section.body.get(digits..)?;
        let (mut entries, mut left) = (Vec::new(), 0);
        for _ in 0..count {
            let (length, digits) = leb128(rest)?;
            let name = std::str::from_utf8(rest.get(digits..digits + length)?).ok()?;
            // After the name its kind, a byte, and its number.
            let (_, more) = leb128(rest.get(digits + length + 1..)?)?;
            let (entry, next) = rest.split_at_checked(digits + length + 1 + more)?;
            if !unwanted(name) {
                entries.extend_from_slice(entry);
                left += 1;
            }
            rest = next;
        }
        let body = [to_leb128(left), entries].concat();
        kept.push(EXPORTS);
        kept.extend(to_leb128(body.len()));
        kept.extend(body);
    }
    Some(kept)
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

fn to_leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let digits = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(digits);
            return bytes;
        }
        bytes.push(digits | 0x80);
    }
}

/// A number of a section's header, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
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

    #[test]
    fn names_are_taken_out_and_nothing_else() {
        let module = |sections: &[&[u8]]| [b"\0asm\x01\0\0\0", sections.concat().as_slice()].concat();
        let types: &[u8] = &[1, 1, 0];
        let names: &[u8] = b"\x00\x07\x04name\x01\x00";
        let other: &[u8] = b"\x00\x06\x05other";
        assert_eq!(without_names(&module(&[types, names, other])), module(&[types, other]));
        let broken = module(&[types, b"\x00\x7f\x04name"]);
        assert_eq!(without_names(&broken), broken);
    }

    #[test]
    fn unwanted_exports_are_taken_out_and_nothing_else() {
        let module = |exports: &[u8]| [HEADER, &[1, 1, 0], exports, &[10, 1, 0]].concat();
        let whole = module(b"\x07\x1c\x02\x06memory\x02\x00\x0eintounderlying\x00\x83\x01");
        let kept = module(b"\x07\x0a\x01\x06memory\x02\x00");
        assert_eq!(without_exports(&whole, is_of_streams), Some(kept));
        assert_eq!(without_exports(&module(b"\x07\x03\x02\x06m"), is_of_streams), None);
        assert_eq!(to_leb128(300), [0xac, 2]);
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

//! `cargo xtask test`: sets up what the tests need, and runs them all.
//!
//! One debug build serves the unit and the server tests (they select the same packages, so cargo unifies
//! the same features), one release serves server, browser and image tests.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    browser,
    engines::{Engine, EngineKind},
    error::{AtPath, Error, Result},
    image, needs, npm, packages, process,
    server::{self, Platform},
    steps::Steps,
    workspace::Workspace,
};

/// Selected together by every call of cargo below, though not all have tests for each.
const PACKAGES: [&str; 3] =
    ["--package=longshore", "--package=longshore-shared", "--package=longshore-tests"];

/// The module of the suite that needs the container image, named by `LONGSHORE_IMAGE`.
const IMAGE_TESTS: &str = "image::";

/// What can be asked for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Unit,
    Server,
    Browser,
    Image,
}

impl Part {
    const ALL: [(&'static str, Self); 4] =
        [("unit", Self::Unit), ("server", Self::Server), ("browser", Self::Browser), ("image", Self::Image)];

    fn parse(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, part)| part).ok_or_else(|| {
            let names = Self::ALL.map(|(name, _)| name).join(", ");
            Error::Usage(format!("there is no part {name} of the tests, only {names}"))
        })
    }
}

/// What to test.
#[derive(Debug)]
pub(crate) struct Options {
    parts: Vec<Part>,
    engines: Vec<EngineKind>,
    /// Given to cargo's test programs or to Playwright.
    rest: Vec<String>,
}

impl Options {
    /// `--only PART[,PART]`, `--engine KIND[,KIND]`, and after `--` what the test programs get.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self> {
        let mut parts = Vec::new();
        let mut engines = Vec::new();
        let mut rest = Vec::new();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| Error::Usage(format!("{argument} needs a value")));
            match argument.as_str() {
                "--only" => {
                    for name in value()?.split(',') {
                        parts.push(Part::parse(name)?);
                    }
                }
                "--engine" => {
                    for name in value()?.split(',') {
                        engines.push(EngineKind::parse(name)?);
                    }
                }
                "--" => rest.extend(arguments.by_ref().cloned()),
                other => return Err(Error::Usage(format!("test does not know {other}"))),
            }
        }
        if parts.is_empty() {
            parts = Part::ALL.map(|(_, part)| part).to_vec();
        }
        if engines.is_empty() {
            engines = EngineKind::ALL.to_vec();
        }
        Ok(Self { parts, engines, rest })
    }

    fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    fn only_unit(&self) -> bool {
        self.parts.iter().all(|part| *part == Part::Unit)
    }
}

/// Runs what is asked for; fails at the end if anything did.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    let _lock = lock(workspace)?;
    let mut steps = Steps::default();
    let result = run(workspace, options, &mut steps);
    steps.print_times();
    steps.print_failures();
    result.and_then(|()| steps.verdict())
}

fn run(workspace: &Workspace, options: &Options, steps: &mut Steps) -> Result<()> {
    packages::ensure(steps, &options.parts)?;
    needs::node()?;
    if options.has(Part::Browser) {
        npm::install(steps, &workspace.path("tests/browser"), "the browser tests")?;
    }
    if options.has(Part::Unit) {
        npm::install(steps, &workspace.path("frontend"), "the frontend")?;
        unit(workspace, options, steps)?;
    }
    if options.only_unit() {
        return Ok(());
    }
    let binary = binary(workspace, steps)?;
    for kind in &options.engines {
        // The oldest and the other kind of engine are for the server's suite alone.
        let whole = *kind == EngineKind::Docker28 || options.engines.len() == 1;
        if whole || options.has(Part::Server) {
            on_engine(workspace, options, steps, &binary, *kind, whole)?;
        }
    }
    Ok(())
}

fn unit(workspace: &Workspace, options: &Options, steps: &mut Steps) -> Result<()> {
    steps.step("Compiling the tests", || {
        process::run(
            cargo_test(workspace).args(["--no-run", "--quiet", "--all-targets"]),
            "compiling the tests",
        )
    })?;
    steps.try_step("Unit tests", || {
        run_tests(
            cargo_test(workspace).args(["--lib", "--bins"]).args(after(&options.rest)),
            "the unit tests",
        )
    })?;
    steps.try_step("Examples in the documentation", || {
        run_tests(
            cargo_test(workspace).arg("--doc").args(after(&options.rest)),
            "the documentation's examples",
        )
    })?;
    steps.try_step("Types of the frontend's modules", || {
        let mut compiler = process::command(workspace.npm_program("tsc"));
        run_tests(compiler.arg("--project").arg(workspace.path("frontend/tsconfig.json")), "tsc")
    })?;
    // What needs no browser runs here as on any machine; the rest is the browser tests'.
    steps.try_step("Unit tests of the frontend", || {
        let mut cargo = process::cargo();
        cargo
            .args(["test", "--package=longshore-frontend"])
            .args(after(&options.rest))
            .current_dir(workspace.root());
        run_tests(&mut cargo, "the unit tests of the frontend")
    })?;
    steps.try_step("Unit tests of xtask", || {
        let mut cargo = process::cargo();
        cargo.args(["test", "--package=xtask"]).args(after(&options.rest)).current_dir(workspace.root());
        run_tests(&mut cargo, "the unit tests of xtask")
    })?;
    Ok(())
}

fn on_engine(
    workspace: &Workspace,
    options: &Options,
    steps: &mut Steps,
    binary: &Path,
    kind: EngineKind,
    whole: bool,
) -> Result<()> {
    let name = kind.name();
    let mut started = None;
    steps.try_step(&format!("Starting {name}"), || {
        started = Some(Engine::start(workspace, kind)?);
        Ok(())
    })?;
    let Some(engine) = started else { return Ok(()) };

    let mut image = None;
    if whole && options.has(Part::Image) {
        image::image(workspace, steps, Some(engine.host())).or_else(unless_interrupted)?;
        image = Some(image::tag());
    }
    if options.has(Part::Server) || image.is_some() {
        steps.try_step(&format!("Server tests on {name}"), || {
            let mut cargo = cargo_test(workspace);
            let filter = match (options.has(Part::Server), &image) {
                (true, Some(_)) => &[][..],
                (true, None) => &["--skip", IMAGE_TESTS],
                (false, _) => &[IMAGE_TESTS],
            };
            cargo.args(["--test", "*", "--"]).args(filter).args(&options.rest).env("LONGSHORE_BIN", binary);
            if let Some(image) = &image {
                cargo.env("LONGSHORE_IMAGE", image);
            }
            engine.tell(&mut cargo);
            run_tests(&mut cargo, "the server tests")
        })?;
    }
    if whole && options.has(Part::Browser) {
        steps.try_step(&format!("Browser tests on {name}"), || {
            browser::run(workspace, binary, &engine, &options.rest)
        })?;
    }
    steps.step(&format!("Stopping {name}"), || {
        drop(engine);
        Ok(())
    })
}

/// The console under test: the one release, or what `LONGSHORE_BIN` names.
pub(crate) fn binary(workspace: &Workspace, steps: &mut Steps) -> Result<PathBuf> {
    match std::env::var_os("LONGSHORE_BIN") {
        Some(binary) => Ok(workspace.root().join(binary)),
        None => server::release(workspace, steps, Platform::Musl),
    }
}

fn cargo_test(workspace: &Workspace) -> Command {
    let mut cargo = cargo("test", workspace);
    cargo.arg("--no-fail-fast");
    cargo
}

fn run_tests(command: &mut Command, what: &str) -> Result<()> {
    let (status, said) = process::watched(command, what)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Failed { what: what.to_owned(), how: status.to_string(), said })
    }
}

/// Cargo on the packages that are tested together.
pub(crate) fn cargo(verb: &str, workspace: &Workspace) -> Command {
    let mut cargo = process::cargo();
    cargo.arg(verb).args(PACKAGES).current_dir(workspace.root());
    cargo
}

fn after(rest: &[String]) -> Vec<String> {
    if rest.is_empty() {
        Vec::new()
    } else {
        std::iter::once("--".to_owned()).chain(rest.iter().cloned()).collect()
    }
}

fn unless_interrupted(error: Error) -> Result<()> {
    if matches!(error, Error::Interrupted) { Err(error) } else { Ok(()) }
}

/// Two runs in one checkout would stop each other's engines.
fn lock(workspace: &Workspace) -> Result<File> {
    let path = workspace.own("test.lock");
    fs::create_dir_all(workspace.own("")).at(&path)?;
    let file = File::create(&path).at(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Need(
            "another `cargo xtask test` runs in this checkout: wait for it or stop it".to_owned(),
        )),
        Err(TryLockError::Error(error)) => Err(error).at(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_options_everything_is_tested() {
        let options = Options::parse(&[]).unwrap();
        assert_eq!((options.parts.len(), options.engines.len()), (4, 3));
    }

    #[test]
    fn parts_engines_and_filters_are_read() {
        let arguments = ["--only", "server,image", "--engine", "podman5", "--", "logs"].map(str::to_owned);
        let options = Options::parse(&arguments).unwrap();
        assert_eq!(options.parts, [Part::Server, Part::Image]);
        assert_eq!(options.engines, [EngineKind::Podman5]);
        assert_eq!(options.rest, ["logs"]);
    }

    #[test]
    fn an_unknown_part_engine_or_option_is_told() {
        for arguments in [["--only", "all"], ["--engine", "lxc"], ["--fast", ""]] {
            assert!(Options::parse(&arguments.map(str::to_owned)).is_err());
        }
    }
}

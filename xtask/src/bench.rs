//! `cargo xtask bench`: the measuring program of `tests/` against the release and a private engine.

use crate::{
    engines::{Engine, EngineKind},
    error::Result,
    needs, npm, packages, process,
    steps::Steps,
    test::{self, Part},
    workspace::Workspace,
};

/// Builds the release, starts Docker 28 and runs `tests/src/bin/bench.rs` with what the tests get too.
pub(crate) fn bench(workspace: &Workspace, flags: &[String]) -> Result<()> {
    let mut steps = Steps::default();
    packages::ensure(&mut steps, &[Part::Server, Part::Browser])?;
    needs::node()?;
    npm::install(&mut steps, &workspace.path("tests/browser"), "the browser tests")?;
    let binary = test::binary(workspace, &mut steps)?;
    // The same packages as the tests select, so that nothing is compiled with other features again.
    steps.step("Compiling the bench", || {
        process::run(test::cargo("build", workspace).args(["--bin", "bench"]), "compiling the bench")
    })?;
    let engine = steps.step("Starting docker28", || Engine::start(workspace, EngineKind::Docker28))?;
    steps.step("Measuring", || {
        let mut bench = process::command(workspace.target("debug/bench"));
        bench.args(flags).env("LONGSHORE_BIN", &binary).current_dir(workspace.root());
        engine.tell(&mut bench);
        process::run(&mut bench, "the bench")
    })
}

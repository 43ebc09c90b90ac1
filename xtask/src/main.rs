//! `cargo xtask`: everything that is done with this repository besides writing it.
//!
//! Here is the command line and nothing else; each command has a file of its own name.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod bench;
mod browser;
mod bundle;
mod dev;
mod engines;
mod error;
mod fingerprint;
mod image;
mod needs;
mod npm;
mod packages;
mod page;
mod process;
mod run;
mod server;
mod site;
mod steps;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use crate::{
    error::{Error, Result},
    server::Platform,
    steps::Steps,
    workspace::Workspace,
};

const HELP: &str = "\
cargo xtask run [FLAGS]      build what is not built, and serve (FLAGS go to `longshore serve`)
cargo xtask dev [FLAGS]      the same in debug; rebuilds, restarts and reloads the page on change
cargo xtask test [--only unit|server|browser|image] [--engine docker28|docker20|podman5] [-- FILTER]
                             sets up what the tests need and runs them
cargo xtask build [--target musl]
                             the release: the frontend in target/site, embedded in the server
cargo xtask image            the container image, from the musl release
cargo xtask bench            measures the budget of the design
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match process::catch_signals().and_then(|()| dispatch(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Interrupted) => ExitCode::from(130),
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::find();
    let (command, rest) =
        arguments.split_first().map_or(("help", &[][..]), |(first, rest)| (first.as_str(), rest));
    match command {
        "run" => run::run(&workspace, flags(rest)),
        "dev" => dev::dev(&workspace, flags(rest)),
        "test" => test::test(&workspace, &test::Options::parse(rest)?),
        "build" => build(&workspace, platform(rest)?),
        "image" => image::image(&workspace, &mut Steps::default(), None),
        "bench" => bench::bench(&workspace, flags(rest)),
        wasm::BIND => wasm::bind(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Error::Usage(format!("there is no command {other}"))),
    }
}

fn build(workspace: &Workspace, platform: Platform) -> Result<()> {
    let binary = server::release(workspace, &mut Steps::default(), platform)?;
    println!("{}", binary.display());
    Ok(())
}

fn platform(arguments: &[String]) -> Result<Platform> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Ok(Platform::Native),
        ["--target", "musl"] | ["--target=musl"] => Ok(Platform::Musl),
        other => Err(Error::Usage(format!("build does not know {}", other.join(" ")))),
    }
}

/// `cargo xtask run -- --listen ...` and the same without the dashes are both understood.
fn flags(arguments: &[String]) -> &[String] {
    match arguments.split_first() {
        Some((dashes, rest)) if dashes == "--" => rest,
        _ => arguments,
    }
}

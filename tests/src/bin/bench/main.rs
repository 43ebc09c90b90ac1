//! `cargo xtask bench`: measures the console against the budget, on the same engine in the same run, and
//! prints the table with what misses it.
//!
//! `bench [--quick] [PART...]` measures all parts, or those named; `--quick` takes shorter looks. It needs
//! what the tests need: a private engine in `LONGSHORE_TEST_ENGINE`, a console in `LONGSHORE_BIN`, and for
//! the parts `browser` and `form` the packages of `tests/browser`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measuring program for people: it prints, and ends when something it needs is not there"
)]

mod access;
mod browser;
mod calls;
mod fleet;
mod form;
mod line;
mod list;
mod live;
mod logs;
mod process;
mod sign_in;
mod sizes;
mod table;
mod terminal;

use fleet::Fleet;
use longshore_tests::{Console, ConsoleOptions, TestEngine};
use table::Table;

const PARTS: [&str; 12] = [
    "list", "access", "sign-in", "calls", "live", "browser", "form", "logs", "terminal", "memory", "start",
    "sizes",
];

/// What every part measures on.
struct Bench {
    engine: TestEngine,
    /// Shorter looks.
    quick: bool,
}

impl Bench {
    /// A console before the engine, connected, over plain HTTP: what a proxy or a file server does too.
    async fn console(&self) -> Console {
        Console::connected(ConsoleOptions::before(self.engine.host())).await
    }

    fn seconds(&self, whole: u64) -> std::time::Duration {
        std::time::Duration::from_secs(if self.quick { whole / 3 } else { whole })
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let named: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|argument| *argument != "--quick").collect();
    for name in &named {
        assert!(PARTS.contains(name), "there is no part {name}, only {}", PARTS.join(", "));
    }
    let wanted = |part: &str| named.is_empty() || named.contains(&part);
    let bench = Bench { engine: TestEngine::from_env(), quick };
    let mut table = Table::default();

    if wanted("sizes") {
        sizes::measure(&bench, &mut table).await;
    }
    if wanted("terminal") {
        terminal::measure(&bench, &mut table).await;
    }
    if wanted("logs") {
        logs::measure(&bench, &mut table).await;
        logs::memory(&bench, &mut table).await;
    }
    let of_the_fleet = ["list", "access", "sign-in", "calls", "live", "browser", "form", "memory", "start"];
    if of_the_fleet.into_iter().any(wanted) {
        let fleet = Fleet::launch(&bench.engine).await;
        if wanted("start") {
            process::start(&bench, &mut table).await;
        }
        if wanted("list") {
            list::measure(&bench, &mut table).await;
        }
        if wanted("access") {
            access::measure(&bench, &mut table).await;
        }
        if wanted("sign-in") {
            sign_in::measure(&bench, &mut table).await;
        }
        if wanted("live") {
            live::measure(&bench, &mut table).await;
        }
        if wanted("browser") {
            browser::measure(&bench, &mut table).await;
        }
        if wanted("form") {
            form::measure(&bench, &mut table).await;
        }
        if wanted("memory") {
            process::memory(&bench, &mut table).await;
        }
        if wanted("calls") {
            calls::measure(&bench, &mut table).await;
        }
        fleet.scrap().await;
    }
    println!("\n{table}");
}

//! Starting other programs and waiting for them, so that Ctrl-C and a CI's SIGTERM end them too and give
//! the caller's guards (engines, folders) the time to clean up.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{self, BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::error::{Error, Result};

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(10);

/// Of what a program says, so many lines are kept for the end.
const KEPT_LINES: usize = 60;

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Default::default);

/// From here on the signals that end a program only set a flag, which every wait below looks at.
pub(crate) fn catch_signals() -> Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, INTERRUPTED.clone())
            .map_err(|source| Error::Start { program: "the signal handler".to_owned(), source })?;
    }
    Ok(())
}

/// Fails once a signal has come.
pub(crate) fn check_interrupted() -> Result<()> {
    if INTERRUPTED.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
}

/// Sleeps, but not through a signal.
pub(crate) fn pause(length: Duration) -> Result<()> {
    let until = Instant::now() + length;
    while Instant::now() < until {
        check_interrupted()?;
        thread::sleep(Duration::from_millis(50).min(length));
    }
    check_interrupted()
}

/// A command without what `cargo run` has put into our environment: build scripts watch those variables,
/// and would run again each time that cargo is called once from here and once from a shell.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|p| text.starts_with(p))
        {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a program to its end; its output goes to the screen. `what` names it when it fails.
pub(crate) fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = status(command, what)?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Program { what: what.to_owned(), how: status.to_string() })
    }
}

/// As `status`, and gives what it said last besides what went well: a CI shows the end of a long run alone.
pub(crate) fn watched(command: &mut Command, what: &str) -> Result<(ExitStatus, String)> {
    let mut child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let pipe = child.stdout.take();
    let said = Arc::new(Mutex::new(VecDeque::new()));
    let kept = said.clone();
    thread::spawn(move || {
        for line in pipe.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(io::Result::ok) {
            println!("{line}");
            if went_well(&line) {
                continue;
            }
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT_LINES {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    });
    let status = wait(&mut child, what)?;
    // The last words may still be on their way; a daemon that the program leaves behind may hold the pipe open.
    let until = Instant::now() + GRACE;
    while Arc::strong_count(&said) > 1 && Instant::now() < until {
        pause(Duration::from_millis(20))?;
    }
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    Ok((status, said.iter().map(String::as_str).collect::<Vec<_>>().join("\n")))
}

/// Whether it is the line of a test that passed, as libtest and Playwright write it.
fn went_well(line: &str) -> bool {
    (line.starts_with("test ") && line.ends_with(" ... ok")) || line.trim_start().starts_with('\u{2713}')
}

/// As `run`, for those who want to know how it ended.
pub(crate) fn status(command: &mut Command, what: &str) -> Result<ExitStatus> {
    let mut child = start(command.stdin(Stdio::null()))?;
    wait(&mut child, what)
}

/// Runs a program and gives what it wrote to standard output; the rest goes to the screen.
pub(crate) fn output(command: &mut Command, what: &str) -> Result<String> {
    let mut child = start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let pipe = child.stdout.take();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            // Not text, or gone: then there is nothing to read, and the caller says what it missed.
            let _ = pipe.read_to_string(&mut text);
        }
        text
    });
    let status = wait(&mut child, what)?;
    if !status.success() {
        return Err(Error::Program { what: what.to_owned(), how: status.to_string() });
    }
    // A daemon that the program leaves behind may hold the pipe open; then its words are not waited for.
    let until = Instant::now() + GRACE;
    while !reader.is_finished() && Instant::now() < until {
        pause(Duration::from_millis(20))?;
    }
    if reader.is_finished() {
        reader.join().map_err(|_| Error::Build(format!("the output of {what} could not be read")))
    } else {
        Err(Error::Build(format!("{what} ended, but something that it started keeps its output open")))
    }
}

/// Whether a program runs and ends well; all that it says is thrown away.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Starts a program and leaves it running. It gets a process group of its own, since ending cargo or npm
/// alone would leave the programs that they have started.
pub(crate) fn start(command: &mut Command) -> Result<Child> {
    check_interrupted()?;
    command.process_group(0).spawn().map_err(|source| Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })
}

/// Waits for the end of `child`, and asks it to end when we are asked to.
pub(crate) fn wait(child: &mut Child, what: &str) -> Result<ExitStatus> {
    let mut nap = Duration::from_millis(2);
    loop {
        if let Some(status) =
            child.try_wait().map_err(|source| Error::Start { program: what.to_owned(), source })?
        {
            check_interrupted()?;
            return Ok(status);
        }
        if check_interrupted().is_err() {
            stop(child);
            return Err(Error::Interrupted);
        }
        thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(50));
    }
}

/// Ends a program and what it has started: politely, and after a while by force.
pub(crate) fn stop(child: &mut Child) {
    let group = format!("-{}", child.id());
    let signal = |name: &str| succeeds(command("kill").args([name, "--", &group]));
    signal("-TERM");
    let until = Instant::now() + GRACE;
    while Instant::now() < until {
        // The group outlives its first process while anything else of it runs.
        if !matches!(child.try_wait(), Ok(None)) && !signal("-0") {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    signal("-KILL");
    // It may have ended in between: then there is nothing left to wait for.
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_watched_the_last_lines_are_kept_without_those_of_tests_that_passed() {
        let script =
            "echo 'test a ... ok'; echo '  \u{2713}  1 b.spec.ts'; seq 100; echo 'test c ... FAILED'; exit 3";
        let (status, said) = watched(command("sh").args(["-c", script]), "the script").unwrap();
        assert_eq!(status.code(), Some(3));
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), KEPT_LINES);
        assert_eq!((lines.first(), lines.last()), (Some(&"42"), Some(&"test c ... FAILED")));
    }
}

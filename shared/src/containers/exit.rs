//! What an exit code says: the one place that turns numbers into a cause.
//!
//! Belongs here: the meaning of a code. Does not: its wording, which the page has in each language.

use serde::{Deserialize, Serialize};

/// Why a container ended, as far as its exit code and the engine tell.
///
/// 125 to 127 are the engine's and the shell's own
/// (<https://docs.docker.com/engine/containers/run/#exit-status>); from 129 on, a code is 128 and the
/// number of the signal that ended the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum ExitCause {
    /// 0: it did what it had to do.
    Finished,
    /// The kernel ended a process of it because its memory ran out.
    OutOfMemory,
    /// 125: the engine could not start it.
    EngineFailed,
    /// 126: the command is there but may not be run.
    NotExecutable,
    /// 127: the command is not there.
    CommandNotFound,
    /// 130: interrupted, as by Ctrl+C.
    Interrupted,
    /// 134: the program gave up by itself.
    Aborted,
    /// 137: ended by force, as by `docker kill`, a stop that took too long, or the kernel.
    Killed,
    /// 139: it touched memory that is not its own.
    SegmentationFault,
    /// 143: asked to end, as by `docker stop`, and it did not handle that.
    Terminated,
    /// Ended by another signal.
    Signal {
        /// Its number.
        number: u8,
    },
    /// The program's own code for an error; only its documents say more.
    Error,
}

/// The highest number of a signal on Linux.
const LAST_SIGNAL: i64 = 64;

/// What an exit code says. `out_of_memory` is the engine's own finding, and wins over any code but 0: the
/// engine reports it also when only a child of the main process was ended.
#[must_use]
pub fn exit_cause(code: i64, out_of_memory: bool) -> ExitCause {
    match code {
        0 => ExitCause::Finished,
        _ if out_of_memory => ExitCause::OutOfMemory,
        125 => ExitCause::EngineFailed,
        126 => ExitCause::NotExecutable,
        127 => ExitCause::CommandNotFound,
        130 => ExitCause::Interrupted,
        134 => ExitCause::Aborted,
        137 => ExitCause::Killed,
        139 => ExitCause::SegmentationFault,
        143 => ExitCause::Terminated,
        _ => match u8::try_from(code.saturating_sub(128)) {
            Ok(number @ 1..) if i64::from(number) <= LAST_SIGNAL => ExitCause::Signal { number },
            _ => ExitCause::Error,
        },
    }
}

/// The name of a signal of Linux that people meet; absent for the others.
#[must_use]
pub fn signal_name(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_people_meet_have_a_cause() {
        for (code, cause) in [
            (0, ExitCause::Finished),
            (1, ExitCause::Error),
            (2, ExitCause::Error),
            (125, ExitCause::EngineFailed),
            (126, ExitCause::NotExecutable),
            (127, ExitCause::CommandNotFound),
            (128, ExitCause::Error),
            (129, ExitCause::Signal { number: 1 }),
            (130, ExitCause::Interrupted),
            (134, ExitCause::Aborted),
            (135, ExitCause::Signal { number: 7 }),
            (137, ExitCause::Killed),
            (139, ExitCause::SegmentationFault),
            (143, ExitCause::Terminated),
            (192, ExitCause::Signal { number: 64 }),
            (193, ExitCause::Error),
            (255, ExitCause::Error),
            (-1, ExitCause::Error),
            (i64::MIN, ExitCause::Error),
            (3_221_225_786, ExitCause::Error),
        ] {
            assert_eq!(exit_cause(code, false), cause, "{code}");
        }
    }

    #[test]
    fn memory_that_ran_out_is_told_whatever_the_code() {
        assert_eq!(exit_cause(137, true), ExitCause::OutOfMemory);
        assert_eq!(exit_cause(1, true), ExitCause::OutOfMemory);
        assert_eq!(exit_cause(0, true), ExitCause::Finished);
    }

    #[test]
    fn signals_that_people_meet_have_a_name() {
        assert_eq!(signal_name(9), Some("SIGKILL"));
        assert_eq!(signal_name(64), None);
    }
}

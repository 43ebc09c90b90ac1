//! Exit codes in words: what happened, and what to do next.

use shared::{
    ByteCount,
    containers::{ExitCause, signal_name},
};

use crate::{
    i18n::{I18n, t_string},
    ui::format,
    ui::text::lower,
};

/// What happened, without a full stop; tracked. `limit` is the container's memory limit where it is known.
pub(crate) fn exit_text(i18n: I18n, cause: ExitCause, limit: Option<ByteCount>) -> String {
    match (cause, limit) {
        (ExitCause::Finished, _) => t_string!(i18n, container.exit.finished),
        (ExitCause::OutOfMemory, Some(limit)) => {
            t_string!(i18n, container.exit.out_of_memory_limit, limit = format::memory(i18n, limit.0))
        }
        (ExitCause::OutOfMemory, None) => t_string!(i18n, container.exit.out_of_memory),
        (ExitCause::EngineFailed, _) => t_string!(i18n, container.exit.engine_failed),
        (ExitCause::NotExecutable, _) => t_string!(i18n, container.exit.not_executable),
        (ExitCause::CommandNotFound, _) => t_string!(i18n, container.exit.command_not_found),
        (ExitCause::Interrupted, _) => t_string!(i18n, container.exit.interrupted),
        (ExitCause::Aborted, _) => t_string!(i18n, container.exit.aborted),
        (ExitCause::Killed, _) => t_string!(i18n, container.exit.killed),
        (ExitCause::SegmentationFault, _) => t_string!(i18n, container.exit.segmentation_fault),
        (ExitCause::Terminated, _) => t_string!(i18n, container.exit.terminated),
        (ExitCause::Signal { number }, _) => {
            let signal = signal_name(number).map_or_else(|| number.to_string(), str::to_owned);
            t_string!(i18n, container.exit.signal, signal = signal)
        }
        (ExitCause::Error, _) => t_string!(i18n, container.exit.error),
    }
}

/// The code with what happened: “Exited 137: killed”; tracked.
pub(crate) fn exit_title(i18n: I18n, code: i64, cause: ExitCause, limit: Option<ByteCount>) -> String {
    let cause = exit_text(i18n, cause, limit);
    t_string!(i18n, container.exit.title, code = code.to_string(), cause = lower_first(&cause))
}

/// What to do next; absent when nothing went wrong. Tracked.
pub(crate) fn exit_advice(i18n: I18n, cause: ExitCause) -> Option<String> {
    Some(match cause {
        ExitCause::Finished => return None,
        ExitCause::OutOfMemory => t_string!(i18n, container.exit.next.out_of_memory),
        ExitCause::EngineFailed => t_string!(i18n, container.exit.next.engine_failed),
        ExitCause::NotExecutable => t_string!(i18n, container.exit.next.not_executable),
        ExitCause::CommandNotFound => t_string!(i18n, container.exit.next.command_not_found),
        ExitCause::Interrupted => t_string!(i18n, container.exit.next.interrupted),
        ExitCause::Aborted => t_string!(i18n, container.exit.next.aborted),
        ExitCause::Killed => t_string!(i18n, container.exit.next.killed),
        ExitCause::SegmentationFault => t_string!(i18n, container.exit.next.segmentation_fault),
        ExitCause::Terminated => t_string!(i18n, container.exit.next.terminated),
        ExitCause::Signal { .. } => t_string!(i18n, container.exit.next.signal),
        ExitCause::Error => t_string!(i18n, container.exit.next.error),
    })
}

/// A sentence as it stands behind a colon or a comma.
pub(crate) fn lower_first(sentence: &str) -> String {
    let first = sentence.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = sentence.split_at_checked(first).unwrap_or_default();
    lower(first) + rest
}

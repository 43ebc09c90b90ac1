//! The record as text: one command a line, or a script.

use shared::commands::{Outcome, Record, ScriptTexts};

use crate::{
    i18n::{I18n, t_string},
    ui::format,
};

/// What the script is called.
pub(super) const FILE: &str = "longshore-session.sh";

/// What was done, one command a line.
pub(super) fn lines(record: &Record) -> String {
    let done = record.said.iter().filter(|said| matches!(said.outcome, Outcome::Done | Outcome::Begun(_)));
    done.map(|said| said.line() + "\n").collect()
}

/// The script.
pub(super) fn text(i18n: I18n, record: &Record) -> String {
    let mut title = t_string!(i18n, commands.script.title);
    if record.left_out > 0 {
        title.push('\n');
        title.push_str(&t_string!(i18n, commands.script.left_out, count = record.left_out.to_string()));
    }
    let texts = ScriptTexts {
        title,
        secrets: t_string!(i18n, commands.script.secrets),
        failed: t_string!(i18n, commands.script.failed),
        unknown: t_string!(i18n, commands.script.unknown),
        by_hand: t_string!(i18n, commands.script.by_hand),
    };
    record.script(&texts, format::machine_time)
}

//! Below the screen: what runs and as whom, its size, and the command that does the same.

use leptos::prelude::*;

use super::{
    Terminals,
    session::{Session, State},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::copy::CopyButton,
};

/// The foot.
#[component]
pub(super) fn Foot(terminals: Terminals) -> impl IntoView {
    move || terminals.active().map(|session| view! { <SessionFoot terminals session /> })
}

#[component]
fn SessionFoot(terminals: Terminals, session: Session) -> impl IntoView {
    let i18n = use_i18n();
    let runs = Memo::new(move |before: Option<&Vec<String>>| match session.state.get() {
        State::Running { command, .. } => command,
        State::Asked
        | State::Opening
        | State::Exited { .. }
        | State::Failed { .. }
        | State::Lost { .. }
        | State::NotLoaded => before.cloned().unwrap_or_default(),
    });
    let command = Signal::derive(move || {
        let name = terminals.container.with(|container| container.name.clone());
        session.ask.with_value(|ask| runs.with(|runs| ask.command(&name, runs)))
    });
    let what = move || {
        let program = runs.with(|runs| runs.first().map(|program| base_name(program).to_owned()))?;
        session.ask.with_value(|ask| {
            Some(match ask.user() {
                _ if ask.program.is_attached() => t_string!(i18n, terminal.attached),
                "" => program,
                user => t_string!(i18n, terminal.as_user, program = program, user = user.to_owned()),
            })
        })
    };
    let size = move || {
        let (columns, rows) = session.size.get();
        format!("{columns}\u{a0}×\u{a0}{rows}")
    };
    view! {
        <ul class="terminal-foot">
            {move || what().map(|what| view! { <li>{what}</li> })}
            <li>{size}</li>
            <li class="wide-only">
                {t!(i18n, terminal.copy_hint)}
            </li>
            <li class="push wide-only">
                <code>{command}</code>
            </li>
            <li class="wide-only">
                <CopyButton text=command label=move || Some(t_string!(i18n, common.copy_command)) />
            </li>
        </ul>
    }
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}
